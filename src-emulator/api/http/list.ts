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
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start })).toString('base64url');
}

/** @throws ApiError 400. */
function readToken(text: string): ContinueToken {
  const json = Buffer.from(text, 'base64url').toString();
  const refuse = (why: string): Error =>
    badRequest(`invalid continue token: continue key is not valid: ${why}`);
  let token: { rv?: unknown; start?: unknown };
  try {
    token = JSON.parse(json) as typeof token;
  } catch (error) {
    throw refuse(syntaxFault(json, (error as Error).message));
  }
  const { rv, start } = token;
  if (typeof rv !== 'number' || typeof start !== 'string' || start === '')
    throw refuse('encoded start key is empty');
  return { after: start, revision: rv > 0 ? rv : undefined };
}

function keyOf(object: KubeObject): string {
  return object.metadata.namespace === undefined
    ? object.metadata.name
    : `${object.metadata.namespace}/${object.metadata.name}`;
}
