import { createHash } from 'node:crypto';
import type { TransportProtocol } from '../service-rules.ts';
import type { MappedPod } from '../port-mappings.ts';
import { addressType, comment, port } from './table.ts';
import type { IptablesRule, TableBuilder } from './table.ts';

const NETWORK = 'podnet';
const MARK = '0x2000/0x2000';
const CHAIN_LENGTH = 28;
const PROTOCOLS = ['TCP', 'UDP'] as const;
const LOOPBACK = '127.0.0.1/32';

/**
 * What the CNI plugin `portmap` puts into the nat table for pods with a `hostPort`. To be called before other rules
 * are added: its rule in POSTROUTING comes first.
 */
export function addPortMappingRules(
  nat: TableBuilder,
  pods: readonly MappedPod[],
  { podCIDR }: { podCIDR: string },
): void {
  if (pods.length === 0) return;
  nat.append('POSTROUTING', {
    matches: [comment('CNI portfwd requiring masquerade')],
    target: { name: 'CNI-HOSTPORT-MASQ' },
  });
  nat.append('CNI-HOSTPORT-MASQ', {
    matches: [{ save: `-m mark --mark ${MARK}`, list: `mark match ${MARK}` }],
    target: { name: 'MASQUERADE' },
  });
  nat.append('CNI-HOSTPORT-SETMARK', {
    matches: [comment('CNI portfwd masquerade mark')],
    target: { name: 'MARK', save: `--set-xmark ${MARK}`, list: 'MARK or 0x2000' },
  });
  for (const pod of pods) {
    const id = createHash('sha256').update(pod.address).digest('hex');
    const hash = createHash('sha512').update(NETWORK + id);
    const chain = `CNI-DN-${hash.digest('hex')}`.slice(0, CHAIN_LENGTH);
    for (const protocol of PROTOCOLS) addRulesOf(nat, pod, protocol, { podCIDR, id, chain });
  }
}

/** The rules that send what is for the node itself there. To be called after those of Services were added. */
export function enterPortMappingRules(nat: TableBuilder, pods: readonly MappedPod[]): void {
  if (pods.length === 0) return;
  for (const chain of ['PREROUTING', 'OUTPUT'])
    nat.append(chain, { matches: [addressType('dst')], target: { name: 'CNI-HOSTPORT-DNAT' } });
}

function addRulesOf(
  nat: TableBuilder,
  { address, mappings }: MappedPod,
  protocol: TransportProtocol,
  { podCIDR, id, chain }: { podCIDR: string; id: string; chain: string },
): void {
  const own = mappings.filter((mapping) => mapping.protocol === protocol);
  if (own.length === 0) return;
  const name: 'tcp' | 'udp' = protocol === 'TCP' ? 'tcp' : 'udp';
  const ports = own.map(({ hostPort }) => hostPort).join(',');
  nat.append('CNI-HOSTPORT-DNAT', {
    protocol: name,
    matches: [
      comment(String.raw`dnat name: \"${NETWORK}\" id: \"${id}\"`),
      { save: `-m multiport --dports ${ports}`, list: `multiport dports ${ports}` },
    ],
    target: { name: chain },
  });
  for (const { hostIP, hostPort, containerPort } of own) {
    const rule = {
      ...(hostIP === '0.0.0.0' ? {} : { destination: `${hostIP}/32` }),
      protocol: name,
      matches: [port(name, hostPort)],
    } satisfies IptablesRule;
    for (const source of [podCIDR, LOOPBACK])
      nat.append(chain, { source, ...rule, target: { name: 'CNI-HOSTPORT-SETMARK' } });
    const to = `${address}:${containerPort}`;
    nat.append(chain, {
      ...rule,
      target: { name: 'DNAT', save: `--to-destination ${to}`, list: `to:${to}` },
    });
  }
}
