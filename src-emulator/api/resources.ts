import type {
  ConfigMap,
  Deployment,
  Endpoints,
  EndpointSlice,
  Event,
  KubeObject,
  Namespace,
  Node,
  Pod,
  ReplicaSet,
  Secret,
  Service,
  ServiceAccount,
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
