/** Who makes a request: authentication.k8s.io/v1 UserInfo. */
export interface User {
  username: string;
  uid?: string;
  groups: string[];
  extra?: Record<string, string[]>;
}

export const AUTHENTICATED = 'system:authenticated';
export const UNAUTHENTICATED = 'system:unauthenticated';
const MASTERS = 'system:masters';
const SERVICE_ACCOUNTS_GROUP = 'system:serviceaccounts';
const SERVICE_ACCOUNT_PREFIX = 'system:serviceaccount:';

export const ANONYMOUS: User = { username: 'system:anonymous', groups: [UNAUTHENTICATED] };

/** May do anything, whatever the rules say. */
export function isMaster(user: User): boolean {
  return user.groups.includes(MASTERS);
}

/** The user that a ServiceAccount is to the API. */
export function serviceAccountUser(namespace: string, name: string): User {
  return {
    username: serviceAccountUsername(namespace, name),
    groups: [SERVICE_ACCOUNTS_GROUP, `${SERVICE_ACCOUNTS_GROUP}:${namespace}`],
  };
}

/** `system:serviceaccount:<namespace>:<name>`. */
export function serviceAccountUsername(namespace: string, name: string): string {
  return `${SERVICE_ACCOUNT_PREFIX}${namespace}:${name}`;
}

/** The ServiceAccount that a user name stands for; undefined for any other name. */
export function serviceAccountOf(username: string): { namespace: string; name: string } | undefined {
  if (!username.startsWith(SERVICE_ACCOUNT_PREFIX)) return undefined;
  const [namespace, name, ...rest] = username.slice(SERVICE_ACCOUNT_PREFIX.length).split(':');
  if (!namespace || !name || rest.length > 0) return undefined;
  return { namespace, name };
}
