import type { PublishedPorts, Reach } from './cluster.ts';
import type { EndpointSliceView, ServiceView } from './live.ts';

/** One place at which a Service is reached from this machine. */
export interface LoopbackAddress {
  /** The node whose NodePort answers there. */
  readonly node: string;
  /** The Service's own port. */
  readonly port: number;
  readonly nodePort: number;
  /** `http://127.0.0.1:30080`. */
  readonly url: string;
}

/** Why a Service with NodePorts is reached nowhere on this machine. */
export type LoopbackGap = 'not-published' | 'no-local-endpoint';

type ServicePort = ServiceView['ports'][number];

/**
 * Where a Service of type NodePort or LoadBalancer is reached from this machine: every node that publishes its
 * NodePort, in the order of the Service's ports. With `externalTrafficPolicy: Local` only nodes with a ready endpoint
 * of their own answer; the others drop the request
 * (https://kubernetes.io/docs/reference/networking/virtual-ips/#external-traffic-policy).
 * Published ports are TCP, so ports of other protocols have no address.
 * @param slices may be those of other Services, too
 */
export function loopbackAddresses(
  service: ServiceView,
  reach: Reach,
  slices: readonly EndpointSliceView[],
): LoopbackAddress[] {
  const own = slices.filter(
    (slice) => slice.namespace === service.namespace && slice.service === service.name,
  );
  return tcpPorts(service).flatMap((port) => {
    const local = service.externalTrafficPolicy === 'Local' ? nodesWithEndpoints(port, own) : undefined;
    return publishing(reach, port.nodePort)
      .filter(({ node }) => local?.has(node) ?? true)
      .map((published) => ({
        node: published.node,
        port: port.port,
        nodePort: port.nodePort,
        url: `http://127.0.0.1:${published.firstHostPort + port.nodePort - published.firstNodePort}`,
      }));
  });
}

/** Why {@link loopbackAddresses} is empty; undefined for a Service or a cluster of which none were to be expected. */
export function loopbackGap(service: ServiceView, reach: Reach): LoopbackGap | undefined {
  const ports = tcpPorts(service);
  if (reach.nodePorts.length === 0 || ports.length === 0) return undefined;
  return ports.some(({ nodePort }) => publishing(reach, nodePort).length > 0)
    ? 'no-local-endpoint'
    : 'not-published';
}

function tcpPorts(service: ServiceView): (ServicePort & { nodePort: number })[] {
  if (service.type !== 'NodePort' && service.type !== 'LoadBalancer') return [];
  return service.ports.flatMap((port) =>
    port.protocol === 'TCP' && port.nodePort !== undefined ? [{ ...port, nodePort: port.nodePort }] : [],
  );
}

function publishing({ nodePorts }: Reach, nodePort: number): PublishedPorts[] {
  return nodePorts.filter(
    ({ firstNodePort, count }) => nodePort >= firstNodePort && nodePort < firstNodePort + count,
  );
}

/** Endpoints of one port of a Service stand in slices that carry the port under the same name. */
function nodesWithEndpoints(port: ServicePort, slices: readonly EndpointSliceView[]): ReadonlySet<string> {
  const ready = slices
    .filter((slice) => slice.ports.some(({ name }) => name === port.name))
    .flatMap((slice) => slice.endpoints.filter((endpoint) => endpoint.ready));
  return new Set(ready.flatMap(({ node }) => node ?? []));
}
