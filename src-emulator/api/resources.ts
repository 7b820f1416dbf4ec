import type {
  APIService,
  CertificateSigningRequest,
  ClusterRole,
  ClusterRoleBinding,
  ConfigMap,
  ControllerRevision,
  CronJob,
  CSINode,
  DaemonSet,
  Deployment,
  Endpoints,
  EndpointSlice,
  Event,
  HorizontalPodAutoscaler,
  Ingress,
  IngressClass,
  IPAddress,
  Job,
  KubeObject,
  Lease,
  LimitRange,
  Namespace,
  NetworkPolicy,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  PodTemplate,
  PriorityClass,
  ReplicaSet,
  ReplicationController,
  ResourceQuota,
  Role,
  RoleBinding,
  RuntimeClass,
  Secret,
  Service,
  ServiceAccount,
  ServiceCIDR,
  StatefulSet,
  StorageClass,
} from './objects.ts';

/** Names one kind of object in the API, and carries its TypeScript type. */
export interface ResourceType<T extends KubeObject = KubeObject> {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The plural name in URLs. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** Never present at run time: only holds the type parameter. */
  readonly __object?: T;
}

function resource<T extends KubeObject>(
  group: string,
  version: string,
  kind: string,
  plural: string,
  namespaced = true,
): ResourceType<T> {
  return { group, version, kind, plural, namespaced };
}

/** The key of a resource in the store and in messages: `pods`, `deployments.apps`. */
export function groupResource(type: ResourceType): string {
  return type.group === '' ? type.plural : `${type.plural}.${type.group}`;
}

/** `v1` or `apps/v1`. */
export function apiVersionOf(type: ResourceType): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`;
}

export const NAMESPACES = resource<Namespace>('', 'v1', 'Namespace', 'namespaces', false);
export const NODES = resource<Node>('', 'v1', 'Node', 'nodes', false);
export const PODS = resource<Pod>('', 'v1', 'Pod', 'pods');
export const SERVICES = resource<Service>('', 'v1', 'Service', 'services');
export const ENDPOINTS = resource<Endpoints>('', 'v1', 'Endpoints', 'endpoints');
export const CONFIG_MAPS = resource<ConfigMap>('', 'v1', 'ConfigMap', 'configmaps');
export const SECRETS = resource<Secret>('', 'v1', 'Secret', 'secrets');
export const SERVICE_ACCOUNTS = resource<ServiceAccount>('', 'v1', 'ServiceAccount', 'serviceaccounts');
export const EVENTS = resource<Event>('', 'v1', 'Event', 'events');
export const DEPLOYMENTS = resource<Deployment>('apps', 'v1', 'Deployment', 'deployments');
export const REPLICA_SETS = resource<ReplicaSet>('apps', 'v1', 'ReplicaSet', 'replicasets');
export const ENDPOINT_SLICES = resource<EndpointSlice>(
  'discovery.k8s.io',
  'v1',
  'EndpointSlice',
  'endpointslices',
);
export const REPLICATION_CONTROLLERS = resource<ReplicationController>(
  '',
  'v1',
  'ReplicationController',
  'replicationcontrollers',
);
export const RESOURCE_QUOTAS = resource<ResourceQuota>('', 'v1', 'ResourceQuota', 'resourcequotas');
export const LIMIT_RANGES = resource<LimitRange>('', 'v1', 'LimitRange', 'limitranges');
export const PERSISTENT_VOLUME_CLAIMS = resource<PersistentVolumeClaim>(
  '',
  'v1',
  'PersistentVolumeClaim',
  'persistentvolumeclaims',
);
export const PERSISTENT_VOLUMES = resource<PersistentVolume>(
  '',
  'v1',
  'PersistentVolume',
  'persistentvolumes',
  false,
);
export const POD_TEMPLATES = resource<PodTemplate>('', 'v1', 'PodTemplate', 'podtemplates');
export const STATEFUL_SETS = resource<StatefulSet>('apps', 'v1', 'StatefulSet', 'statefulsets');
export const DAEMON_SETS = resource<DaemonSet>('apps', 'v1', 'DaemonSet', 'daemonsets');
export const CONTROLLER_REVISIONS = resource<ControllerRevision>(
  'apps',
  'v1',
  'ControllerRevision',
  'controllerrevisions',
);
export const HORIZONTAL_POD_AUTOSCALERS = resource<HorizontalPodAutoscaler>(
  'autoscaling',
  'v2',
  'HorizontalPodAutoscaler',
  'horizontalpodautoscalers',
);
export const JOBS = resource<Job>('batch', 'v1', 'Job', 'jobs');
export const CRON_JOBS = resource<CronJob>('batch', 'v1', 'CronJob', 'cronjobs');
export const CERTIFICATE_SIGNING_REQUESTS = resource<CertificateSigningRequest>(
  'certificates.k8s.io',
  'v1',
  'CertificateSigningRequest',
  'certificatesigningrequests',
  false,
);
export const LEASES = resource<Lease>('coordination.k8s.io', 'v1', 'Lease', 'leases');
export const INGRESSES = resource<Ingress>('networking.k8s.io', 'v1', 'Ingress', 'ingresses');
export const INGRESS_CLASSES = resource<IngressClass>(
  'networking.k8s.io',
  'v1',
  'IngressClass',
  'ingressclasses',
  false,
);
export const NETWORK_POLICIES = resource<NetworkPolicy>(
  'networking.k8s.io',
  'v1',
  'NetworkPolicy',
  'networkpolicies',
);
export const IP_ADDRESSES = resource<IPAddress>('networking.k8s.io', 'v1', 'IPAddress', 'ipaddresses', false);
export const SERVICE_CIDRS = resource<ServiceCIDR>(
  'networking.k8s.io',
  'v1',
  'ServiceCIDR',
  'servicecidrs',
  false,
);
export const POD_DISRUPTION_BUDGETS = resource<PodDisruptionBudget>(
  'policy',
  'v1',
  'PodDisruptionBudget',
  'poddisruptionbudgets',
);
export const ROLES = resource<Role>('rbac.authorization.k8s.io', 'v1', 'Role', 'roles');
export const ROLE_BINDINGS = resource<RoleBinding>(
  'rbac.authorization.k8s.io',
  'v1',
  'RoleBinding',
  'rolebindings',
);
export const CLUSTER_ROLES = resource<ClusterRole>(
  'rbac.authorization.k8s.io',
  'v1',
  'ClusterRole',
  'clusterroles',
  false,
);
export const CLUSTER_ROLE_BINDINGS = resource<ClusterRoleBinding>(
  'rbac.authorization.k8s.io',
  'v1',
  'ClusterRoleBinding',
  'clusterrolebindings',
  false,
);
export const PRIORITY_CLASSES = resource<PriorityClass>(
  'scheduling.k8s.io',
  'v1',
  'PriorityClass',
  'priorityclasses',
  false,
);
export const STORAGE_CLASSES = resource<StorageClass>(
  'storage.k8s.io',
  'v1',
  'StorageClass',
  'storageclasses',
  false,
);
export const RUNTIME_CLASSES = resource<RuntimeClass>(
  'node.k8s.io',
  'v1',
  'RuntimeClass',
  'runtimeclasses',
  false,
);
export const CSI_NODES = resource<CSINode>('storage.k8s.io', 'v1', 'CSINode', 'csinodes', false);
export const API_SERVICES = resource<APIService>(
  'apiregistration.k8s.io',
  'v1',
  'APIService',
  'apiservices',
  false,
);
