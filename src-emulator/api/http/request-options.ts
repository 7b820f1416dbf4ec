import { isJsonObject } from '../../store/json.ts';
import { ApiError } from '../cluster-api.ts';
import type { ApiMachinery } from '../machinery/machinery.ts';
import type { PatchType, RequestOptions } from '../machinery/requests.ts';
import type { ApplyOptions } from '../machinery/apply-request.ts';
import type { FieldError } from '../kind-definition.ts';
import { DecodeError, type FieldValidation } from '../schema/index.ts';
import { badRequest, invalid, unsupportedPatchType } from '../status.ts';
import { parseApplyYaml } from './apply-yaml.ts';
import { mediaType, parseBody, type ParsedBody } from './body.ts';
import { addWarning, readBody, type Exchange } from './exchange.ts';

/** What a request says besides its path: its body, and the options of its query. */

const PATCH_TYPES: Record<string, PatchType> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
};
const APPLY_TYPE = 'application/apply-patch+yaml';
const MAX_MANAGER_BYTES = 128;

type WriteOptionsKind = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions';

/** The body as its content type says. @throws ApiError */
export async function requestBody(machinery: ApiMachinery, exchange: Exchange): Promise<ParsedBody> {
  return parseBody(
    await readBody(exchange.request),
    exchange.request.headers['content-type'],
    machinery.schemas,
  );
}

/**
 * The body as a value of one of the schemas, for what is no stored object.
 * @throws ApiError 400, 415, 422.
 */
export async function decodeBody(
  machinery: ApiMachinery,
  schema: string,
  exchange: Exchange,
): Promise<Record<string, unknown>> {
  const body = await requestBody(machinery, exchange);
  const { fieldValidation, warn } = requestOptions(exchange, 'CreateOptions', body);
  try {
    const decoded = machinery.schemas.decode(schema, isJsonObject(body.value) ? body.value : {}, {
      fieldValidation,
      ...(body.duplicates === undefined ? {} : { duplicates: body.duplicates }),
    });
    decoded.warnings.forEach(warn);
    return decoded.object;
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(error.message);
    throw error;
  }
}

/** A patch and its type. @param checkExists throws where there is nothing to patch @throws ApiError 400, 404, 413, 415 */
export async function patchBody(
  machinery: ApiMachinery,
  exchange: Exchange,
  checkExists: () => void,
): Promise<{ type: PatchType; body: ParsedBody }> {
  const contentType = mediaType(exchange.request.headers['content-type']);
  const type = PATCH_TYPES[contentType];
  if (type === undefined) throw unsupportedPatchType();
  const data = await readBody(exchange.request);
  // What is not there is missed before anyone looks at the patch.
  checkExists();
  try {
    return { type, body: await parseBody(data, 'application/json', machinery.schemas) };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status.code !== 400) throw error;
    throw badRequest(type === 'strategic' ? error.message : `error decoding patch: ${error.message}`);
  }
}

/** Whether a PATCH is a configuration to apply rather than one of the other patches. */
export function isApply({ request }: Exchange): boolean {
  return mediaType(request.headers['content-type']) === APPLY_TYPE;
}

/** The configuration of a server-side apply, and how it is to be applied. @throws ApiError 400, 413, 422 */
export async function applyBody(exchange: Exchange): Promise<{ config: unknown; options: ApplyOptions }> {
  const { query, request, response } = exchange;
  const data = await readBody(request);
  const given = readOptions(exchange, 'PatchOptions', { isApply: true });
  const { value, duplicates } = await parseApplyYaml(data.toString('utf8'));
  if (given.fieldValidation === 'Strict' && duplicates.length > 0)
    throw badRequest(
      `error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n${duplicates.map((line) => `  ${line}`).join('\n')}`,
    );
  if (given.fieldValidation === 'Warn') for (const line of duplicates) addWarning(response, line);
  return {
    config: value,
    options: {
      dryRun: given.dryRun,
      manager: query.get('fieldManager') ?? '',
      user: exchange.user,
      force: isTrue(query.get('force')),
    },
  };
}

