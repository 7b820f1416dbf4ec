import type { KindDefinition } from '../kind-definition.ts';
import type { ApiMachinery } from '../machinery/machinery.ts';
import type { KubeObject } from '../objects.ts';
import { groupResource } from '../resources.ts';
import { parseFieldSelector, parseLabelSelector, type ObjectFilter } from '../selectors.ts';
import { badRequest } from '../status.ts';

export interface Page {
  objects: KubeObject[];
  /** meta/v1 ListMeta. */
  metadata: Record<string, unknown>;
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

/** One page of a list, by the limit and continue parameters. @throws ApiError 400. */
export function listPage(
  machinery: ApiMachinery,
  kind: KindDefinition,
  namespace: string | undefined,
  query: URLSearchParams,
): Page {
  const filter = requestFilter(kind, query, undefined);
  const all = machinery.store.list(groupResource(kind.type), namespace).filter(filter);
  const token = readToken(query.get('continue'));
  const start = token === undefined ? 0 : all.findIndex((object) => keyOf(object) > token.after);
  const rest = start < 0 ? [] : all.slice(start);
  const limit = Number(query.get('limit') ?? 0);
  const resourceVersion = token?.resourceVersion ?? String(machinery.store.revision);
  if (!(limit > 0) || rest.length <= limit) return { objects: rest, metadata: { resourceVersion } };
  const objects = rest.slice(0, limit);
  const last = objects.at(-1);
  const after = last === undefined ? '' : keyOf(last);
  return {
    objects,
    metadata: {
      resourceVersion,
      continue: Buffer.from(
        JSON.stringify({ v: 'meta.k8s.io/v1', rv: resourceVersion, start: after }),
      ).toString('base64url'),
      remainingItemCount: rest.length - limit,
    },
  };
}

function readToken(text: string | null): { after: string; resourceVersion: string } | undefined {
  if (text === null || text === '') return undefined;
  try {
    const token = JSON.parse(Buffer.from(text, 'base64url').toString()) as { rv?: unknown; start?: unknown };
    if (typeof token.rv === 'string' && typeof token.start === 'string')
      return { after: token.start, resourceVersion: token.rv };
  } catch {
    // Falls through to the refusal.
  }
  throw badRequest('continue key is not valid');
}

function keyOf(object: KubeObject): string {
  return object.metadata.namespace === undefined
    ? object.metadata.name
    : `${object.metadata.namespace}/${object.metadata.name}`;
}
