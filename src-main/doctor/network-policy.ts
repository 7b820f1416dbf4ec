import { BlockList, isIPv6 } from 'node:net';
import type { KindRef, KubeObject, Pod } from '#main/kube/objects.ts';

interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

interface Peer {
  ipBlock?: { cidr: string; except?: string[] };
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
}

interface PolicyPort {
  protocol?: string;
  port?: number | string;
  endPort?: number;
}

/** What the doctor reads of a policy. */
export interface NetworkPolicy extends KubeObject {
  spec: {
    podSelector?: LabelSelector;
    policyTypes?: string[];
    ingress?: { from?: Peer[]; ports?: PolicyPort[] }[];
    egress?: { to?: Peer[]; ports?: PolicyPort[] }[];
  };
}

export const NETWORK_POLICY: KindRef = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' };

/** One end of a connection; without a pod it is a node or somebody outside. */
export interface PolicyEnd {
  address: string;
  pod?: {
    namespace: string;
    labels: Record<string, string>;
    ports: { name?: string; containerPort: number; protocol?: string }[];
  };
}

export interface Flow {
  from: PolicyEnd;
  to: PolicyEnd;
  port: number;
  protocol: string;
}

export function endOf(pod: Pod): PolicyEnd {
  return {
    address: pod.status?.podIP ?? '',
    pod: {
      namespace: pod.metadata.namespace ?? '',
      labels: pod.metadata.labels ?? {},
      ports: pod.spec.containers.flatMap(({ ports }) => ports ?? []),
    },
  };
}

/**
 * The policies that stop a connection from leaving (`Egress`) or entering (`Ingress`) a pod: those that select the pod
 * for the direction, when none of them has a rule that lets it through; else nobody
 * (https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation).
 * @param namespaceLabels labels of the namespaces that rules may select
 */
export function blockedBy(
  direction: 'Ingress' | 'Egress',
  flow: Flow,
  policies: readonly NetworkPolicy[],
  namespaceLabels: ReadonlyMap<string, Record<string, string>>,
): NetworkPolicy[] {
  const [subject, peer] = direction === 'Ingress' ? [flow.to, flow.from] : [flow.from, flow.to];
  const { pod } = subject;
  if (pod === undefined) return [];
  const applying = policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === pod.namespace &&
      typesOf(spec).includes(direction) &&
      matches(spec.podSelector ?? {}, pod.labels),
  );
  const lets = ({ metadata, spec }: NetworkPolicy): boolean => {
    const rules =
      direction === 'Ingress'
        ? (spec.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }))
        : (spec.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }));
    return rules.some(
      ({ peers = [], ports = [] }) =>
        (peers.length === 0 ||
          peers.some((one) => isPeer(one, peer, metadata.namespace ?? '', namespaceLabels))) &&
        (ports.length === 0 || ports.some((one) => isPort(one, flow))),
    );
  };
  return applying.some(lets) ? [] : applying;
}

/** https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/ on `policyTypes` */
function typesOf({ policyTypes, egress = [] }: NetworkPolicy['spec']): string[] {
  return policyTypes ?? (egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress']);
}

function isPeer(
  { ipBlock, podSelector, namespaceSelector }: Peer,
  { address, pod }: PolicyEnd,
  own: string,
  namespaceLabels: ReadonlyMap<string, Record<string, string>>,
): boolean {
  if (ipBlock !== undefined)
    return within(ipBlock.cidr, address) && !(ipBlock.except ?? []).some((cidr) => within(cidr, address));
  if (pod === undefined) return false;
  const here =
    namespaceSelector === undefined
      ? pod.namespace === own
      : matches(namespaceSelector, namespaceLabels.get(pod.namespace) ?? {});
  return here && (podSelector === undefined || matches(podSelector, pod.labels));
}

function within(cidr: string, address: string): boolean {
  const [base = '', length = ''] = cidr.split('/');
  const family = isIPv6(base) ? 'ipv6' : 'ipv4';
  if (isIPv6(address) !== (family === 'ipv6')) return false;
  const list = new BlockList();
  list.addSubnet(base, Number(length), family);
  return list.check(address, family);
}

function isPort({ protocol = 'TCP', port, endPort }: PolicyPort, flow: Flow): boolean {
  if (protocol !== flow.protocol) return false;
  if (port === undefined) return true;
  if (typeof port === 'number') return flow.port >= port && flow.port <= (endPort ?? port);
  return (flow.to.pod?.ports ?? []).some(
    (one) => one.name === port && one.containerPort === flow.port && (one.protocol ?? 'TCP') === protocol,
  );
}

function matches(
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  labels: Record<string, string>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      const listed = value !== undefined && values.includes(value);
      return operator === 'In' ? listed : !listed;
    })
  );
}
