import { createHash } from 'node:crypto';
import { cidrContains, formatCidr } from '../ipv4.ts';
import type { Cidr } from '../ipv4.ts';
import { endpointsFor, hasEndpoints } from '../service-rules.ts';
import type { Backend, ServiceRule } from '../service-rules.ts';
import { addressType, anyPort, comment, oneOf, port } from './table.ts';
import type { IptablesMatch, IptablesRule, TableBuilder } from './table.ts';

const MARK_MASQ = 'KUBE-MARK-MASQ';
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** The kernel's counter of what came to a NodePort of 127.0.0.1; iptables-save writes two spaces before it. */
const LOCALHOST_COUNTER: IptablesMatch = {
  save: '-m nfacct --nfacct-name  localhost_nps_accepted_pkts',
  list: 'nfacct-name  localhost_nps_accepted_pkts',
};

/**
 * The 16 characters that tell the chains of one Service port from those of others: SHA-256 in base 32, cut short
 * (kube-proxy's portProtoHash and servicePortEndpointChainName).
 */
function chainHash(...parts: string[]): string {
  const digest = createHash('sha256').update(parts.join('')).digest();
  let bits = '';
  for (const byte of digest.subarray(0, 10)) bits += byte.toString(2).padStart(8, '0');
  return Array.from({ length: 16 }, (_, at) => BASE32[parseInt(bits.slice(at * 5, at * 5 + 5), 2)]).join('');
}

interface Chains {
  protocol: 'tcp' | 'udp';
  cluster: string;
  local: string;
  external: string;
  firewall: string;
  endpoint(backend: Backend): string;
}

function chainsOf({ name, protocol: upper }: ServiceRule): Chains {
  const protocol = upper === 'TCP' ? 'tcp' : 'udp';
  const hash = chainHash(name, protocol);
  return {
    protocol,
    cluster: `KUBE-SVC-${hash}`,
    local: `KUBE-SVL-${hash}`,
    external: `KUBE-EXT-${hash}`,
    firewall: `KUBE-FW-${hash}`,
    endpoint: ({ address, port: number }) => `KUBE-SEP-${chainHash(name, protocol, `${address}:${number}`)}`,
  };
}

/** What the rules of one node depend on besides the Services. */
export interface NodeRulesOptions {
  nodeName: string;
  nodeAddress: string;
  /** The range of all pods, `10.244.0.0/16`: what comes from it is local to the cluster. */
  clusterCidr: string;
}

/** Puts what kube-proxy 1.34 makes of Services in iptables mode into the tables of a node. */
export function addServiceRules(
  nat: TableBuilder,
  filter: TableBuilder,
  rules: readonly ServiceRule[],
  options: NodeRulesOptions,
): void {
  for (const rule of rules) addServiceRule(nat, filter, rule, options);
  nat.append('KUBE-SERVICES', {
    matches: [
      comment('kubernetes service nodeports; NOTE: this must be the last rule in this chain'),
      addressType('dst'),
    ],
    target: { name: 'KUBE-NODEPORTS' },
  });
}

