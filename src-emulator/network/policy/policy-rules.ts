import type {
  LabelSelector,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
} from '../../api/objects.ts';
import { matchesLabels } from '../../api/selectors.ts';
import { cidrContains, parseCidr } from '../ipv4.ts';

export type PolicyProtocol = 'TCP' | 'UDP' | 'ICMP';

/** What a policy can know of a pod. */
export interface PolicyPod {
  namespace: string;
  labels: Record<string, string>;
  namespaceLabels: Record<string, string>;
  /** The named ports of its containers. */
  ports: readonly { name?: string; containerPort: number; protocol?: string }[];
}

/** One end of a new connection: an address, and the pod that has it unless it is one of a node or of elsewhere. */
export interface PolicyEnd {
  address: string;
  pod: PolicyPod | undefined;
}

/** A connection that somebody wants to open, its destination as it is after translation. */
export interface PolicyFlow {
  protocol: PolicyProtocol;
  source: PolicyEnd;
  destination: PolicyEnd & { port: number };
}

/**
 * Whether the policies let a connection leave the pod at its source (`Egress`) or enter the one at its destination
 * (`Ingress`). A pod that no policy selects for a direction is open in it; one that some select is closed but for
 * what the rules of any of them name (https://kubernetes.io/docs/concepts/services-networking/network-policies/).
 */
export function isAllowed(
  direction: 'Ingress' | 'Egress',
  flow: PolicyFlow,
  policies: Iterable<NetworkPolicy>,
): boolean {
  const [subject, peer] =
    direction === 'Ingress' ? [flow.source, flow.destination].reverse() : [flow.source, flow.destination];
  const pod = subject?.pod;
  if (pod === undefined || peer === undefined) return true;
  let isIsolated = false;
  for (const policy of policies) {
    if (!appliesTo(policy, direction, pod)) continue;
    isIsolated = true;
    const { namespace = '' } = policy.metadata;
    const rules =
      direction === 'Ingress'
        ? (policy.spec.ingress ?? []).map(({ ports, from }) => ({ ports, peers: from }))
        : (policy.spec.egress ?? []).map(({ ports, to }) => ({ ports, peers: to }));
    if (rules.some(({ ports, peers }) => matchesPeers(peers, peer, namespace) && matchesPorts(ports, flow)))
      return true;
  }
  return !isIsolated;
}

function appliesTo(policy: NetworkPolicy, direction: 'Ingress' | 'Egress', pod: PolicyPod): boolean {
  const { podSelector = {}, egress = [] } = policy.spec;
  const types = policy.spec.policyTypes ?? (egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress']);
  return (
    policy.metadata.namespace === pod.namespace &&
    types.includes(direction) &&
    matchesLabels(podSelector, pod.labels)
  );
}

/** A rule without peers is about everybody. */
function matchesPeers(
  peers: readonly NetworkPolicyPeer[] | undefined,
  end: PolicyEnd,
  policyNamespace: string,
): boolean {
  return (
    peers === undefined || peers.length === 0 || peers.some((peer) => matchesPeer(peer, end, policyNamespace))
  );
}

function matchesPeer(
  { ipBlock, podSelector, namespaceSelector }: NetworkPolicyPeer,
  { address, pod }: PolicyEnd,
  policyNamespace: string,
): boolean {
  if (ipBlock !== undefined) {
    const inRange = (cidr: string): boolean => isInCidr(cidr, address);
    return inRange(ipBlock.cidr) && !(ipBlock.except ?? []).some(inRange);
  }
  if (pod === undefined) return false;
  const selects = (selector: LabelSelector | undefined, labels: Record<string, string>): boolean =>
    selector === undefined || matchesLabels(selector, labels);
  const inNamespace =
    namespaceSelector === undefined
      ? pod.namespace === policyNamespace
      : selects(namespaceSelector, pod.namespaceLabels);
  return inNamespace && selects(podSelector, pod.labels);
}

/** False for ranges of other address families too. */
function isInCidr(cidr: string, address: string): boolean {
  try {
    return cidrContains(parseCidr(cidr), address);
  } catch {
    return false;
  }
}

/** A rule without ports is about all of them, and about ICMP; one with ports is not about ICMP. */
function matchesPorts(ports: readonly NetworkPolicyPort[] | undefined, flow: PolicyFlow): boolean {
  if (ports === undefined || ports.length === 0) return true;
  const { destination } = flow;
  return ports.some(({ protocol = 'TCP', port, endPort }) => {
    if (protocol !== flow.protocol) return false;
    if (port === undefined) return true;
    if (typeof port === 'number')
      return endPort === undefined
        ? destination.port === port
        : destination.port >= port && destination.port <= endPort;
    return (destination.pod?.ports ?? []).some(
      (named) =>
        named.name === port &&
        (named.protocol ?? 'TCP') === protocol &&
        named.containerPort === destination.port,
    );
  });
}
