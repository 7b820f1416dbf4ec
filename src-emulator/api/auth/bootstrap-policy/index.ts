import type { ClusterApi } from '../../cluster-api.ts';
import type { ClusterRole, KubeObject, NewObject, Subject } from '../../objects.ts';
import {
  CLUSTER_ROLE_BINDINGS,
  CLUSTER_ROLES,
  ROLE_BINDINGS,
  ROLES,
  type ResourceType,
} from '../../resources.ts';
import {
  CLUSTER_ROLE_BINDINGS_OF_KUBEADM,
  CLUSTER_ROLE_BINDINGS_OF_SERVER,
  ROLE_BINDINGS_OF_KUBEADM,
  ROLE_BINDINGS_OF_SERVER,
} from './bindings.ts';
import { CONTROLLER_ROLES } from './controller-roles.ts';
import { KUBEADM_CLUSTER_ROLES, KUBEADM_ROLES, NAMESPACED_ROLES } from './namespaced-roles.ts';
import { parseRules } from './rules.ts';
import { SYSTEM_ROLES } from './system-roles.ts';
import { USER_ROLES } from './user-roles.ts';

const RBAC = 'rbac.authorization.k8s.io';
const VERSION = `${RBAC}/v1`;
const CONTROLLER_PREFIX = 'system:controller:';

/** Controllers that have a role and are not run by default, or only in a cloud. */
const NOT_RUN = ['route-controller', 'selinux-warning-controller', 'service-controller'];

/** What the API server marks as its own. */
const KEPT_UP = {
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
};
type Marks = typeof KEPT_UP | Record<string, never>;

/** The label by which `admin`, `edit` and `view` find their parts. */
const aggregateTo = (role: string): Record<string, string> => ({
  [`${RBAC}/aggregate-to-${role}`]: 'true',
});

/** Into which roles those with a fixed name go. */
const AGGREGATED_INTO: Record<string, string> = {
  'system:aggregate-to-admin': 'admin',
  'system:aggregate-to-edit': 'edit',
  'system:aggregate-to-view': 'view',
  edit: 'admin',
  view: 'edit',
};

/**
 * Creates the roles and bindings that a new cluster of kubeadm has
 * (k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac/bootstrappolicy). What exists stays as it is. The namespaces
 * kube-system and kube-public must exist.
 */
export function ensureBootstrapPolicy(api: ClusterApi): void {
  const ensure = <T extends KubeObject>(type: ResourceType<T>, object: NewObject<T>): void => {
    const { namespace, name = '' } = object.metadata;
    if (api.get(type, namespace, name) === undefined) api.create(type, object);
  };
  for (const [name, lines] of Object.entries({ ...USER_ROLES, ...SYSTEM_ROLES, ...controllerRoles() }))
    ensure(CLUSTER_ROLES, { ...clusterRole(name, KEPT_UP), rules: parseRules(lines) });
  for (const name of ['admin', 'edit', 'view'])
    ensure(CLUSTER_ROLES, {
      ...clusterRole(name, KEPT_UP),
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: aggregateTo(name) }] },
    });
  for (const [name, lines] of Object.entries(KUBEADM_CLUSTER_ROLES))
    ensure(CLUSTER_ROLES, { ...clusterRole(name, {}), rules: parseRules(lines) });

  const roles = (marks: Marks, table: Record<string, string>): void => {
    for (const [path, lines] of Object.entries(table))
      ensure(ROLES, {
        apiVersion: VERSION,
        kind: 'Role',
        metadata: { ...placeOf(path), ...marks },
        rules: parseRules(lines),
      });
  };
  roles(KEPT_UP, NAMESPACED_ROLES);
  roles({}, KUBEADM_ROLES);

  const clusterBindings = (marks: Marks, lines: string): void => {
    for (const { name, role, subjects } of parseBindings(lines))
      ensure(CLUSTER_ROLE_BINDINGS, {
        apiVersion: VERSION,
        kind: 'ClusterRoleBinding',
        metadata: { name, ...marks },
        ...(subjects.length === 0 ? {} : { subjects }),
        roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
      });
  };
  clusterBindings(KEPT_UP, CLUSTER_ROLE_BINDINGS_OF_SERVER);
  clusterBindings(KEPT_UP, controllerBindings());
  clusterBindings({}, CLUSTER_ROLE_BINDINGS_OF_KUBEADM);

  const bindings = (marks: Marks, lines: string): void => {
    for (const { name, role, subjects } of parseBindings(lines))
      ensure(ROLE_BINDINGS, {
        apiVersion: VERSION,
        kind: 'RoleBinding',
        metadata: { ...placeOf(name), ...marks },
        subjects,
        roleRef: { apiGroup: RBAC, kind: 'Role', name: placeOf(role).name },
      });
  };
  bindings(KEPT_UP, ROLE_BINDINGS_OF_SERVER);
  bindings({}, ROLE_BINDINGS_OF_KUBEADM);
}

/** ServiceAccounts of kube-system that the controllers run as, and others of the cluster's own parts. */
export function systemAccounts(): string[] {
  const running = Object.keys(CONTROLLER_ROLES).filter((name) => !NOT_RUN.includes(name));
  return [...running, 'bootstrap-signer', 'token-cleaner', 'coredns', 'kube-proxy'];
}

function controllerRoles(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(CONTROLLER_ROLES).map(([name, lines]) => [`${CONTROLLER_PREFIX}${name}`, lines]),
  );
}

function controllerBindings(): string {
  return Object.keys(CONTROLLER_ROLES)
    .map((name) => `${CONTROLLER_PREFIX}${name} sa:${name}`)
    .join('\n');
}

function clusterRole(name: string, marks: Marks): NewObject<ClusterRole> {
  const aggregated = AGGREGATED_INTO[name];
  return {
    apiVersion: VERSION,
    kind: 'ClusterRole',
    metadata: {
      name,
      ...marks,
      ...(aggregated === undefined ? {} : { labels: { ...marks.labels, ...aggregateTo(aggregated) } }),
    },
  };
}

interface BindingLine {
  name: string;
  role: string;
  subjects: Subject[];
}

function parseBindings(lines: string): BindingLine[] {
  return lines
    .split('\n')
    .map((line) => line.trim().split(' '))
    .filter(([first]) => first !== '')
    .map(([first = '', ...subjects]) => {
      const [name = '', role = name] = first.split('=');
      return { name, role, subjects: subjects.map(subjectOf) };
    });
}

function subjectOf(text: string): Subject {
  const [kind, ...rest] = text.split(':');
  const name = rest.join(':');
  if (kind === 'sa') return { kind: 'ServiceAccount', name, namespace: 'kube-system' };
  return { apiGroup: RBAC, kind: kind === 'user' ? 'User' : 'Group', name };
}

/** `namespace/name`, taken apart; without a namespace the name alone. */
function placeOf(path: string): { namespace?: string; name: string } {
  const slash = path.indexOf('/');
  return slash < 0 ? { name: path } : { namespace: path.slice(0, slash), name: path.slice(slash + 1) };
}
