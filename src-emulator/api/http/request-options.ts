import { isJsonObject } from '../../store/json.ts';
import type { User } from '../auth/user.ts';
import type { DeleteOptions } from '../cluster-api.ts';
import type { ApiMachinery } from '../machinery/machinery.ts';
import type { PatchType, RequestOptions } from '../machinery/requests.ts';
import { DecodeError } from '../schema/index.ts';
import { badRequest, unsupportedMediaType } from '../status.ts';
import { mediaType, parseBody, type ParsedBody } from './body.ts';
import { addWarning, readBody, type Exchange } from './exchange.ts';

/** What a request says besides its path: its body, and the options of its query. */

const PATCH_TYPES: Record<string, PatchType> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
};

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
 * @throws ApiError 400, 415.
 */
export async function decodeBody(
  machinery: ApiMachinery,
  schema: string,
  exchange: Exchange,
): Promise<Record<string, unknown>> {
  const body = await requestBody(machinery, exchange);
  const { fieldValidation, warn } = requestOptions(exchange, body);
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

/** A patch and its type. @throws ApiError 415 */
export async function patchBody(
  machinery: ApiMachinery,
  exchange: Exchange,
): Promise<{ type: PatchType; body: ParsedBody }> {
  const contentType = mediaType(exchange.request.headers['content-type']);
  const type = PATCH_TYPES[contentType];
  const data = await readBody(exchange.request);
  if (type === undefined) throw unsupportedMediaType(Object.keys(PATCH_TYPES));
  return { type, body: await parseBody(data, 'application/json', machinery.schemas) };
}

/** What the query says of a write with a body. @throws ApiError */
export function requestOptions(exchange: Exchange, body: ParsedBody): RequestOptions {
  const { query, response } = exchange;
  const fieldValidation = query.get('fieldValidation') ?? 'Warn';
  if (fieldValidation !== 'Strict' && fieldValidation !== 'Warn' && fieldValidation !== 'Ignore')
    throw badRequest(
      `fieldValidation: Unsupported value: "${fieldValidation}": supported values: "Ignore", "Strict", "Warn"`,
    );
  return {
    ...writeOptions(exchange, undefined),
    fieldValidation,
    warn: (text) => addWarning(response, text),
    ...(body.duplicates === undefined ? {} : { duplicates: body.duplicates }),
  };
}

/** dryRun may also stand in DeleteOptions. */
export function writeOptions(
  exchange: Exchange,
  options: unknown,
): { dryRun: boolean; manager: string; user: User } {
  const listed = isJsonObject(options) ? options['dryRun'] : undefined;
  const inBody: unknown[] = Array.isArray(listed) ? listed : [];
  const asked = [...exchange.query.getAll('dryRun'), ...inBody].filter((value) => value !== '');
  const wrong = asked.find((value) => value !== 'All');
  if (wrong !== undefined)
    throw badRequest(`dryRun: Unsupported value: ${JSON.stringify([wrong])}: supported values: "All"`);
  return {
    dryRun: asked.length > 0,
    manager: exchange.query.get('fieldManager') || defaultManager(exchange),
    user: exchange.user,
  };
}

/** Without fieldManager the first word of the user agent counts. */
function defaultManager(exchange: Exchange): string {
  return exchange.request.headers['user-agent']?.split('/')[0]?.slice(0, 128) || 'unknown';
}

/** DeleteOptions, from the body or the query. @throws ApiError */
export function deleteOptions(body: unknown, query: URLSearchParams): DeleteOptions {
  const options = isJsonObject(body) ? body : {};
  const grace = options['gracePeriodSeconds'] ?? query.get('gracePeriodSeconds') ?? undefined;
  const policy =
    options['propagationPolicy'] ??
    query.get('propagationPolicy') ??
    orphanPolicy(options['orphanDependents']);
  const preconditions = options['preconditions'];
  if (policy !== undefined && policy !== 'Foreground' && policy !== 'Background' && policy !== 'Orphan')
    throw badRequest(
      `invalid DeleteOptions: propagationPolicy: Unsupported value: ${JSON.stringify(policy)}: supported values: "Background", "Foreground", "Orphan"`,
    );
  return {
    ...(grace === undefined || grace === '' ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(policy === undefined ? {} : { propagationPolicy: policy }),
    ...(isJsonObject(preconditions) ? { preconditions: textsOf(preconditions) } : {}),
  };
}

function orphanPolicy(orphan: unknown): 'Orphan' | 'Background' | undefined {
  if (typeof orphan !== 'boolean') return undefined;
  return orphan ? 'Orphan' : 'Background';
}

function textsOf(preconditions: Record<string, unknown>): { uid?: string; resourceVersion?: string } {
  const { uid, resourceVersion } = preconditions;
  return {
    ...(typeof uid === 'string' ? { uid } : {}),
    ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
  };
}
