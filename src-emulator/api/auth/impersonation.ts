import { internalError } from '../status.ts';
import { forbiddenRequest } from './forbidden.ts';
import type { RbacAuthorizer } from './rbac-authorizer.ts';
import type { ResourceAttributes } from './request-attributes.ts';
import {
  ANONYMOUS,
  AUTHENTICATED,
  serviceAccountOf,
  serviceAccountUser,
  UNAUTHENTICATED,
  type User,
} from './user.ts';

const EXTRA_PREFIX = 'impersonate-extra-';

type Headers = Readonly<Record<string, string[] | undefined>>;

/**
 * The user that a request asks to be taken for (`kubectl --as`); the one who makes it when it asks for nobody
 * (k8s.io/apiserver/pkg/endpoints/filters/impersonation.go).
 * @param headers every header with all its values.
 * @throws ApiError 403 for what the requestor may not impersonate, 500 for a group without a user.
 */
export function impersonate(authorizer: RbacAuthorizer, requestor: User, headers: Headers): User {
  const username = headers['impersonate-user']?.[0] ?? '';
  const groups = headers['impersonate-group'] ?? [];
  const uid = headers['impersonate-uid']?.[0] ?? '';
  const extra = extraOf(headers);
  if (username === '') {
    const asked = [
      ...groups.map((name) => `{Group  ${name}    }`),
      ...(uid === '' ? [] : [`{UID  ${uid}    }`]),
    ];
    if (asked.length === 0 && Object.keys(extra).length === 0) return requestor;
    throw internalError(new Error(`requested [${asked.join(' ')}] without impersonating a user`));
  }
  const account = serviceAccountOf(username);
  const may = (what: Pick<ResourceAttributes, 'resource' | 'name'> & Partial<ResourceAttributes>): void => {
    const attributes = { verb: 'impersonate', group: '', subresource: '', namespace: '', ...what };
    const { allowed, reason } = authorizer.authorize(requestor, attributes);
    if (!allowed) throw forbiddenRequest(requestor, attributes, reason);
  };
  if (account === undefined) may({ resource: 'users', name: username });
  else may({ resource: 'serviceaccounts', ...account });
  for (const name of groups) may({ resource: 'groups', name });
  const group = 'authentication.k8s.io';
  for (const [subresource, values] of Object.entries(extra))
    for (const name of values) may({ group, resource: 'userextras', subresource, name });
  if (uid !== '') may({ group, resource: 'uids', name: uid });

  const own =
    groups.length > 0 || account === undefined
      ? groups
      : serviceAccountUser(account.namespace, account.name).groups;
  return {
    username,
    ...(uid === '' ? {} : { uid }),
    groups: withStanding(username, own),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}

/** Everybody is either known or not: one of two groups says so. */
function withStanding(username: string, groups: readonly string[]): string[] {
  if (username === ANONYMOUS.username)
    return groups.includes(UNAUTHENTICATED) ? [...groups] : [...groups, UNAUTHENTICATED];
  const said = groups.includes(AUTHENTICATED) || groups.includes(UNAUTHENTICATED);
  return said ? [...groups] : [...groups, AUTHENTICATED];
}

function extraOf(headers: Headers): Record<string, string[]> {
  const extra: Record<string, string[]> = {};
  for (const [header, values = []] of Object.entries(headers))
    if (header.startsWith(EXTRA_PREFIX)) extra[unescape(header.slice(EXTRA_PREFIX.length))] = values;
  return extra;
}

function unescape(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
