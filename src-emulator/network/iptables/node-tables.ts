import type { ServiceRule } from '../service-rules.ts';
import { addServiceRules, type NodeRulesOptions } from './kube-proxy-rules.ts';
import type { MappedPod } from '../port-mappings.ts';
import { addPortMappingRules, enterPortMappingRules } from './port-mapping-rules.ts';
import { comment, connectionState, TableBuilder } from './table.ts';
import type { IptablesTable } from './table.ts';

const MARK = '0x4000/0x4000';

/**
 * The iptables of a node: what kubelet and kube-proxy 1.34 put there, the rule by which pod traffic leaves
 * under the node's address, and those of ports of the node that lead to pods. The counters of packets are not kept.
 */
export function nodeTables(
  rules: readonly ServiceRule[],
  options: NodeRulesOptions & { podCIDR: string; mappedPods: readonly MappedPod[] },
): IptablesTable[] {
  const mangle = new TableBuilder('mangle');
  mangle.chain('KUBE-IPTABLES-HINT', 'KUBE-KUBELET-CANARY', 'KUBE-PROXY-CANARY');
  const filter = filterTable();
  const nat = new TableBuilder('nat');
  addPortMappingRules(nat, options.mappedPods, options);
  addPodAndServiceChains(nat, options.clusterCidr);
  enterPortMappingRules(nat, options.mappedPods);
  addServiceRules(nat, filter, rules, options);
  return [mangle.build(), filter.build(), nat.build()];
}

function filterTable(): TableBuilder {
  const filter = new TableBuilder('filter');
  filter.chain('KUBE-KUBELET-CANARY', 'KUBE-PROXY-CANARY', 'KUBE-NODEPORTS', 'KUBE-SERVICES');
  filter.chain('KUBE-EXTERNAL-SERVICES', 'KUBE-PROXY-FIREWALL');
  const fresh = connectionState('NEW');
  const firewall = {
    matches: [fresh, comment('kubernetes load balancer firewall')],
    target: { name: 'KUBE-PROXY-FIREWALL' },
  };
  const outside = {
    matches: [fresh, comment('kubernetes externally-visible service portals')],
    target: { name: 'KUBE-EXTERNAL-SERVICES' },
  };
  const portals = {
    matches: [fresh, comment('kubernetes service portals')],
    target: { name: 'KUBE-SERVICES' },
  };
  const kubelet = { matches: [], target: { name: 'KUBE-FIREWALL' } };
  filter.append('INPUT', firewall);
  filter.append('INPUT', {
    matches: [comment('kubernetes health check service ports')],
    target: { name: 'KUBE-NODEPORTS' },
  });
  filter.append('INPUT', outside);
  filter.append('INPUT', kubelet);
  filter.append('FORWARD', firewall);
  filter.append('FORWARD', {
    matches: [comment('kubernetes forwarding rules')],
    target: { name: 'KUBE-FORWARD' },
  });
  filter.append('FORWARD', portals);
  filter.append('FORWARD', outside);
  filter.append('OUTPUT', firewall);
  filter.append('OUTPUT', portals);
  filter.append('OUTPUT', kubelet);
  filter.append('KUBE-FIREWALL', {
    source: '! 127.0.0.0/8',
    destination: '127.0.0.0/8',
    matches: [comment('block incoming localnet connections'), connectionState('!RELATED,ESTABLISHED,DNAT')],
    target: { name: 'DROP' },
  });
  filter.append('KUBE-FORWARD', {
    matches: [
      connectionState('INVALID'),
      {
        save: '-m nfacct --nfacct-name  ct_state_invalid_dropped_pkts',
        list: 'nfacct-name  ct_state_invalid_dropped_pkts',
      },
    ],
    target: { name: 'DROP' },
  });
  filter.append('KUBE-FORWARD', {
    matches: [
      comment('kubernetes forwarding rules'),
      { save: `-m mark --mark ${MARK}`, list: `mark match ${MARK}` },
    ],
    target: { name: 'ACCEPT' },
  });
  filter.append('KUBE-FORWARD', {
    matches: [comment('kubernetes forwarding conntrack rule'), connectionState('RELATED,ESTABLISHED')],
    target: { name: 'ACCEPT' },
  });
  return filter;
}

function addPodAndServiceChains(nat: TableBuilder, clusterCidr: string): void {
  nat.chain('KUBE-KUBELET-CANARY', 'KUBE-PROXY-CANARY', 'KUBE-NODEPORTS', 'KUBE-SERVICES');
  const portals = {
    matches: [comment('kubernetes service portals')],
    target: { name: 'KUBE-SERVICES' },
  };
  nat.append('PREROUTING', portals);
  nat.append('OUTPUT', portals);
  nat.append('POSTROUTING', {
    matches: [comment('kubernetes postrouting rules')],
    target: { name: 'KUBE-POSTROUTING' },
  });
  nat.append('POSTROUTING', {
    source: clusterCidr,
    destination: `! ${clusterCidr}`,
    matches: [],
    target: { name: 'MASQUERADE' },
  });
  nat.append('KUBE-MARK-MASQ', {
    matches: [],
    target: { name: 'MARK', save: `--set-xmark ${MARK}`, list: 'MARK or 0x4000' },
  });
  nat.append('KUBE-POSTROUTING', {
    matches: [{ save: `-m mark ! --mark ${MARK}`, list: `mark match ! ${MARK}` }],
    target: { name: 'RETURN' },
  });
  nat.append('KUBE-POSTROUTING', {
    matches: [],
    target: { name: 'MARK', save: '--set-xmark 0x4000/0x0', list: 'MARK xor 0x4000' },
  });
  nat.append('KUBE-POSTROUTING', {
    matches: [comment('kubernetes service traffic requiring SNAT')],
    target: { name: 'MASQUERADE', save: '--random-fully', list: 'random-fully' },
  });
}
