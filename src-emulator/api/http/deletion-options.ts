import { isJsonObject } from '../../store/json.ts';
import type { DeleteOptions } from '../cluster-api.ts';
import type { FieldError } from '../kind-definition.ts';
import { DecodeError, type Schemas } from '../schema/index.ts';
import { unclassified } from '../status.ts';
import type { WriteOptions } from '../machinery/write-options.ts';
import type { Exchange } from './exchange.ts';
import { checkDryRun, fieldManager, invalidOptions } from './request-options.ts';

const SCHEMA = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions';
const POLICIES = ['Foreground', 'Background', 'Orphan'] as const;

type Policy = (typeof POLICIES)[number];

/** How something is to be deleted, as the body of the request says, and where it says nothing, the query. */
export interface Deletion {
  options: DeleteOptions;
  write: WriteOptions;
}

/** @throws ApiError 422 for options that contradict each other, 500 for what are none */
export function deletionOptions(body: unknown, exchange: Exchange, schemas: Schemas): Deletion {
  const given = decode(body, schemas);
  // A body counts alone: what the query says beside it is not looked at.
  const query = isJsonObject(body) ? new URLSearchParams() : exchange.query;
  const parameter = (name: string): string | undefined => query.get(name) || undefined;
  const policy = (given['propagationPolicy'] as string | undefined) ?? parameter('propagationPolicy');
  const orphan = (given['orphanDependents'] as boolean | undefined) ?? flag(parameter('orphanDependents'));
  const grace = given['gracePeriodSeconds'] ?? parameter('gracePeriodSeconds');
  const dryRun = [...query.getAll('dryRun'), ...((given['dryRun'] as string[] | undefined) ?? [])];
  const errors: FieldError[] = [];
  if (policy !== undefined && orphan !== undefined)
    errors.push({
      type: 'FieldValueInvalid',
      field: 'propagationPolicy',
      detail: `Invalid value: ${JSON.stringify(policy)}: orphanDependents and deletionPropagation cannot be both set`,
    });
  if (policy !== undefined && !isPolicy(policy))
    errors.push({
      type: 'FieldValueNotSupported',
      field: 'propagationPolicy',
      detail: `Unsupported value: ${JSON.stringify(policy)}: supported values: "Foreground", "Background", "Orphan", "nil"`,
    });
  errors.push(...checkDryRun(dryRun));
  if (errors.length > 0) throw invalidOptions('DeleteOptions', errors);
  const propagation = isPolicy(policy) ? policy : orphanPolicy(orphan);
  return {
    options: {
      ...(grace === undefined ? {} : { gracePeriodSeconds: Number(grace) }),
      ...(propagation === undefined ? {} : { propagationPolicy: propagation }),
      ...(isJsonObject(given['preconditions']) ? { preconditions: given['preconditions'] } : {}),
    },
    write: { dryRun: dryRun.length > 0, manager: fieldManager(exchange) },
  };
}

function decode(body: unknown, schemas: Schemas): Record<string, unknown> {
  if (!isJsonObject(body)) return {};
  const { kind = '', apiVersion = '' } = body;
  if (kind !== '' && kind !== 'DeleteOptions')
    throw unclassified(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:110"`,
    );
  try {
    return schemas.decode(SCHEMA, body, { fieldValidation: 'Ignore' }).object;
  } catch (error) {
    if (error instanceof DecodeError)
      throw unclassified(error.message.replace(/^.*? cannot be handled as a \w+: /, ''));
    throw error;
  }
}

/** A truth value of a query, as the server reads one: everything but `false` and `0` is true. */
function flag(text: string | undefined): boolean | undefined {
  return text === undefined ? undefined : !/^(?:false|0)$/i.test(text);
}

function isPolicy(text: string | undefined): text is Policy {
  return (POLICIES as readonly (string | undefined)[]).includes(text);
}

function orphanPolicy(orphan: boolean | undefined): Policy | undefined {
  if (orphan === undefined) return undefined;
  return orphan ? 'Orphan' : 'Background';
}