/** What the query says of a write with a body. @throws ApiError 422 */
export function requestOptions(
  exchange: Exchange,
  optionsKind: WriteOptionsKind,
  body: ParsedBody,
): RequestOptions {
  const { dryRun, fieldValidation } = readOptions(exchange, optionsKind);
  return {
    dryRun,
    manager: fieldManager(exchange),
    user: exchange.user,
    fieldValidation,
    warn: (text) => addWarning(exchange.response, text),
    ...(body.duplicates === undefined ? {} : { duplicates: body.duplicates }),
  };
}

/** @throws ApiError 422, in the words of ValidateCreateOptions and its like */
function readOptions(
  { query }: Exchange,
  optionsKind: WriteOptionsKind,
  { isApply = false } = {},
): { dryRun: boolean; fieldValidation: FieldValidation } {
  const errors: FieldError[] = [];
  const manager = query.get('fieldManager') ?? '';
  if (isApply && manager === '')
    errors.push({
      type: 'FieldValueRequired',
      field: 'fieldManager',
      detail: 'Required value: is required for apply patch',
    });
  if (optionsKind === 'PatchOptions' && !isApply && query.has('force'))
    errors.push({
      type: 'FieldValueForbidden',
      field: 'force',
      detail: 'Forbidden: may not be specified for non-apply patch',
    });
  errors.push(...checkFieldManager(manager));
  const asked = query.getAll('dryRun');
  errors.push(...checkDryRun(asked));
  const fieldValidation = query.get('fieldValidation') || 'Warn';
  if (!isFieldValidation(fieldValidation))
    errors.push({
      type: 'FieldValueNotSupported',
      field: 'fieldValidation',
      detail: `Unsupported value: ${JSON.stringify(fieldValidation)}: supported values: "", "Ignore", "Strict", "Warn"`,
    });
  if (errors.length > 0) throw invalidOptions(optionsKind, errors);
  return {
    dryRun: asked.length > 0,
    fieldValidation: isFieldValidation(fieldValidation) ? fieldValidation : 'Warn',
  };
}

function isFieldValidation(text: string): text is FieldValidation {
  return text === 'Ignore' || text === 'Strict' || text === 'Warn';
}

function checkFieldManager(manager: string): FieldError[] {
  const errors: FieldError[] = [];
  if (Buffer.byteLength(manager) > MAX_MANAGER_BYTES)
    errors.push({
      type: 'FieldValueTooLong',
      field: 'fieldManager',
      detail: `Too long: may not be more than ${MAX_MANAGER_BYTES} bytes`,
    });
  let position = 0;
  for (const character of manager) {
    if (!/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(character)) {
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      errors.push({
        type: 'FieldValueInvalid',
        field: 'fieldManager',
        detail: `Invalid value: ${JSON.stringify(manager)}: invalid character U+${code} (at position ${position})`,
      });
    }
    position += Buffer.byteLength(character);
  }
  return errors;
}

export function checkDryRun(asked: readonly string[]): FieldError[] {
  if (asked.every((value) => value === 'All')) return [];
  return [
    {
      type: 'FieldValueNotSupported',
      field: 'dryRun',
      detail: `Unsupported value: ${JSON.stringify(asked)}: supported values: "All"`,
    },
  ];
}

/** What is wrong with the options of a request. @param kind for example `CreateOptions` */
export function invalidOptions(kind: string, errors: readonly FieldError[]): Error {
  return invalid(
    { group: 'meta.k8s.io', version: 'v1', kind, plural: kind.toLowerCase(), namespaced: false },
    '',
    errors,
  );
}

/** Whether a parameter of the query is on: anything but nothing, `false` and `0` is. */
export function isTrue(parameter: string | null): boolean {
  return parameter !== null && parameter !== 'false' && parameter !== '0';
}

/** Without fieldManager the first word of the user agent counts. */
export function fieldManager({ query, request }: Exchange): string {
  return (
    query.get('fieldManager') ||
    request.headers['user-agent']?.split('/')[0]?.slice(0, MAX_MANAGER_BYTES) ||
    'unknown'
  );
}
