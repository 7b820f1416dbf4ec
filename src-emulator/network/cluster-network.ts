import type { ClusterApi } from '../api/cluster-api.ts';
import type { Clock } from '../clock.ts';
import { AddressPool } from './address-pool.ts';
import { HealthChecks } from './health-checks.ts';
import { ConnectionTable } from './connection-table.ts';
import { nodeTables } from './iptables/node-tables.ts';
import { NODE_INTERFACE, nodeInterfaces, nodeRoutes, podView } from './kernel-view.ts';
import type { NodePlumbing, PlumbedPod } from './kernel-view.ts';
import { parseCidr } from './ipv4.ts';
import { Stack } from './network-stack.ts';
import type { Fabric } from './network-stack.ts';
import { Outside } from './outside.ts';
import type { OutsideWorld } from './outside.ts';
import { PortMappings, type PortMapping } from './port-mappings.ts';
import { PolicyIndex } from './policy/policy-index.ts';
import { Router } from './router.ts';
import type { RoutedNode } from './router.ts';
import { ServiceProxy } from './service-proxy.ts';
import { NetworkError } from './types.ts';
import type { KernelView, NetworkStack } from './types.ts';
import type { UdpEnd } from './udp.ts';
import type { SocketAddress } from './types.ts';

export interface ClusterNetworkOptions {
  clock: Clock;
  api: ClusterApi;
  /** `podCIDR` for example `10.244.1.0/24`: its first address is the node's bridge. */
  nodes: { name: string; address: string; podCIDR: string }[];
  /** Prefix length of the network that nodes and host share. Default 16, as Docker makes it. */
  hostPrefixLength?: number;
  /** The range of all pods, which those of the nodes are parts of. Default 10.244.0.0/16. */
  clusterCidr?: string;
  /** The learner's machine, as nodes see it. */
  hostAddress: string;
  /** The learner's machine, as the world outside sees it. Default 198.51.100.10, of a range for documentation. */
  publicAddress?: string;
  /** In [0, 1): picks backends and ports. Default Math.random. */
  random?: () => number;
}

/** The network of a cluster: nodes, pods, the learner's machine, and the service proxy between them. */
export interface ClusterNetwork {
  /**
   * A network namespace with a fresh address of the node's range, to which ports of the node lead; closing it frees
   * the address and the ports.
   * @throws NetworkError ENETUNREACH when the node is unknown or its range is used up.
   */
  createPodStack(nodeName: string, mappings?: readonly PortMapping[]): NetworkStack;
  /** The node's own namespace, also that of its hostNetwork pods. @throws NetworkError ENETUNREACH when unknown. */
  nodeStack(nodeName: string): NetworkStack;
  /** Switches a node's machine off or on: while it is off, it takes no packets and forwards none. */
  setNodePower(nodeName: string, on: boolean): void;
  /** The learner's machine: reaches nodes (NodePorts) and load balancers, but neither pods nor ClusterIPs. */
  readonly host: NetworkStack;
  /** The world outside the cluster: nothing in it but what is added. */
  readonly outside: OutsideWorld;
  /** Closes every namespace and stops watching. */
  close(): void;
}

/** Builds the network of a cluster and starts following its Services. */
export function createClusterNetwork(options: ClusterNetworkOptions): ClusterNetwork {
  const { clock, api, hostAddress, publicAddress = '198.51.100.10', random = Math.random } = options;
  const { hostPrefixLength = 16, clusterCidr = '10.244.0.0/16' } = options;
  const policies = new PolicyIndex(api);
  const connections = new ConnectionTable(clock);
  const proxy = new ServiceProxy({
    api,
    clock,
    random,
    onChange: () => {
      const rules = proxy.rules();
      for (const checks of healthChecks) checks.sync(rules);
    },
  });
  const nodes = new Map<string, RoutedNode<Stack> & { podCIDR: string }>();
  const links = new Map<string, Map<string, PlumbedPod>>();
  let nextIndex = NODE_INTERFACE + 1;
  const pods = new Map<string, Stack>();
  const portMappings = new PortMappings();
  const replies = new Map<string, { socket: UdpEnd; from: SocketAddress }>();
  const fabric: Fabric = {
    clock,
    random,
    connections,
    udpNat: {
      replies,
      isStale: (to, backend) => proxy.isStaleFlow(to, backend),
      get rulesVersion() {
        return proxy.version;
      },
    },
    route: (origin, to, protocol) => router.route(origin, to, protocol),
  };
  for (const { name, address, podCIDR } of options.nodes) {
    const pool = new AddressPool(podCIDR);
    const plumbing: NodePlumbing = {
      address,
      hostAddress,
      prefixLength: hostPrefixLength,
      gateway: pool.gateway,
      pods: () => [...(links.get(name)?.values() ?? [])],
      otherNodes: () => options.nodes.filter((node) => node.name !== name),
    };
    const kernel: KernelView = {
      iptables: () =>
        nodeTables(proxy.rules(), {
          nodeName: name,
          nodeAddress: address,
          clusterCidr,
          podCIDR,
          mappedPods: portMappings.of(name),
        }),
      interfaces: () => nodeInterfaces(plumbing),
      routes: () => nodeRoutes(plumbing),
      connections: () => connections.of(name),
    };
    const stack = new Stack({ kind: 'node', nodeName: name, address, fabric, kernel });
    nodes.set(name, { name, address, pool, stack, podCIDR });
    links.set(name, new Map());
  }
  const healthChecks = [...nodes.values()].map((node) => new HealthChecks(node, clock));
  const host = new Stack({ kind: 'host', nodeName: undefined, address: hostAddress, fabric });
  const hostNetwork = parseCidr(`${hostAddress}/${hostPrefixLength}`);
  const outside = new Outside(fabric);
  const router = new Router<Stack>({
    nodes,
    pods,
    host,
    hostNetwork,
    outside: outside.hosts,
    publicAddress,
    proxy,
    portMappings,
    policies,
  });

  const nodeNamed = (name: string): RoutedNode<Stack> & { podCIDR: string } => {
    const node = nodes.get(name);
    if (node === undefined) throw new NetworkError('ENETUNREACH', `no such node: ${name}`);
    return node;
  };

  return {
    host,
    outside,
    nodeStack: (nodeName) => nodeNamed(nodeName).stack,
    setNodePower(nodeName, on) {
      if (on) router.down.delete(nodeName);
      else router.down.add(nodeName);
    },
    createPodStack(nodeName, mappings = []) {
      const { pool, podCIDR } = nodeNamed(nodeName);
      const address = pool.allocate();
      if (address === undefined)
        throw new NetworkError('ENETUNREACH', `no IP addresses available in the range of node ${nodeName}`);
      const plumbed = { address, index: nextIndex++ };
      links.get(nodeName)?.set(address, plumbed);
      const stack = new Stack({
        kind: 'pod',
        nodeName,
        address,
        fabric,
        kernel: podView(plumbed, podCIDR, pool.gateway),
        onClosed: () => {
          links.get(nodeName)?.delete(address);
          pods.delete(address);
          portMappings.remove(nodeName, address);
          pool.release(address);
        },
      });
      pods.set(address, stack);
      portMappings.add(nodeName, address, mappings);
      return stack;
    },
    close() {
      for (const pod of [...pods.values()]) pod.close();
      for (const checks of healthChecks) checks.close();
      for (const node of nodes.values()) node.stack.close();
      host.close();
      outside.close();
      proxy[Symbol.dispose]();
      policies[Symbol.dispose]();
    },
  };
}
