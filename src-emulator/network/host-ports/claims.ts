import type { Service } from '../../api/objects.ts';
import type { HostPort } from '../../process-host-ports.ts';
import type { SocketAddress } from '../types.ts';

/**
 * From the NodePorts of one node to those of the next: 30080 of the first is 20080 of the second. Upwards lie the
 * ports that systems give to whoever asks for any.
 */
const NODE_STEP = -10_000;
/** What ordinary users may not open lies below; what is tried in its place is as far above. */
const FIRST_UNPRIVILEGED = 1024;
const PRIVILEGED_STEP = 8000;

/** A port of the learner's machine that a Service asks for, and where in the cluster it leads. */
export interface HostPortClaim {
  /** Ports to try, in order; when none is free, any will do. */
  preferred: number[];
  target: SocketAddress;
  entry: HostPortEntry;
}

/** What a port of the learner's machine is for. */
export type HostPortEntry = HostPort extends infer Port
  ? Port extends HostPort
    ? Omit<Port, 'hostPort'>
    : never
  : never;

/** A node whose NodePorts the learner's machine reaches. */
export interface PublishedNode {
  name: string;
  address: string;
}

/**
 * The ports that Services ask for: each NodePort once for every published node, at its own number on the first of
 * them, and each port of a load balancer's address.
 */
export function claimsOf(services: Iterable<Service>, nodes: readonly PublishedNode[]): HostPortClaim[] {
  const claims: HostPortClaim[] = [];
  for (const service of services) {
    const { type, ports = [] } = service.spec;
    if (type !== 'NodePort' && type !== 'LoadBalancer') continue;
    for (const { port, nodePort = 0, protocol = 'TCP' } of ports) {
      if (protocol === 'SCTP') continue;
      if (nodePort !== 0)
        claims.push(
          ...nodes.map(({ name: node, address }, index) => ({
            preferred: [nodePort + index * NODE_STEP].filter((candidate) => candidate >= FIRST_UNPRIVILEGED),
            target: { address, port: nodePort },
            entry: { kind: 'NodePort' as const, node, nodePort, protocol },
          })),
        );
      const address = type === 'LoadBalancer' ? addressOf(service) : undefined;
      if (address !== undefined) claims.push(loadBalancerClaim(service, { address, port }, protocol));
    }
  }
  return claims;
}

function loadBalancerClaim(
  { metadata: { namespace = '', name } }: Service,
  target: SocketAddress,
  protocol: HostPort['protocol'],
): HostPortClaim {
  const { port } = target;
  return {
    preferred: port < FIRST_UNPRIVILEGED ? [port, port + PRIVILEGED_STEP] : [port],
    target,
    entry: { kind: 'LoadBalancer', namespace, service: name, port, protocol },
  };
}

function addressOf({ status }: { status: Partial<Service['status']> }): string | undefined {
  return status.loadBalancer?.ingress?.find(({ ip }) => ip !== undefined)?.ip;
}

/** Names what a port is for: the same for the whole life of a Service, and after a restart of the cluster. */
export function entryKey(entry: HostPortEntry): string {
  return entry.kind === 'NodePort'
    ? `${entry.protocol} ${entry.node} ${entry.nodePort}`
    : `${entry.protocol} ${entry.namespace}/${entry.service} ${entry.port}`;
}
