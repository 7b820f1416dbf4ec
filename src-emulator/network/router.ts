import type { AddressPool } from './address-pool.ts';
import { cidrContains } from './ipv4.ts';
import type { Cidr } from './ipv4.ts';
import type { ServiceProxy } from './service-proxy.ts';
import type { ServiceRule, TrafficPolicy, TransportProtocol } from './service-rules.ts';
import type { NetworkStack, SocketAddress } from './types.ts';

/** A node, as routing sees it. `S` is the stack type that routes lead to. */
export interface RoutedNode<S> {
  name: string;
  address: string;
  pool: AddressPool;
  stack: S;
}

export interface RouterOptions<S> {
  nodes: ReadonlyMap<string, RoutedNode<S>>;
  /** Live pods by address. */
  pods: ReadonlyMap<string, S>;
  host: S;
  /** The network that the nodes and the host share. */
  hostNetwork: Cidr;
  proxy: ServiceProxy;
}

/** Where a packet ends up. */
export type Route<S> =
  | {
      kind: 'deliver';
      stack: S;
      /** The destination as the receiver sees it. */
      destination: SocketAddress;
      /** The sender's address as the receiver sees it. */
      source: string;
      /** The sender's address as the sender sees it. */
      localAddress: string;
      /** The source port is rewritten too (MASQUERADE --random-fully). */
      masqueraded: boolean;
    }
  /** Answered with a reset or an ICMP port unreachable. */
  | { kind: 'refused' }
  /** Nobody on the link has the address: ARP fails. */
  | { kind: 'unreachable' }
  /** Dropped. */
  | { kind: 'silent' };

interface Packet {
  protocol: TransportProtocol | 'ICMP';
  source: string;
  sender: 'pod' | 'thisNode' | 'elsewhere';
  to: SocketAddress;
  masquerade: boolean;
  localAddress: string;
}

/**
 * Decides what becomes of a packet, as the nodes of a kind cluster do: the service rules of the sender's node
 * (kube-proxy, iptables mode), then plain routing between nodes. Pods reach pods without translation; what leaves
 * the pod network carries the node's address. Addresses outside the cluster are silence.
 */
export class Router<S extends Pick<NetworkStack, 'kind' | 'nodeName' | 'address'>> {
  readonly #options: RouterOptions<S>;
  readonly #nodesByAddress = new Map<string, RoutedNode<S>>();

  constructor(options: RouterOptions<S>) {
    this.#options = options;
    for (const node of options.nodes.values()) {
      this.#nodesByAddress.set(node.address, node);
      this.#nodesByAddress.set(node.pool.gateway, node);
    }
  }

  /** Routes one packet that `origin` sends. */
  route(origin: S, target: SocketAddress, protocol: TransportProtocol | 'ICMP'): Route<S> {
    // Linux takes 0.0.0.0 for the loopback address.
    const to = target.address === '0.0.0.0' ? { ...target, address: '127.0.0.1' } : target;
    const isLoopback = to.address.startsWith('127.');
    const packet: Packet = {
      protocol,
      source: isLoopback ? to.address : origin.address,
      sender: origin.kind === 'pod' ? 'pod' : origin.kind === 'node' ? 'thisNode' : 'elsewhere',
      to,
      masquerade: false,
      localAddress: isLoopback ? to.address : origin.address,
    };
    if (origin.kind === 'host') return this.#fromHost(origin, packet, isLoopback);
    const node = this.#options.nodes.get(origin.nodeName ?? '');
    if (node === undefined) return { kind: 'silent' };
    if (origin.kind === 'pod') {
      if (isLoopback || to.address === origin.address) return deliver(origin, packet);
      return this.#throughNode(node, packet);
    }
    if (node.pool.contains(to.address)) packet.source = packet.localAddress = node.pool.gateway;
    return this.#throughNode(node, packet);
  }

