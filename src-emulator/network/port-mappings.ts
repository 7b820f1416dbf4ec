import type { TransportProtocol } from './service-rules.ts';
import type { SocketAddress } from './types.ts';

/** A port of a node that leads to a pod on it: the `hostPort` of a container. */
export interface PortMapping {
  protocol: TransportProtocol;
  /** The address of the node that it holds for; `0.0.0.0` for all of them. */
  hostIP: string;
  hostPort: number;
  containerPort: number;
}

/** The ports of one pod. */
export interface MappedPod {
  address: string;
  mappings: readonly PortMapping[];
}

/** The role of the CNI plugin `portmap`: which ports of which node lead to which pod. */
export class PortMappings {
  readonly #byNode = new Map<string, Map<string, MappedPod>>();

  add(nodeName: string, address: string, mappings: readonly PortMapping[]): void {
    if (mappings.length === 0) return;
    const pods = this.#byNode.get(nodeName) ?? new Map<string, MappedPod>();
    pods.set(address, { address, mappings });
    this.#byNode.set(nodeName, pods);
  }

  remove(nodeName: string, address: string): void {
    this.#byNode.get(nodeName)?.delete(address);
  }

  /** The pods of a node that have any, in the order in which they came. */
  of(nodeName: string): MappedPod[] {
    return [...(this.#byNode.get(nodeName)?.values() ?? [])];
  }

  /** Where a packet for one of a node's own addresses goes on to, if to a pod. */
  find(nodeName: string, protocol: TransportProtocol, to: SocketAddress): SocketAddress | undefined {
    for (const { address, mappings } of this.#byNode.get(nodeName)?.values() ?? [])
      for (const { hostIP, hostPort, containerPort, ...mapping } of mappings)
        if (
          mapping.protocol === protocol &&
          hostPort === to.port &&
          (hostIP === '0.0.0.0' || hostIP === to.address)
        )
          return { address, port: containerPort };
    return undefined;
  }
}
