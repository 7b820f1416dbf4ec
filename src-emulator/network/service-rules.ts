import type { EndpointSlice, ObjectMeta, Service, ServicePort } from '../api/objects.ts';

export type TransportProtocol = 'TCP' | 'UDP';
export type TrafficPolicy = 'Cluster' | 'Local';

/** One address and port that a Service forwards to. */
export interface Backend {
  address: string;
  port: number;
  nodeName: string | undefined;
}

/** What the proxy knows of one port of one Service. */
export interface ServiceRule {
  /** `namespace/name:portName`, as in kube-proxy's comments. */
  name: string;
  protocol: TransportProtocol;
  clusterIP: string;
  port: number;
  nodePort: number | undefined;
  /** Addresses that the load balancer announces. */
  ingressIPs: string[];
  internalPolicy: TrafficPolicy;
  externalPolicy: TrafficPolicy;
  /** How long a client sticks to its backend (sessionAffinity ClientIP). */
  affinitySeconds: number | undefined;
  ready: Backend[];
  /** Terminating but still serving: used only while nothing is ready (KEP-1669). */
  servingTerminating: Backend[];
}

/** What happens to a new connection: it goes to one of the backends, is refused, or is dropped without an answer. */
export type Selection =
  { verdict: 'forward'; backends: Backend[] } | { verdict: 'reject' } | { verdict: 'drop' };

/** As much of a Service as the rules need; one that was just made may have no status yet. */
export interface ProxiedService {
  metadata: ObjectMeta;
  spec: Service['spec'];
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
    name: `${metadata.namespace ?? ''}/${metadata.name}${port.name === undefined ? '' : `:${port.name}`}`,
    protocol,
    clusterIP,
    port: port.port,
    nodePort: port.nodePort === undefined || port.nodePort === 0 ? undefined : port.nodePort,
    ingressIPs: (status?.loadBalancer?.ingress ?? []).flatMap((ingress) => ingress.ip ?? []),
    internalPolicy: spec.internalTrafficPolicy ?? 'Cluster',
    externalPolicy: spec.externalTrafficPolicy ?? 'Cluster',
    affinitySeconds: affinity ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800) : undefined,
    ...backendsOf(port.name ?? '', slices),
  };
}

function backendsOf(
  portName: string,
  slices: readonly EndpointSlice[],
): Pick<ServiceRule, 'ready' | 'servingTerminating'> {
  const ready = new Map<string, Backend>();
  const servingTerminating = new Map<string, Backend>();
  for (const slice of slices) {
    const port = slice.ports?.find((candidate) => (candidate.name ?? '') === portName)?.port;
    if (port === undefined) continue;
    for (const endpoint of slice.endpoints) {
      const { ready: isReady = true, serving = isReady, terminating = false } = endpoint.conditions ?? {};
      const group = isReady ? ready : serving && terminating ? servingTerminating : undefined;
      // Consumers look at the first address only (API reference, EndpointSlice.endpoints.addresses).
      const address = endpoint.addresses[0];
      if (group !== undefined && address !== undefined)
        group.set(`${address}:${port}`, { address, port, nodeName: endpoint.nodeName });
    }
  }
  return { ready: [...ready.values()], servingTerminating: [...servingTerminating.values()] };
}

/**
 * The backends that traffic under `policy` may use on `nodeName`. As kube-proxy in iptables mode does, a Service
 * without any endpoint refuses connections, and one whose endpoints are all on other nodes drops what must stay
 * local.
 */
export function selectBackends(rule: ServiceRule, policy: TrafficPolicy, nodeName: string): Selection {
  const { ready, servingTerminating } = rule;
  if (ready.length + servingTerminating.length === 0) return { verdict: 'reject' };
  if (policy === 'Cluster')
    return { verdict: 'forward', backends: ready.length > 0 ? ready : servingTerminating };
  const isLocal = (backend: Backend): boolean => backend.nodeName === nodeName;
  const localReady = ready.filter(isLocal);
  const backends = localReady.length > 0 ? localReady : servingTerminating.filter(isLocal);
  return backends.length > 0 ? { verdict: 'forward', backends } : { verdict: 'drop' };
}
