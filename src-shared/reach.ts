import type { Reach } from './cluster.ts';
import type { EndpointSliceView, ServiceView } from './live.ts';

/** One place at which a Service is reached from this machine. */
export interface LoopbackAddress {
  /** The node whose NodePort answers there; undefined for a load balancer's own address. */
  readonly node: string | undefined;
  /** The Service's own port. */
  readonly port: number;
  /** `http://127.0.0.1:30080`, or `udp://127.0.0.1:30053`. */
  readonly url: string;
}

/** Why a Service with NodePorts is reached nowhere on this machine. */
export type LoopbackGap = 'not-published' | 'no-local-endpoint';

type ServicePort = ServiceView['ports'][number];

/**
 * Where a Service of type NodePort or LoadBalancer is reached from this machine: its load balancer's address where
 * that is published, then every node that publishes its NodePort, in the order of the Service's ports. With
 * `externalTrafficPolicy: Local` only nodes with a ready endpoint of their own answer; the others drop the request
 * (https://kubernetes.io/docs/reference/networking/virtual-ips/#external-traffic-policy).
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
  const balanced = (reach.loadBalancers ?? [])
    .filter((one) => one.namespace === service.namespace && one.service === service.name)
    .map(({ port, protocol, hostPort }) => ({ node: undefined, port, url: urlOf(protocol, hostPort) }));
  const onNodes = portsOnNodes(service).flatMap((port) => {
    const local = service.externalTrafficPolicy === 'Local' ? nodesWithEndpoints(port, own) : undefined;
    return publishedAt(reach, port.nodePort, port.protocol)
      .filter(({ node }) => local?.has(node) ?? true)
      .map(({ node, hostPort }) => ({ node, port: port.port, url: urlOf(port.protocol, hostPort) }));
  });
  return [...balanced, ...onNodes];
}

function urlOf(protocol: string, hostPort: number): string {
  return `${protocol === 'UDP' ? 'udp' : 'http'}://127.0.0.1:${hostPort}`;
}

/** Why {@link loopbackAddresses} is empty; undefined for a Service or a cluster of which none were to be expected. */
export function loopbackGap(service: ServiceView, reach: Reach): LoopbackGap | undefined {
  const ports = portsOnNodes(service).filter(({ protocol }) => protocol === 'TCP');
  if (reach.nodePorts.length === 0 || ports.length === 0) return undefined;
  return ports.some(({ nodePort }) => publishedAt(reach, nodePort).length > 0)
    ? 'no-local-endpoint'
    : 'not-published';
}

type PortOnNodes = ServicePort & { nodePort: number };

function portsOnNodes(service: ServiceView): PortOnNodes[] {
  if (service.type !== 'NodePort' && service.type !== 'LoadBalancer') return [];
  return service.ports.flatMap((port) =>
    port.nodePort === undefined ? [] : [{ ...port, nodePort: port.nodePort }],
  );
}

/** The nodes whose NodePort is published on this machine, and at which port of 127.0.0.1. */
export function publishedAt(
  { nodePorts }: Reach,
  nodePort: number,
  wanted = 'TCP',
): { node: string; hostPort: number }[] {
  return nodePorts
    .filter(
      ({ protocol = 'TCP', firstNodePort, count }) =>
        protocol === wanted && nodePort >= firstNodePort && nodePort < firstNodePort + count,
    )
    .map(({ node, firstHostPort, firstNodePort }) => ({
      node,
      hostPort: firstHostPort + nodePort - firstNodePort,
    }));
}

/** Endpoints of one port of a Service stand in slices that carry the port under the same name. */
function nodesWithEndpoints(port: ServicePort, slices: readonly EndpointSliceView[]): ReadonlySet<string> {
  const ready = slices
    .filter((slice) => slice.ports.some(({ name }) => name === port.name))
    .flatMap((slice) => slice.endpoints.filter((endpoint) => endpoint.ready));
  return new Set(ready.flatMap(({ node }) => node ?? []));
}
