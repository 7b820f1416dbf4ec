import type { AddressPool } from './address-pool.ts';
import { cidrContains } from './ipv4.ts';
import type { Cidr } from './ipv4.ts';
import type { PolicyIndex } from './policy/policy-index.ts';
import type { PortMappings } from './port-mappings.ts';
import type { ServiceProxy } from './service-proxy.ts';
import { hasEndpoints, isAccepted } from './service-rules.ts';
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
  /** Hosts of the world outside, by address. */
  outside: ReadonlyMap<string, S>;
  /** The learner's machine, as the world outside sees it and everything behind it. */
  publicAddress: string;
  proxy: ServiceProxy;
  portMappings: Pick<PortMappings, 'find'>;
  policies: Pick<PolicyIndex, 'allowsEgress' | 'allowsIngress'>;
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
      /** The node whose rules translated it, if any did. */
      via: string | undefined;
    }
  /** Answered with a reset or an ICMP port unreachable. */
  | { kind: 'refused' }
  /** Nobody on the link has the address: ARP fails. */
  | { kind: 'unreachable' }
  /** Dropped. */
  | { kind: 'silent' };

interface Packet<S> {
  protocol: TransportProtocol | 'ICMP';
  origin: S;
  source: string;
  sender: 'pod' | 'thisNode' | 'elsewhere';
  to: SocketAddress;
  masquerade: boolean;
  localAddress: string;
  /** The first node that it came to. */
  via: string | undefined;
}

/**
 * Decides what becomes of a packet, as the nodes of a kind cluster do: the service rules of the sender's node
 * (kube-proxy, iptables mode), then plain routing between nodes. Pods reach pods without translation; what leaves
 * the pod network carries the node's address. NetworkPolicies are judged where packets leave a node for a pod or
 * come from one, after the destination was translated and before the source is. An address outside the cluster
 * that nobody has is silence.
 */
