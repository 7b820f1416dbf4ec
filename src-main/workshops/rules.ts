/** A rule of a Role: https://kubernetes.io/docs/reference/access-authn-authz/rbac/ */
export interface PolicyRule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

const READ = ['get', 'list', 'watch'];
const ALL = [...READ, 'create', 'update', 'patch', 'delete', 'deletecollection'];

/**
 * What learners may do inside each of their namespaces. The namespace itself they may look at: a Role counts for
 * the namespace it is in. What was prepared (Roles, quota, limits, NetworkPolicy) they may read or not even that.
 * Left out on purpose: `serviceaccounts/token` and `impersonate`, and `proxy`, for which the API server itself makes
 * the connection, past every NetworkPolicy.
 */
export const LEARNER_RULES: readonly PolicyRule[] = [
  { apiGroups: [''], resources: ['namespaces'], verbs: ['get'] },
  {
    apiGroups: [''],
    resources: ['pods', 'services', 'endpoints', 'configmaps', 'secrets', 'replicationcontrollers'],
    verbs: ALL,
  },
  {
    apiGroups: [''],
    // A kubectl before 1.31 opens these with GET.
    resources: ['pods/exec', 'pods/attach', 'pods/portforward'],
    verbs: ['get', 'create'],
  },
  { apiGroups: [''], resources: ['pods/log', 'pods/status', 'services/status'], verbs: READ },
  { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] },
  {
    apiGroups: [''],
    resources: ['pods/ephemeralcontainers', 'pods/resize'],
    verbs: ['get', 'update', 'patch'],
  },
  {
    apiGroups: ['', 'events.k8s.io'],
    resources: ['events'],
    verbs: READ,
  },
  {
    apiGroups: [''],
    resources: ['serviceaccounts', 'resourcequotas', 'limitranges', 'persistentvolumeclaims'],
    verbs: READ,
  },
  {
    apiGroups: ['apps'],
    resources: ['deployments', 'replicasets', 'statefulsets', 'daemonsets'],
    verbs: ALL,
  },
  {
    apiGroups: ['apps'],
    resources: ['deployments/scale', 'replicasets/scale', 'statefulsets/scale'],
    verbs: ['get', 'update', 'patch'],
  },
  { apiGroups: ['apps'], resources: ['controllerrevisions'], verbs: READ },
  { apiGroups: ['batch'], resources: ['jobs', 'cronjobs'], verbs: ALL },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ALL },
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: ALL },
  { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: READ },
];
