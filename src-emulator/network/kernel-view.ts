import { createHash } from 'node:crypto';
import { formatIPv4, parseCidr, sizeOf } from './ipv4.ts';
import type { KernelView, NetworkInterface, RouteEntry } from './types.ts';

/** A namespace with nothing in it but loopback. */
export const EMPTY_KERNEL: KernelView = {
  iptables: () => [],
  interfaces: () => [LOOPBACK],
  routes: () => [],
  connections: () => [],
};

const LOOPBACK: NetworkInterface = {
  index: 1,
  name: 'lo',
  peerIndex: undefined,
  macAddress: '00:00:00:00:00:00',
  address: '127.0.0.1',
  prefixLength: 8,
};

/** A pod, as the bridge of a node sees it. */
export interface PlumbedPod {
  address: string;
  /** The index of its end of the link on the node. */
  index: number;
}

/** The interfaces and routes of a pod: a link to its node, over which everything goes (CNI plug-in ptp, as kindnet's). */
export function podView({ address, index }: PlumbedPod, podCIDR: string, gateway: string): KernelView {
  const { base, prefixLength } = parseCidr(podCIDR);
  const network = `${formatIPv4(base)}/${prefixLength}`;
  const eth0: NetworkInterface = {
    index: 2,
    name: 'eth0',
    peerIndex: index,
    macAddress: macOf(`pod ${address}`),
    address,
    prefixLength,
  };
  return {
    ...EMPTY_KERNEL,
    interfaces: () => [LOOPBACK, eth0],
    routes: () => [
      { destination: 'default', via: gateway, device: 'eth0' },
      { destination: network, via: gateway, device: 'eth0', source: address },
      { destination: gateway, device: 'eth0', scope: 'link', source: address },
    ],
  };
}

export interface NodePlumbing {
  address: string;
  hostAddress: string;
  /** Of the network that nodes share. */
  prefixLength: number;
  gateway: string;
  pods: () => readonly PlumbedPod[];
  otherNodes: () => readonly { address: string; podCIDR: string }[];
}

/** The index of a node's own way out; those of the links to pods follow. */
export const NODE_INTERFACE = 2;

/** The interfaces and routes of a node: one link for each of its pods, and a route for the pods of each other node. */
export function nodeInterfaces({ address, prefixLength, gateway, pods }: NodePlumbing): NetworkInterface[] {
  const links = pods().map((pod): NetworkInterface => ({
    index: pod.index,
    name: linkName(pod.address),
    peerIndex: 2,
    macAddress: macOf(`node ${pod.address}`),
    address: gateway,
    prefixLength: 32,
  }));
  const eth0: NetworkInterface = {
    index: NODE_INTERFACE,
    name: 'eth0',
    peerIndex: NODE_INTERFACE + 3,
    macAddress: macOf(`node ${address}`),
    address,
    prefixLength,
  };
  return [LOOPBACK, eth0, ...links];
}

/** @see nodeInterfaces */
export function nodeRoutes(plumbing: NodePlumbing): RouteEntry[] {
  const { address, hostAddress, prefixLength } = plumbing;
  const { base } = parseCidr(`${address}/${prefixLength}`);
  const pods = plumbing
    .pods()
    .map((pod): RouteEntry => ({ destination: pod.address, device: linkName(pod.address), scope: 'host' }));
  const others = plumbing
    .otherNodes()
    .map((node): RouteEntry => ({ destination: node.podCIDR, via: node.address, device: 'eth0' }));
  const own: RouteEntry = {
    destination: `${formatIPv4(base)}/${prefixLength}`,
    device: 'eth0',
    protocol: 'kernel',
    scope: 'link',
    source: address,
  };
  const byDestination = (a: RouteEntry, b: RouteEntry): number => orderOf(a) - orderOf(b);
  return [
    { destination: 'default', via: hostAddress, device: 'eth0' },
    ...[...pods, ...others].sort(byDestination),
    own,
  ];
}

function orderOf({ destination }: RouteEntry): number {
  const { base, prefixLength } = parseCidr(destination.includes('/') ? destination : `${destination}/32`);
  return base + sizeOf(prefixLength) / 2 ** 33;
}

function linkName(address: string): string {
  return `veth${createHash('sha256').update(address).digest('hex').slice(0, 8)}`;
}

/** A locally administered MAC address that stays the same. */
function macOf(seed: string): string {
  const bytes = createHash('sha256').update(seed).digest().subarray(0, 6);
  bytes[0] = ((bytes[0] ?? 0) & 0xfc) | 0x02;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}
