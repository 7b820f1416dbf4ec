import { isJsonObject } from '../../store/json.ts';
import type { KindDefinition } from '../kind-definition.ts';
import type { ApiMachinery } from '../machinery/machinery.ts';
import { ApiError } from '../cluster-api.ts';
import { badRequest } from '../status.ts';
import { mediaType, parseBody, type ParsedBody } from './body.ts';
import { readBody, type Exchange } from './exchange.ts';

/** How much of a body is shown in messages. */
const SHOWN_BYTES = 30;
/** What the server reads first, as Go prints it. */
const TYPE_META =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/**
 * The body of a request that carries an object of a kind: it has to say which kind of which version it is, before
 * anything else about it is looked at.
 * @throws ApiError 400, 413, 415
 */
export async function objectBody(
  machinery: ApiMachinery,
  { type }: KindDefinition,
  exchange: Exchange,
): Promise<ParsedBody> {
  const { request } = exchange;
  const data = await readBody(request);
  const unrecognized = (why: string): ApiError =>
    badRequest(
      `the object provided is unrecognized (must be of type ${type.kind}): ${why} (${summary(data)})`,
    );
  const unreadable = (why: string): ApiError =>
    unrecognized(`couldn't get version/kind; json parse error: ${why}`);
  if (data.length === 0) throw unreadable('unexpected end of JSON input');
  let body: ParsedBody;
  try {
    body = await parseBody(data, request.headers['content-type'], machinery.schemas);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status.code !== 400) throw error;
    const isYaml = mediaType(request.headers['content-type']) === 'application/yaml';
    throw isYaml ? unrecognized(error.message) : unreadable(error.message);
  }
  if (body.value === null) return { value: {} };
  if (!isJsonObject(body.value)) {
    const what = Array.isArray(body.value)
      ? 'array'
      : typeof body.value === 'boolean'
        ? 'bool'
        : typeof body.value;
    throw unreadable(`json: cannot unmarshal ${what} into Go value of type ${TYPE_META}`);
  }
  for (const field of ['apiVersion', 'kind']) {
    const value = body.value[field] ?? '';
    if (typeof value === 'string') continue;
    const what = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    throw unreadable(`json: cannot unmarshal ${what} into Go struct field .${field} of type string`);
  }
  const { apiVersion } = body.value;
  if (typeof apiVersion === 'string' && apiVersion.split('/').length > 2)
    throw unrecognized(`unexpected GroupVersion string: ${apiVersion}`);
  return body;
}

/** The beginning of a body: text where it looks like JSON, else its bytes. */
function summary(data: Buffer): string {
  if (data.length === 0) return '<empty>';
  const shown = data.subarray(0, SHOWN_BYTES);
  const text = data[0] === 0x7b ? shown.toString('utf8') : shown.toString('hex');
  return data.length > SHOWN_BYTES ? `${text} ...` : text;
}
