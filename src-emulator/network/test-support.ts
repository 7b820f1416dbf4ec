import type { ClusterApi, WatchEvent } from '../api/cluster-api.ts';
import type { Endpoint, EndpointSlice, KubeObject, NetworkPolicy, Pod, Service } from '../api/objects.ts';
import {
  ENDPOINT_SLICES,
  groupResource,
  NAMESPACES,
  NETWORK_POLICIES,
  PODS,
  SERVICES,
} from '../api/resources.ts';
import type { ResourceType } from '../api/resources.ts';
import type { ProxiedService } from './service-rules.ts';

type Ingress = NonNullable<Service['status']['loadBalancer']['ingress']>[number];
type Handler = (event: WatchEvent<KubeObject>) => void;

/** As much of the API as the network reads: objects that a test puts there, and watches. */
export class ApiStub {
  readonly #objects = new Map<string, KubeObject>();
  readonly #handlers = new Map<string, Set<Handler>>();
  readonly api = {
    watch: (type: ResourceType, handler: Handler): Disposable => this.#watch(groupResource(type), handler),
  } as unknown as ClusterApi;

  namespace(name: string, labels: Record<string, string> = {}): void {
    const named = { ...metadata(name), labels: { 'kubernetes.io/metadata.name': name, ...labels } };
    this.#put(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: named });
  }

  /** A pod with an address, as policies know it. */
  pod(name: string, podIP: string, labels: Record<string, string> = {}): void {
    const [namespace, short] = split(name);
    const pod: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata(short, namespace), labels },
      spec: { containers: [{ name: 'main', image: 'x', ports: [{ name: 'http', containerPort: 8080 }] }] },
      status: { phase: 'Running', podIP },
    };
    this.#put(PODS, pod);
  }

  networkPolicy(name: string, spec: NetworkPolicy['spec']): void {
    const [namespace, short] = split(name);
    const policy: NetworkPolicy = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: metadata(short, namespace),
      spec,
    };
    this.#put(NETWORK_POLICIES, policy);
  }

  removeNetworkPolicy(name: string): void {
    this.#remove(NETWORK_POLICIES, name);
  }

  service(name: string, spec: ProxiedService['spec'], ingress: (string | Ingress)[] = []): void {
    const [namespace, short] = split(name);
    const points = ingress.map((point) => (typeof point === 'string' ? { ip: point } : point));
    const status: Service['status'] = { loadBalancer: { ingress: points } };
    const service: Service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata(short, namespace),
      spec,
      status,
    };
    this.#put(SERVICES, service);
  }

  removeService(name: string): void {
    this.#remove(SERVICES, name);
  }

  /** The one EndpointSlice of a Service. */
  endpoints(service: string, endpoints: Endpoint[], ports: NonNullable<EndpointSlice['ports']>): void {
    const [namespace, short] = split(service);
    const slice: EndpointSlice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata(`${short}-abcde`, namespace), labels: { 'kubernetes.io/service-name': short } },
      addressType: 'IPv4',
      endpoints,
      ports,
    };
    this.#put(ENDPOINT_SLICES, slice);
  }

  removeEndpoints(service: string): void {
    this.#remove(ENDPOINT_SLICES, `${service}-abcde`);
  }

  #put(type: ResourceType, object: KubeObject): void {
    const resource = groupResource(type);
    const key = `${resource}/${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    const event = this.#objects.has(key) ? 'MODIFIED' : 'ADDED';
    this.#objects.set(key, object);
    for (const handler of this.#handlers.get(resource) ?? []) handler({ type: event, object });
  }

  #remove(type: ResourceType, name: string): void {
    const resource = groupResource(type);
    const object = this.#objects.get(`${resource}/${name}`);
    if (object === undefined) throw new Error(`no ${resource} ${name}`);
    this.#objects.delete(`${resource}/${name}`);
    for (const handler of this.#handlers.get(resource) ?? []) handler({ type: 'DELETED', object });
  }

  #watch(resource: string, handler: Handler): Disposable {
    for (const [key, object] of this.#objects) {
      if (key.startsWith(`${resource}/`)) handler({ type: 'ADDED', object });
    }
    const handlers = this.#handlers.get(resource) ?? new Set();
    this.#handlers.set(resource, handlers.add(handler));
    return { [Symbol.dispose]: () => handlers.delete(handler) };
  }
}

function metadata(name: string, namespace?: string): KubeObject['metadata'] {
  return {
    name,
    ...(namespace !== undefined && { namespace }),
    uid: `uid-${name}`,
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
  };
}

function split(name: string): [namespace: string, name: string] {
  const [namespace = '', short = ''] = name.split('/');
  return [namespace, short];
}

/** Random numbers that are the same in every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