export class Router<S extends Pick<NetworkStack, 'kind' | 'nodeName' | 'address'>> {
  readonly #options: RouterOptions<S>;
  readonly #nodesByAddress = new Map<string, RoutedNode<S>>();
  /** Nodes whose machine is off. */
  readonly down = new Set<string>();

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
    const packet: Packet<S> = {
      protocol,
      origin,
      source: isLoopback ? to.address : origin.address,
      sender: origin.kind === 'pod' ? 'pod' : origin.kind === 'node' ? 'thisNode' : 'elsewhere',
      to,
      masquerade: false,
      localAddress: isLoopback ? to.address : origin.address,
      via: undefined,
    };
    if (origin.kind !== 'node' && (isLoopback || to.address === origin.address))
      return deliver(origin, packet);
    if (origin.kind === 'host') return this.#fromHost(packet);
    if (origin.kind === 'outside') return this.#toOutside(packet);
    const node = this.#options.nodes.get(origin.nodeName ?? '');
    if (node === undefined) return { kind: 'silent' };
    if (origin.kind === 'node' && node.pool.contains(to.address))
      packet.source = packet.localAddress = node.pool.gateway;
    return this.#throughNode(node, packet);
  }

  #fromHost(packet: Packet<S>): Route<S> {
    const { address } = packet.to;
    const node = this.#nodesByAddress.get(address);
    if (node?.address === address) return this.#throughNode(node, packet);
    const announcing = this.#announcingNode(packet);
    if (announcing !== undefined) return this.#throughNode(announcing, packet);
    // The host has no route into the pod and Service networks.
    if (cidrContains(this.#options.hostNetwork, address)) return { kind: 'unreachable' };
    return this.#toOutside(packet);
  }

  /** The node that answers for a load balancer's address on the nodes' network. */
  #announcingNode({ protocol, to }: Packet<S>): RoutedNode<S> | undefined {
    const rule = protocol === 'ICMP' ? undefined : this.#options.proxy.loadBalancerRule(protocol, to);
    if (rule === undefined) return undefined;
    const nodes = [...this.#options.nodes.values()].filter(({ name }) => !this.down.has(name));
    const hasBackend = (node: RoutedNode<S>): boolean =>
      rule.externalPolicy === 'Cluster' || rule.ready.some((backend) => backend.nodeName === node.name);
    return nodes.find(hasBackend) ?? nodes[0];
  }

  /** Through the learner's machine, behind whose address everything else hides. */
  #toOutside(packet: Packet<S>): Route<S> {
    const target = this.#options.outside.get(packet.to.address);
    if (target === undefined) return { kind: 'silent' };
    if (packet.origin.kind === 'outside') return deliver(target, packet);
    return deliver(target, { ...packet, source: this.#options.publicAddress, masquerade: true });
  }

  /** PREROUTING or OUTPUT of a node, then its routing. */
  #throughNode(node: RoutedNode<S>, arriving: Packet<S>): Route<S> {
    if (this.down.has(node.name)) return { kind: 'unreachable' };
    const packet = { ...arriving, via: arriving.via ?? node.name };
    const { protocol, to, sender } = packet;
    if (protocol === 'ICMP') return this.#forward(node, packet);
    const { proxy } = this.#options;
    const internal = proxy.clusterIPRule(protocol, to);
    if (internal !== undefined)
      return this.#toService(node, packet, internal, internal.internalPolicy, sender !== 'pod');
    const external = proxy.externalIPRule(protocol, to);
    if (external !== undefined) return this.#toExternal(node, packet, external);
    const balanced = proxy.loadBalancerRule(protocol, to);
    if (balanced !== undefined) {
      const isFirewalled = hasEndpoints(balanced) && !isAccepted(balanced, packet.source);
      return isFirewalled ? { kind: 'silent' } : this.#toExternal(node, packet, balanced);
    }
    if (!isLocalTo(node, to.address)) return this.#forward(node, packet);
    const nodePort = proxy.nodePortRule(protocol, to.port);
    if (nodePort !== undefined) return this.#toExternal(node, packet, nodePort);
    const pod = this.#options.portMappings.find(node.name, protocol, to);
    return pod === undefined ? this.#forward(node, packet) : this.#toMappedPod(node, packet, pod);
  }

  /**
   * To a pod through its `hostPort`: only what comes from pods of the node and from its loopback hides behind the
   * node, so that answers come back through it.
   */
  #toMappedPod(node: RoutedNode<S>, packet: Packet<S>, to: SocketAddress): Route<S> {
    const { source, sender } = packet;
    return this.#forward(node, {
      ...packet,
      to,
      sender: sender === 'thisNode' ? 'elsewhere' : sender,
      masquerade: node.pool.contains(source) || source.startsWith('127.'),
    });
  }

  /** What kube-proxy's KUBE-EXT chains do with traffic for NodePorts, load balancers and external IPs. */
  #toExternal(node: RoutedNode<S>, packet: Packet<S>, rule: ServiceRule): Route<S> {
    const { sender } = packet;
    if (rule.externalPolicy === 'Cluster') return this.#toService(node, packet, rule, 'Cluster', true);
    // Under Local, what comes from inside the cluster is short-circuited to all endpoints.
    if (sender === 'elsewhere') return this.#toService(node, packet, rule, 'Local', false);
    return this.#toService(node, packet, rule, 'Cluster', sender === 'thisNode');
  }

  #toService(
    node: RoutedNode<S>,
    packet: Packet<S>,
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
  #forward(node: RoutedNode<S>, packet: Packet<S>): Route<S> {
    const { nodes, pods, host, hostNetwork, outside } = this.#options;
    const { address } = packet.to;
    // What is for the node itself is delivered without POSTROUTING: neither masqueraded nor judged.
    if (isLocalTo(node, address) || address.startsWith('127.'))
      return deliver(node.stack, {
        ...packet,
        masquerade: false,
        source: packet.sender === 'thisNode' ? address : packet.source,
      });
    if (!this.#mayLeave(packet)) return { kind: 'silent' };
    const pod = pods.get(address);
    if (pod !== undefined)
      return this.down.has(pod.nodeName ?? '') ? { kind: 'silent' } : this.#toPod(node, pod, packet);
    const isPodNetwork = [...nodes.values()].some((other) => other.pool.contains(address));
    // Pod traffic that leaves the pod network carries the node's address (kindnet's masquerade rule).
    const leavesPodNetwork = packet.sender === 'pod' && !isPodNetwork;
    const rewritten = packet.masquerade || packet.sender === 'thisNode' || leavesPodNetwork;
    const leaving: Packet<S> = {
      ...packet,
      source: rewritten ? node.address : packet.source,
      sender: packet.sender === 'pod' && !rewritten ? 'pod' : 'elsewhere',
    };
    const other = this.#nodesByAddress.get(address);
    if (other !== undefined) return this.#throughNode(other, leaving);
    if (address === host.address) return deliver(host, leaving);
    if (outside.has(address)) return this.#toOutside(leaving);
    return { kind: !isPodNetwork && cidrContains(hostNetwork, address) ? 'unreachable' : 'silent' };
  }

  #toPod(node: RoutedNode<S>, pod: S, packet: Packet<S>): Route<S> {
    const isLocal = pod.nodeName === node.name;
    const rewritten = packet.masquerade || packet.sender === 'thisNode';
    const translated = rewritten ? { ...packet, source: isLocal ? node.pool.gateway : node.address } : packet;
    // A pod can keep out neither its own node nor itself. On its node the source is not translated yet.
    const isOwnNode = packet.origin.kind === 'node' && packet.origin.nodeName === pod.nodeName;
    const isJudged = !isOwnNode && packet.origin !== pod;
    const source = isLocal ? packet.source : translated.source;
    if (isJudged && !this.#mayEnter(source, packet)) return { kind: 'silent' };
    return deliver(pod, translated);
  }

  /** The egress policies of the pod that sends, judged once, on its own node. */
  #mayLeave({ origin, source, sender, to, protocol }: Packet<S>): boolean {
    if (sender !== 'pod' || to.address === origin.address) return true;
    return this.#options.policies.allowsEgress(source, to.address, to.port, protocol);
  }

  #mayEnter(source: string, { to, protocol }: Packet<S>): boolean {
    return this.#options.policies.allowsIngress(source, to.address, to.port, protocol);
  }
}

function isLocalTo<S>(node: RoutedNode<S>, address: string): boolean {
  return address === node.address || address === node.pool.gateway || address.startsWith('127.');
}

function deliver<S>(stack: S, packet: Packet<S>): Route<S> {
  const { to, source, localAddress, masquerade, via } = packet;
  return { kind: 'deliver', stack, destination: to, source, localAddress, masqueraded: masquerade, via };
}
