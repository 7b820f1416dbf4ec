import type { ServicePort } from '../../kube/objects.ts';
import { compareAge, isOurs, isPinned, type LoadBalancedService } from './services.ts';

/** Consecutive NodePorts that are published on this machine's loopback. */
export interface NodePortPool {
  first: number;
  count: number;
}

export interface NodePortChange {
  service: LoadBalancedService;
  /** All ports of the Service, some with another NodePort. */
  ports: ServicePort[];
  /** Ports that cannot be reached from this machine, because there were too few. */
  unreachable: number[];
}

/**
 * Moves the NodePorts of Services of type LoadBalancer into the pool, the oldest Services first, so that a browser
 * reaches them on every operating system: the network of the nodes itself cannot be reached where Docker runs in a
 * virtual machine. Numbers that somebody asked for stay, and so does what is in the pool already.
 *
 * The pool should be inside of the band that the API server does not give numbers from by itself:
 * https://kubernetes.io/docs/concepts/services-networking/service/#avoid-nodeport-collisions
 */
export function steerNodePorts(
  services: readonly LoadBalancedService[],
  { first, count }: NodePortPool,
): NodePortChange[] {
  const used = new Set(
    services.flatMap(({ spec }) => [
      spec.healthCheckNodePort,
      ...(spec.ports ?? []).map(({ nodePort }) => nodePort),
    ]),
  );
  const free = Array.from({ length: count }, (_, index) => first + index).filter((port) => !used.has(port));
  const isInPool = (nodePort: number): boolean => nodePort >= first && nodePort < first + count;

  return services
    .filter((service) => isOurs(service) && service.spec.allocateLoadBalancerNodePorts !== false)
    .sort(compareAge)
    .flatMap((service) => {
      const toMove = (port: ServicePort): boolean =>
        (port.protocol ?? 'TCP') === 'TCP' &&
        port.nodePort !== undefined &&
        !isInPool(port.nodePort) &&
        !isPinned(service, port);
      const ports = service.spec.ports ?? [];
      if (!ports.some(toMove)) return [];
      const moved = ports.map((port) => {
        const nodePort = toMove(port) ? free.shift() : undefined;
        return nodePort === undefined ? port : { ...port, nodePort };
      });
      return [{ service, ports: moved, unreachable: moved.filter(toMove).map(({ port }) => port) }];
    });
}
