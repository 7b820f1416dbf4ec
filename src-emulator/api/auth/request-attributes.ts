import { pathSegment } from '../validation/names.ts';
import { parseResourcePath } from '../http/route.ts';

/** A request for objects, as an authorizer sees it. */
export interface ResourceAttributes {
  verb: string;
  group: string;
  resource: string;
  /** Empty for the object itself. */
  subresource: string;
  /** Empty at the cluster scope and for all namespaces at once. */
  namespace: string;
  /** Empty for a collection. */
  name: string;
}

/** A request for a path that is not about objects. */
export interface PathAttributes {
  verb: string;
  path: string;
}

export type RequestAttributes = ResourceAttributes | PathAttributes;

export function isResourceRequest(attributes: RequestAttributes): attributes is ResourceAttributes {
  return 'resource' in attributes;
}

const VERBS: Record<string, string> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

/**
 * What a request asks for, by its method and URL (k8s.io/apiserver/pkg/endpoints/request/requestinfo.go).
 * @param method of HTTP; exec and its like are `create` by POST and `get` by GET, as they came.
 */
export function requestAttributes(method: string, path: string, query: URLSearchParams): RequestAttributes {
  const route = parseResourcePath(path);
  if (route === undefined) return { verb: method.toLowerCase(), path };
  const { group, plural, namespace, subresource } = route;
  let name = route.name ?? '';
  let verb = VERBS[method] ?? 'get';
  if (name === '' && verb === 'get') {
    const watch = query.get('watch');
    verb = watch !== null && watch !== 'false' && watch !== '0' ? 'watch' : 'list';
    name = selectedName(query.get('fieldSelector'));
  } else if (name === '' && verb === 'delete') verb = 'deletecollection';
  return {
    verb,
    group,
    resource: plural,
    // What follows a subresource is for whoever serves it.
    subresource: subresource?.split('/')[0] ?? '',
    // A namespace itself is in that namespace, as far as rights are concerned.
    namespace: namespace ?? (group === '' && plural === 'namespaces' ? (route.name ?? '') : ''),
    name,
  };
}

/** A list or watch of one object by its name needs the right to that one only. */
function selectedName(fieldSelector: string | null): string {
  const name = /(?:^|,)metadata\.name==?([^,]+)/.exec(fieldSelector ?? '')?.[1] ?? '';
  return pathSegment(name).length === 0 ? name : '';
}