function addServiceRule(
  nat: TableBuilder,
  filter: TableBuilder,
  rule: ServiceRule,
  { nodeName, nodeAddress, clusterCidr }: NodeRulesOptions,
): void {
  const chains = chainsOf(rule);
  const { protocol } = chains;
  const { cluster, local } = endpointsFor(rule, nodeName);
  const isServed = hasEndpoints(rule);
  const isExternal = rule.nodePort !== undefined || rule.externalIPs.length + rule.loadBalancerIPs.length > 0;
  const usesCluster = rule.internalPolicy === 'Cluster' || isExternal;
  const usesLocal = rule.internalPolicy === 'Local' || (isExternal && rule.externalPolicy === 'Local');
  const servesInternal = isServed && (rule.internalPolicy === 'Cluster' || local.length > 0);
  const servesExternal = isServed && (rule.externalPolicy === 'Cluster' || local.length > 0);
  const refusal = isServed
    ? { words: `${rule.name} has no local endpoints`, target: { name: 'DROP' } }
    : {
        words: `${rule.name} has no endpoints`,
        target: {
          name: 'REJECT',
          save: '--reject-with icmp-port-unreachable',
          list: 'reject-with icmp-port-unreachable',
        },
      };
  const to = (words: string, number: number, extra: IptablesMatch[] = []): IptablesRule => ({
    protocol,
    matches: [comment(words), ...extra, port(protocol, number)],
  });
  const at = (address: string, words: string): IptablesRule => ({
    destination: `${address}/32`,
    ...to(words, rule.port),
  });

  const internalChain = rule.internalPolicy === 'Local' ? chains.local : chains.cluster;
  const clusterIP = at(rule.clusterIP, `${rule.name} cluster IP`);
  if (servesInternal) {
    nat.append('KUBE-SERVICES', { ...clusterIP, target: { name: internalChain } });
    nat.append(internalChain, { source: `! ${clusterCidr}`, ...clusterIP, target: { name: MARK_MASQ } });
  } else filter.append('KUBE-SERVICES', { ...at(rule.clusterIP, refusal.words), target: refusal.target });

  const isFirewalled = isServed && rule.loadBalancerIPs.length > 0 && rule.sourceRanges !== undefined;
  const external = [
    ...rule.externalIPs.map((address) => ({ address, kind: 'external IP', chain: chains.external })),
    ...rule.loadBalancerIPs.map((address) => ({
      address,
      kind: 'loadbalancer IP',
      chain: isFirewalled ? chains.firewall : chains.external,
    })),
  ];
  for (const { address, kind, chain } of external) {
    if (isServed)
      nat.append('KUBE-SERVICES', { ...at(address, `${rule.name} ${kind}`), target: { name: chain } });
    if (isFirewalled && chain === chains.firewall)
      filter.append('KUBE-PROXY-FIREWALL', {
        ...at(address, `${rule.name} traffic not accepted by ${chains.firewall}`),
        target: { name: 'DROP' },
      });
    if (!servesExternal)
      filter.append('KUBE-EXTERNAL-SERVICES', { ...at(address, refusal.words), target: refusal.target });
  }
  if (rule.nodePort !== undefined) {
    const nodePort = to(rule.name, rule.nodePort);
    if (isServed) {
      nat.append('KUBE-NODEPORTS', {
        destination: '127.0.0.0/8',
        ...nodePort,
        matches: [...nodePort.matches, LOCALHOST_COUNTER],
        target: { name: chains.external },
      });
      nat.append('KUBE-NODEPORTS', { ...nodePort, target: { name: chains.external } });
    }
    if (!servesExternal)
      filter.append('KUBE-EXTERNAL-SERVICES', {
        ...to(refusal.words, rule.nodePort, [addressType('dst')]),
        target: refusal.target,
      });
  }
  if (rule.healthCheckNodePort !== undefined && rule.healthCheckNodePort !== 0)
    filter.append('KUBE-NODEPORTS', {
      protocol: 'tcp',
      matches: [comment(`${rule.name} health check node port`), port('tcp', rule.healthCheckNodePort)],
      target: { name: 'ACCEPT' },
    });

  if (isServed && isExternal) addExternalChain(nat, rule, chains, clusterCidr, servesExternal);
  if (isFirewalled) addFirewallChain(nat, rule, chains, nodeAddress);
  if (usesCluster && cluster.length > 0) addBalancing(nat, rule, chains, chains.cluster, cluster);
  if (usesLocal && local.length > 0) addBalancing(nat, rule, chains, chains.local, local);
  const reachable = [...(usesCluster ? cluster : []), ...(usesLocal ? local : [])];
  for (const backend of new Map(reachable.map((one) => [chains.endpoint(one), one])).values())
    addEndpointChain(nat, rule, chains, backend);
}

