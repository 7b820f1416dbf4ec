import type { IncomingMessage } from 'node:http';
import { forbidden, forbiddenPath } from '../status.ts';
import { parseResourcePath, type ResourceRoute } from './route.ts';
import { isMaster, requestUser, type User } from './user.ts';

/** Open to everyone: the ClusterRole system:public-info-viewer. */
const PUBLIC_PATHS = ['/healthz', '/livez', '/readyz', '/version'];
/** Open to whoever has a name: the ClusterRole system:discovery. */
const DISCOVERY_PATHS = [...PUBLIC_PATHS, '/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*'];
/** What everyone with a name may ask about themselves: the ClusterRole system:basic-user. */
const SELF_REVIEWS = [
  'selfsubjectaccessreviews.authorization.k8s.io',
  'selfsubjectrulesreviews.authorization.k8s.io',
  'selfsubjectreviews.authentication.k8s.io',
];

/** What somebody wants to do, as a SubjectAccessReview asks it. */
export type Access = { verb: string; path: string } | { verb: string; group: string; resource: string };

/** The rules of a cluster in which nobody was granted anything: masters may do all, the others look around. */
export function isAllowed(user: User, access: Access): boolean {
  if (isMaster(user)) return true;
  const named = user.groups.includes('system:authenticated');
  if ('path' in access)
    return (
      access.verb === 'get' &&
      (named ? DISCOVERY_PATHS : PUBLIC_PATHS).some((rule) => fits(rule, access.path))
    );
  const { verb, group, resource } = access;
  return (
    named && verb === 'create' && SELF_REVIEWS.includes(group === '' ? resource : `${resource}.${group}`)
  );
}

function fits(rule: string, path: string): boolean {
  return rule.endsWith('*') ? path.startsWith(rule.slice(0, -1)) : path.replace(/(.)\/$/, '$1') === rule;
}

/** The user of a request, who may make it. @throws ApiError 401, 403. */
export function authorize(request: IncomingMessage): User {
  const user = requestUser(request);
  if (isMaster(user)) return user;
  const { pathname, searchParams } = new URL(request.url ?? '/', 'https://localhost');
  const route = parseResourcePath(pathname);
  const method = request.method ?? 'GET';
  if (route === undefined) {
    const verb = method.toLowerCase();
    if (!isAllowed(user, { verb, path: pathname }))
      throw forbiddenPath(`User ${JSON.stringify(user.username)} cannot ${verb} path "${pathname}"`);
    return user;
  }
  const verb = verbOf(method, route, searchParams);
  const { group, plural, subresource } = route;
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
  if (isAllowed(user, { verb, group, resource })) return user;
  const scope =
    route.namespace === undefined ? 'at the cluster scope' : `in the namespace "${route.namespace}"`;
  throw forbidden(
    { ...route, kind: plural, namespaced: route.namespace !== undefined },
    route.name ?? '',
    `User ${JSON.stringify(user.username)} cannot ${verb} resource "${resource}" in API group "${group}" ${scope}`,
  );
}

/** The verb of a request for a resource, as the server's RequestInfo names it. */
function verbOf(method: string, { name }: ResourceRoute, query: URLSearchParams): string {
  switch (method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name === undefined ? 'deletecollection' : 'delete';
    default:
      if (query.get('watch') === 'true' || query.get('watch') === '1') return 'watch';
      return name === undefined ? 'list' : 'get';
  }
}
