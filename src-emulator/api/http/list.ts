import { isJsonObject } from '../../store/json.ts';
import type { KindDefinition } from '../kind-definition.ts';
import { parseLabelSelector } from '../label-selector.ts';
import type { ApiMachinery } from '../machinery/machinery.ts';
import type { KubeObject } from '../objects.ts';
import { groupResource } from '../resources.ts';
import { parseFieldSelector, type ObjectFilter } from '../selectors.ts';
import { badRequest, continueExpired, expired, resourceVersionTooLarge } from '../status.ts';
import { RevisionExpired } from '../../store/object-store.ts';
import { syntaxFault } from './body.ts';
import { listOptions, type ListOptions } from './list-options.ts';

const TOKEN_VERSION = 'meta.k8s.io/v1';

export interface Page {
  objects: KubeObject[];
  /** meta/v1 ListMeta. */
  metadata: Record<string, unknown>;
}

/** Where a list that came in pages goes on. */
interface ContinueToken {
  /** The last object of the page before. */
  after: string;
  /** Undefined: what there is now, whatever changed meanwhile. */
  revision: number | undefined;
}

/** The filter of the labelSelector and fieldSelector parameters. @throws ApiError 400. */
export function requestFilter(
  kind: KindDefinition,
  query: URLSearchParams,
  name: string | undefined,
): ObjectFilter {
  const labels = parseLabelSelector(query.get('labelSelector') ?? '');
  const fields = parseFieldSelector(query.get('fieldSelector') ?? '', kind.fieldSelectors, {
    namespaced: kind.type.namespaced,
  });
  return (object) =>
    (name === undefined || object.metadata.name === name) && labels(object) && fields(object);
}

/** One page of a list, by the parameters of the query. @throws ApiError 400, 410, 422, 504. */
export function listPage(
  machinery: ApiMachinery,
  kind: KindDefinition,
  namespace: string | undefined,
  query: URLSearchParams,
): Page {
  const filter = requestFilter(kind, query, undefined);
  const options = listOptions(query);
  const token = options.continue === '' ? undefined : readToken(options.continue);
  const revision = token === undefined ? exactRevision(machinery, options) : token.revision;
  const stored = storedAt(machinery, kind, namespace, revision, token);
  const all = stored.filter(filter);
  const start = token === undefined ? 0 : all.findIndex((object) => keyOf(object) > token.after);
  const rest = start < 0 ? [] : all.slice(start);
  const listedAt = revision ?? machinery.store.revision;
  const metadata = { resourceVersion: String(listedAt) };
  // Version 0 is answered from what the server has at hand: all of it.
  const limit = options.resourceVersion === '0' ? undefined : options.limit;
  if (limit === undefined || rest.length <= limit) return { objects: rest, metadata };
  const objects = rest.slice(0, limit);
  const last = objects.at(-1);
  const selects = query.get('labelSelector') || query.get('fieldSelector');
  return {
    objects,
    metadata: {
      ...metadata,
      continue: writeToken(listedAt, last === undefined ? '' : keyOf(last)),
      // How many are left is only known without looking at them.
      ...(selects ? {} : { remainingItemCount: rest.length - limit }),
    },
  };
}

function exactRevision(machinery: ApiMachinery, options: ListOptions): number | undefined {
  const { resourceVersion, resourceVersionMatch: match } = options;
  if (resourceVersion === '') return undefined;
  if (!/^\d+$/.test(resourceVersion))
    throw badRequest(
      `invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(resourceVersion)}: strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`,
    );
  const wanted = Number(resourceVersion);
  if (wanted > machinery.store.revision)
    throw resourceVersionTooLarge(resourceVersion, machinery.store.revision);
  return match === 'Exact' ? wanted : undefined;
}

function storedAt(
  { store }: ApiMachinery,
  kind: KindDefinition,
  namespace: string | undefined,
  revision: number | undefined,
  token: ContinueToken | undefined,
): KubeObject[] {
  const resource = groupResource(kind.type);
  if (revision === undefined || revision === store.revision) return store.list(resource, namespace);
  try {
    return store.listAt(resource, namespace, revision);
  } catch (error) {
    if (!(error instanceof RevisionExpired)) throw error;
    if (token === undefined) throw expired('The resourceVersion for the provided list is too old.');
    throw continueExpired(writeToken(-1, token.after));
  }
}

function writeToken(revision: number, start: string): string {
  return Buffer.from(JSON.stringify({ v: TOKEN_VERSION, rv: revision, start })).toString('base64url');
}

/** @throws ApiError 400. */
function readToken(text: string): ContinueToken {
  const refuse = (why: string): Error =>
    badRequest(`invalid continue token: continue key is not valid: ${why}`);
  const strange = text.search(/[^\w-]/);
  if (strange >= 0 || text.length % 4 === 1)
    throw refuse(`illegal base64 data at input byte ${strange >= 0 ? strange : text.length - 1}`);
  const bytes = Buffer.from(text, 'base64url');
  let token: unknown;
  try {
    token = JSON.parse(bytes.toString());
  } catch {
    throw refuse(faultOfBytes(bytes));
  }
  const { v = '', rv = 0, start = '' } = isJsonObject(token) ? token : {};
  if (v !== TOKEN_VERSION)
    throw refuse(`server does not recognize this encoded version ${typeof v === 'string' ? v : ''}`);
  if (typeof rv !== 'number') throw refuse(notDecoded(rv, 'rv', 'int64'));
  if (rv === 0) throw refuse(`incorrect encoded start resourceVersion (version ${TOKEN_VERSION})`);
  if (typeof start !== 'string') throw refuse(notDecoded(start, 'start', 'string'));
  if (start === '') throw refuse('encoded start key is empty');
  return { after: start, revision: rv > 0 ? rv : undefined };
}

function notDecoded(value: unknown, field: string, type: string): string {
  const what = Array.isArray(value) ? 'array' : value === true || value === false ? 'bool' : typeof value;
  return `json: cannot unmarshal ${what} into Go struct field continueToken.${field} of type ${type}`;
}

/** What Go's decoder says of bytes that are no JSON: it takes each of them for a character. */
function faultOfBytes(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  try {
    JSON.parse(text);
    return '';
  } catch (error) {
    return syntaxFault(text, (error as Error).message).replace(
      /[\u007f-\u00a0\u00ad]/,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  }
}

function keyOf(object: KubeObject): string {
  return object.metadata.namespace === undefined
    ? object.metadata.name
    : `${object.metadata.namespace}/${object.metadata.name}`;
}