/** Where everything goes that came for a NodePort or an address of the outside. */
function addExternalChain(
  nat: TableBuilder,
  { name, externalPolicy }: ServiceRule,
  { external, cluster, local }: Chains,
  clusterCidr: string,
  servesExternal: boolean,
): void {
  const destinations = `${name} external destinations`;
  if (externalPolicy === 'Cluster')
    nat.append(external, {
      matches: [comment(`masquerade traffic for ${destinations}`)],
      target: { name: MARK_MASQ },
    });
  else {
    nat.append(external, {
      source: clusterCidr,
      matches: [comment(`pod traffic for ${destinations}`)],
      target: { name: cluster },
    });
    for (const [words, target] of [
      ['masquerade', MARK_MASQ],
      ['route', cluster],
    ] as const)
      nat.append(external, {
        matches: [comment(`${words} LOCAL traffic for ${destinations}`), addressType('src')],
        target: { name: target },
      });
  }
  if (servesExternal)
    nat.append(external, { matches: [], target: { name: externalPolicy === 'Local' ? local : cluster } });
}

/** Lets those in that `loadBalancerSourceRanges` names; the rest falls into KUBE-PROXY-FIREWALL. */
function addFirewallChain(
  nat: TableBuilder,
  { name, sourceRanges = [], loadBalancerIPs }: ServiceRule,
  { firewall, external }: Chains,
  nodeAddress: string,
): void {
  const matches = [comment(`${name} loadbalancer IP`)];
  const ranges = sourceRanges.map(formatCidr);
  const fromNode = isWithin(sourceRanges, nodeAddress)
    ? loadBalancerIPs.map((address) => `${address}/32`)
    : [];
  for (const source of [...ranges, ...fromNode])
    nat.append(firewall, { source, matches, target: { name: external } });
  nat.append(firewall, {
    matches: [comment(`other traffic to ${name} will be dropped by KUBE-PROXY-FIREWALL`)],
  });
}

/** Sends a client back where it was when it is to stick there, and everybody else to one of the endpoints by chance. */
function addBalancing(
  nat: TableBuilder,
  { name, affinitySeconds }: ServiceRule,
  chains: Chains,
  chain: string,
  backends: readonly Backend[],
): void {
  const words = (backend: Backend): IptablesMatch => comment(`${name} -> ${backend.address}:${backend.port}`);
  if (affinitySeconds !== undefined)
    for (const backend of backends) {
      const list = chains.endpoint(backend);
      const sticks: IptablesMatch = {
        save: `-m recent --rcheck --seconds ${affinitySeconds} --reap --name ${list} --mask 255.255.255.255 --rsource`,
        list: `recent: CHECK seconds: ${affinitySeconds} reap name: ${list} side: source mask: 255.255.255.255`,
      };
      nat.append(chain, { matches: [words(backend), sticks], target: { name: list } });
    }
  backends.forEach((backend, index) => {
    const left = backends.length - index;
    nat.append(chain, {
      matches: [words(backend), ...(left > 1 ? [oneOf(left)] : [])],
      target: { name: chains.endpoint(backend) },
    });
  });
}

function addEndpointChain(nat: TableBuilder, rule: ServiceRule, chains: Chains, backend: Backend): void {
  const chain = chains.endpoint(backend);
  const { protocol } = chains;
  const destination = `${backend.address}:${backend.port}`;
  const remembers: IptablesMatch = {
    save: `-m recent --set --name ${chain} --mask 255.255.255.255 --rsource`,
    list: `recent: SET name: ${chain} side: source mask: 255.255.255.255`,
  };
  nat.append(chain, {
    source: `${backend.address}/32`,
    matches: [comment(rule.name)],
    target: { name: MARK_MASQ },
  });
  nat.append(chain, {
    protocol,
    matches: [
      comment(rule.name),
      ...(rule.affinitySeconds === undefined ? [] : [remembers]),
      anyPort(protocol),
    ],
    target: { name: 'DNAT', save: `--to-destination ${destination}`, list: `to:${destination}` },
  });
}

function isWithin(ranges: readonly Cidr[], address: string): boolean {
  return ranges.some((range) => cidrContains(range, address));
}
