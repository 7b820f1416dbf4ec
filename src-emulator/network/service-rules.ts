import type { Endpoint, EndpointSlice, ObjectMeta, Service, ServicePort } from '../api/objects.ts';
import { cidrContains, parseCidr, parseIPv4 } from './ipv4.ts';
import type { Cidr } from './ipv4.ts';

export type TransportProtocol = 'TCP' | 'UDP';
export type TrafficPolicy = 'Cluster' | 'Local';

/** One address and port that a Service forwards to. */
export interface Backend {
  address: string;
  port: number;
  nodeName: string | undefined;
  /** The nodes that it is meant for (`trafficDistribution: PreferSameNode`). */
  hintedNodes: readonly string[];
}

/** What the proxy knows of one port of one Service. */
export interface ServiceRule {
  /** `namespace/name` */
  service: string;
  /** `namespace/name:portName`, as in kube-proxy's comments. */
  name: string;
  protocol: TransportProtocol;
  clusterIP: string;
  port: number;
  nodePort: number | undefined;
  /** Addresses that lead to the Service by the will of whoever wrote it. */
  externalIPs: string[];
  /** Addresses of its load balancer that the nodes take for their own (`ipMode: VIP`). */
  loadBalancerIPs: string[];
  /** Who may use the load balancer's addresses; everybody when undefined. */
  sourceRanges: Cidr[] | undefined;
  /** Where each node tells a load balancer whether it has ready endpoints. */
  healthCheckNodePort: number | undefined;
  internalPolicy: TrafficPolicy;
  externalPolicy: TrafficPolicy;
  /** How long a client sticks to its backend (sessionAffinity ClientIP). */
  affinitySeconds: number | undefined;
  ready: Backend[];
  /** Terminating but still serving: used only while nothing is ready (KEP-1669). */
  servingTerminating: Backend[];
  /** Every endpoint that serves, whether new connections go to it or not: UDP flows to others are forgotten. */
  serving: Backend[];
}

/** What happens to a new connection: it goes to one of the backends, is refused, or is dropped without an answer. */
export type Selection =
  { verdict: 'forward'; backends: Backend[] } | { verdict: 'reject' } | { verdict: 'drop' };

/** As much of a Service as the rules need; one that was just made may have no status yet. */
export interface ProxiedService {
  metadata: ObjectMeta;
  spec: Service['spec'] & { externalIPs?: string[]; loadBalancerSourceRanges?: string[] };
  status?: Partial<Service['status']>;
}

/** The rules of all ports of one Service: none for headless and ExternalName Services. */
export function rulesOf(service: ProxiedService, slices: readonly EndpointSlice[]): ServiceRule[] {
  const { spec } = service;
  if (spec.type === 'ExternalName' || spec.clusterIP === undefined) return [];
  if (spec.clusterIP === '' || spec.clusterIP === 'None') return [];
  const rules: ServiceRule[] = [];
  for (const port of spec.ports ?? []) {
    const protocol = port.protocol ?? 'TCP';
    if (protocol !== 'SCTP') rules.push(ruleOf(service, spec.clusterIP, port, protocol, slices));
  }
  return rules;
}

function ruleOf(
  service: ProxiedService,
  clusterIP: string,
  port: ServicePort,
  protocol: TransportProtocol,
  slices: readonly EndpointSlice[],
): ServiceRule {
  const { metadata, spec, status } = service;
  const affinity = spec.sessionAffinity === 'ClientIP';
  return {
    service: `${metadata.namespace ?? ''}/${metadata.name}`,
    name: `${metadata.namespace ?? ''}/${metadata.name}${(port.name ?? '') === '' ? '' : `:${port.name ?? ''}`}`,
    protocol,
    clusterIP,
    port: port.port,
    nodePort: port.nodePort === undefined || port.nodePort === 0 ? undefined : port.nodePort,
    externalIPs: (spec.externalIPs ?? []).filter((address) => parseIPv4(address) !== undefined),
    loadBalancerIPs:
      spec.type === 'LoadBalancer'
        ? (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, ipMode = 'VIP' }) =>
            ip === undefined || ipMode !== 'VIP' ? [] : ip,
          )
        : [],
    sourceRanges: rangesOf(spec.loadBalancerSourceRanges ?? []),
    healthCheckNodePort: spec.healthCheckNodePort,
    internalPolicy: spec.internalTrafficPolicy ?? 'Cluster',
    externalPolicy: spec.externalTrafficPolicy ?? 'Cluster',
    affinitySeconds: affinity ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800) : undefined,
    ...backendsOf(port.name ?? '', slices),
  };
}