  #fromHost(host: S, packet: Packet, isLoopback: boolean): Route<S> {
    const { address } = packet.to;
    if (isLoopback || address === host.address) return deliver(host, packet);
    const node = this.#nodesByAddress.get(address);
    if (node !== undefined && node.address === address) return this.#throughNode(node, packet);
    const announcing = this.#announcingNode(packet);
    if (announcing !== undefined) return this.#throughNode(announcing, packet);
    // The host has no route into the pod and Service networks.
    return { kind: cidrContains(this.#options.hostNetwork, address) ? 'unreachable' : 'silent' };
  }

  /** The node that answers for a load balancer's address on the nodes' network. */
  #announcingNode({ protocol, to }: Packet): RoutedNode<S> | undefined {
    const rule = protocol === 'ICMP' ? undefined : this.#options.proxy.ingressRule(protocol, to);
    if (rule === undefined) return undefined;
    const nodes = [...this.#options.nodes.values()];
    const hasBackend = (node: RoutedNode<S>): boolean =>
      rule.externalPolicy === 'Cluster' || rule.ready.some((backend) => backend.nodeName === node.name);
    return nodes.find(hasBackend) ?? nodes[0];
  }

  /** PREROUTING or OUTPUT of a node, then its routing. */
  #throughNode(node: RoutedNode<S>, packet: Packet): Route<S> {
    const { protocol, to, sender } = packet;
    if (protocol === 'ICMP') return this.#forward(node, packet);
    const { proxy } = this.#options;
    const internal = proxy.clusterIPRule(protocol, to);
    if (internal !== undefined)
      return this.#toService(node, packet, internal, internal.internalPolicy, sender !== 'pod');
    const external =
      proxy.ingressRule(protocol, to) ??
      (isLocalTo(node, to.address) ? proxy.nodePortRule(protocol, to.port) : undefined);
    if (external === undefined) return this.#forward(node, packet);
    if (external.externalPolicy === 'Cluster')
      return this.#toService(node, packet, external, 'Cluster', true);
    // Under Local, what comes from inside the cluster is short-circuited to all endpoints (kube-proxy's KUBE-EXT).
    if (sender === 'elsewhere') return this.#toService(node, packet, external, 'Local', false);
    return this.#toService(node, packet, external, 'Cluster', sender === 'thisNode');
  }

  #toService(
    node: RoutedNode<S>,
    packet: Packet,
    rule: ServiceRule,
    policy: TrafficPolicy,
    masquerade: boolean,
  ): Route<S> {
    const choice = this.#options.proxy.choose(rule, policy, node.name, packet.source);
    if (choice.verdict === 'reject') return { kind: 'refused' };
    if (choice.verdict === 'drop') return { kind: 'silent' };
    const { address, port } = choice.backend;
    // Hairpin: the answer of a pod that reaches itself must come back through the node.
    const isHairpin = address === packet.source;
    return this.#forward(node, { ...packet, to: { address, port }, masquerade: masquerade || isHairpin });
  }

  /** Routing and POSTROUTING. */
  #forward(node: RoutedNode<S>, packet: Packet): Route<S> {
    const { nodes, pods, host, hostNetwork } = this.#options;
    const { address } = packet.to;
    if (isLocalTo(node, address) || address.startsWith('127.'))
      return deliver(node.stack, packet.sender === 'thisNode' ? { ...packet, source: address } : packet);
    const pod = pods.get(address);
    if (pod !== undefined) {
      const rewritten = packet.masquerade || packet.sender === 'thisNode';
      const egress = pod.nodeName === node.name ? node.pool.gateway : node.address;
      return deliver(pod, rewritten ? { ...packet, source: egress } : packet);
    }
    const isPodNetwork = [...nodes.values()].some((other) => other.pool.contains(address));
    // Pod traffic that leaves the pod network carries the node's address (kindnet's masquerade rule).
    const leavesPodNetwork = packet.sender === 'pod' && !isPodNetwork;
    const rewritten = packet.masquerade || packet.sender === 'thisNode' || leavesPodNetwork;
    const leaving: Packet = {
      ...packet,
      source: rewritten ? node.address : packet.source,
      sender: packet.sender === 'pod' && !rewritten ? 'pod' : 'elsewhere',
    };
    const other = this.#nodesByAddress.get(address);
    if (other !== undefined) return this.#throughNode(other, leaving);
    if (address === host.address) return deliver(host, leaving);
    return { kind: !isPodNetwork && cidrContains(hostNetwork, address) ? 'unreachable' : 'silent' };
  }
}

function isLocalTo<S>(node: RoutedNode<S>, address: string): boolean {
  return address === node.address || address === node.pool.gateway || address.startsWith('127.');
}

function deliver<S>(stack: S, packet: Packet): Route<S> {
  const { to, source, localAddress, masquerade } = packet;
  return { kind: 'deliver', stack, destination: to, source, localAddress, masqueraded: masquerade };
}
