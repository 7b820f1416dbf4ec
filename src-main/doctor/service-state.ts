import type { Evidence } from '#shared/verdict.ts';
import type { KubeClient } from '#main/kube/client.ts';
import { unlessForbidden } from '#main/kube/errors.ts';
import {
  ENDPOINT_SLICE,
  isPodReady,
  POD,
  selects,
  SERVICE,
  type EndpointSlice,
  type NamedRef,
  type Pod,
  type Service,
  type ServicePort,
} from '#main/kube/objects.ts';

/** Everything on the path behind a Service's name, read at one moment. */
export interface ServiceState {
  namespace: string;
  name: string;
  service: Service | undefined;
  /** Namespaces that have a Service of this name; only looked for when this one has none. */
  elsewhere: string[];
  slices: EndpointSlice[];
  /** Pods of the namespace. */
  pods: Pod[];
}

/**
 * Reads what is behind a Service's name.
 * @param lookIn namespaces in which a missing Service is looked for: those where it may have been made by mistake;
 *   those that the user may not look into are left out
 */
export async function readServiceState(
  kube: KubeClient,
  namespace: string,
  name: string,
  lookIn: readonly string[],
): Promise<ServiceState> {
  const [service, slices, pods] = await Promise.all([
    kube.get<Service>({ ...SERVICE, namespace, name }),
    kube.list<EndpointSlice>(ENDPOINT_SLICE, {
      namespace,
      labelSelector: `kubernetes.io/service-name=${name}`,
    }),
    kube.list<Pod>(POD, { namespace }),
  ]);
  const elsewhere =
    service === undefined ? await namespacesWith(kube, { ...SERVICE, namespace, name }, lookIn) : [];
  return { namespace, name, service, elsewhere, slices, pods };
}

/** Which of the namespaces have an object of this kind and name, beside its own. */
export async function namespacesWith(
  kube: KubeClient,
  ref: NamedRef,
  lookIn: readonly string[],
): Promise<string[]> {
  const others = [...new Set(lookIn)].filter((namespace) => namespace !== ref.namespace);
  const found = await Promise.all(
    others.map((namespace) => unlessForbidden(kube.get({ ...ref, namespace }))),
  );
  return others.filter((_, index) => found[index] !== undefined);
}

/** The Service's port that a client dials; its first when none is named. */
export function servicePortOf({ service }: ServiceState, port?: number): ServicePort | undefined {
  const ports = service?.spec.ports ?? [];
  return port === undefined ? ports[0] : ports.find((each) => each.port === port);
}

/** TCP, where a port names no other. */
export function protocolOf({ protocol = 'TCP' }: ServicePort): string {
  return protocol;
}

/** Pods of the namespace that have every label of the selector. */
export function selectedPods({ service, pods }: ServiceState): Pod[] {
  return pods.filter((pod) => selects(service?.spec.selector, pod.metadata.labels));
}

export interface EndpointAddress {
  ip: string;
  port: number | undefined;
  ready: boolean;
  pod: string | undefined;
  node: string | undefined;
}

/** Addresses of the slices for one Service port. */
export function endpointsOf(state: ServiceState, port?: ServicePort): EndpointAddress[] {
  return state.slices.flatMap((slice) => {
    const ports = slice.ports ?? [];
    const match = port === undefined ? ports[0] : ports.find((p) => (p.name ?? '') === (port.name ?? ''));
    return (slice.endpoints ?? []).flatMap((endpoint) =>
      endpoint.addresses.map((ip) => ({
        ip,
        port: match?.port,
        ready: endpoint.conditions?.ready !== false,
        pod: endpoint.targetRef?.kind === 'Pod' ? endpoint.targetRef.name : undefined,
        node: endpoint.nodeName,
      })),
    );
  });
}

/** Ready pods, by their address. */
export function readyPodsByIp(pods: readonly Pod[]): Map<string, Pod> {
  return new Map(
    pods
      .filter(isPodReady)
      .flatMap((pod) => (pod.status?.podIP === undefined ? [] : [[pod.status.podIP, pod] as const])),
  );
}

/** Ports that a pod's containers declare, for hints at what was probably meant. */
export function declaredPorts(pod: Pod): number[] {
  return pod.spec.containers.flatMap((container) =>
    (container.ports ?? []).map((port) => port.containerPort),
  );
}

/** What there is of a Service: that it is missing as kubectl says it, else what matters of it. */
export function serviceEvidence(state: ServiceState, at: number): Evidence {
  const { namespace, name, service } = state;
  const title = { en: 'The Service', ko: '서비스' };
  if (service !== undefined)
    return {
      title,
      output: `${name} ${service.spec.type ?? 'ClusterIP'} ${service.spec.clusterIP ?? ''}`,
      at,
    };
  return {
    title,
    command: `kubectl get service -n ${namespace} ${name}`,
    output: `Error from server (NotFound): services "${name}" not found`,
    at,
  };
}