function backendsOf(
  portName: string,
  slices: readonly EndpointSlice[],
): Pick<ServiceRule, 'ready' | 'servingTerminating' | 'serving'> {
  const ready = new Map<string, Backend>();
  const servingTerminating = new Map<string, Backend>();
  const allServing = new Map<string, Backend>();
  for (const slice of slices) {
    const port = slice.ports?.find((candidate) => (candidate.name ?? '') === portName)?.port;
    if (port === undefined) continue;
    for (const endpoint of slice.endpoints) {
      const { ready: isReady = true, serving = isReady, terminating = false } = endpoint.conditions ?? {};
      const group = isReady ? ready : serving && terminating ? servingTerminating : undefined;
      // Consumers look at the first address only (API reference, EndpointSlice.endpoints.addresses).
      const address = endpoint.addresses[0];
      if (address === undefined) continue;
      const backend = { address, port, nodeName: endpoint.nodeName, hintedNodes: hintsOf(endpoint) };
      group?.set(`${address}:${port}`, backend);
      if (serving) allServing.set(`${address}:${port}`, backend);
    }
  }
  return {
    ready: sorted(ready),
    servingTerminating: sorted(servingTerminating),
    serving: sorted(allServing),
  };
}

/** kube-proxy keeps endpoints in the order of `address:port` as text. */
function sorted(backends: ReadonlyMap<string, Backend>): Backend[] {
  return [...backends].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, backend]) => backend);
}

function hintsOf({ hints }: Endpoint & { hints?: { forNodes?: { name: string }[] } }): string[] {
  return (hints?.forNodes ?? []).map(({ name }) => name);
}

/** The ranges that are IPv4; undefined when there are none, which lets everybody in. */
function rangesOf(texts: readonly string[]): Cidr[] | undefined {
  const ranges = texts.map((text) => text.trim()).filter((text) => !text.includes(':'));
  return ranges.length === 0 ? undefined : ranges.map(parseCidr);
}

/** Whether the firewall of the load balancer's addresses lets this source in (kube-proxy's KUBE-FW chains). */
export function isAccepted({ sourceRanges }: ServiceRule, source: string): boolean {
  return sourceRanges?.some((range) => cidrContains(range, source)) ?? true;
}

/** Whether there is any endpoint to send to, on whatever node. */
export function hasEndpoints({ ready, servingTerminating }: ServiceRule): boolean {
  return ready.length + servingTerminating.length > 0;
}

/**
 * The endpoints that a node sends to under either policy: ready ones, or while there is none those that terminate
 * but serve (kube-proxy's CategorizeEndpoints).
 */
export function endpointsFor(
  { ready, servingTerminating }: ServiceRule,
  nodeName: string,
): Record<'cluster' | 'local', Backend[]> {
  const isLocal = (backend: Backend): boolean => backend.nodeName === nodeName;
  const localReady = ready.filter(isLocal);
  return {
    cluster: ready.length > 0 ? preferred(ready, nodeName) : servingTerminating,
    local: localReady.length > 0 ? localReady : servingTerminating.filter(isLocal),
  };
}

/** The endpoints meant for the node, when every one says for whom it is meant and some are for this one. */
function preferred(ready: readonly Backend[], nodeName: string): Backend[] {
  const own = ready.filter(({ hintedNodes }) => hintedNodes.includes(nodeName));
  const isHinted = ready.every(({ hintedNodes }) => hintedNodes.length > 0);
  return isHinted && own.length > 0 ? own : [...ready];
}

/**
 * The backends that traffic under `policy` may use on `nodeName`. As kube-proxy in iptables mode does, a Service
 * without any endpoint refuses connections, and one whose endpoints are all on other nodes drops what must stay
 * local.
 */
export function selectBackends(rule: ServiceRule, policy: TrafficPolicy, nodeName: string): Selection {
  if (!hasEndpoints(rule)) return { verdict: 'reject' };
  const backends = endpointsFor(rule, nodeName)[policy === 'Cluster' ? 'cluster' : 'local'];
  return backends.length > 0 ? { verdict: 'forward', backends } : { verdict: 'drop' };
}
