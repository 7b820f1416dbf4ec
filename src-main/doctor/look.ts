import type { Reach } from '#shared/cluster.ts';
import type { KubeClient } from '#main/kube/client.ts';
import { unlessForbidden } from '#main/kube/errors.ts';
import {
  isPodReady,
  NAMESPACE,
  NODE,
  selects,
  SERVICE,
  type KubeObject,
  type Pod,
} from '#main/kube/objects.ts';
import { probeDns } from '#main/probes/dns.ts';
import { requireClient, type ProbePoint } from '#main/probes/pod.ts';
import { probeTcp } from '#main/probes/tcp.ts';
import { decoded } from './certificates.ts';
import { dialsFromHost } from './host-dials.ts';
import { INGRESS, INGRESS_CLASS, type Ingress, type IngressClass } from '#main/kube/ingress-objects.ts';
import { NETWORK_POLICY, type NetworkPolicy } from './network-policy.ts';
import {
  endpointsOf,
  protocolOf,
  readServiceState,
  selectedPods,
  servicePortOf,
  type ServiceState,
} from './service-state.ts';
import { readSockets, type Sockets } from './sockets.ts';
import type { Dialled, DoctorSeen, NodeState, PodEvent } from './types.ts';

export interface DoctorOptions {
  namespace: string;
  service: string;
  /** The port that the client dials; the Service's first when left out. */
  port?: number;
  /** Where the request starts. Left out: a pod of the namespace that has the tools, when there is one. */
  from?: ProbePoint | 'host';
  /** The name as the client writes it; when left out, as short as it can be from there. */
  name?: string;
  /** What a client of the Ingress asks for. */
  url?: URL;
  /** Where the cluster is reached from this machine. */
  reach: Reach;
}

/** How many endpoints are dialled one by one. */
const DIALLED = 6;
const PATIENCE_SECONDS = 2;

/**
 * Looks at everything on the path to a Service, and changes nothing. What the user may not read is left out.
 * @throws AppError `client-pod-unready` when the pod to look from is not there or not ready, and what the API
 *   server's silence throws
 */
export async function look(kube: KubeClient, options: DoctorOptions): Promise<DoctorSeen> {
  const { namespace, service, port } = options;
  const namespaces = (await unlessForbidden(kube.list<KubeObject>(NAMESPACE))) ?? [];
  const state = await readServiceState(
    kube,
    namespace,
    service,
    namespaces.map(({ metadata }) => metadata.name),
  );
  const from = options.from ?? toolsPod(state);
  const client = from === 'host' || from === undefined ? undefined : await requireClient(kube, from);
  const at = Date.now();
  const [objects, probes] = await Promise.all([
    readObjects(kube, state, client),
    from === undefined ? undefined : probe(kube, state, options, from, client),
  ]);
  return {
    at,
    state,
    ...objects,
    from: from === 'host' ? 'host' : client === undefined ? 'nowhere' : 'pod',
    namespaceLabels: new Map(namespaces.map(({ metadata }) => [metadata.name, metadata.labels ?? {}])),
    address: [],
    direct: [],
    ...probes,
    sockets: await readAllSockets(kube, state, port, probes?.direct ?? []),
    ...(client === undefined ? {} : { client }),
    ...(port === undefined ? {} : { port }),
    ...(options.url === undefined ? {} : { url: options.url }),
  };
}

/** A ready pod that has the tools which probes use, preferably none of the Service's own. */
function toolsPod(state: ServiceState): ProbePoint | undefined {
  const able = state.pods.filter(
    (pod) =>
      isPodReady(pod) &&
      pod.spec.hostNetwork !== true &&
      pod.spec.containers[0]?.image?.includes('/agnhost:') === true,
  );
  const isBehind = (pod: Pod): boolean => selects(state.service?.spec.selector, pod.metadata.labels);
  const chosen = able.find((pod) => !isBehind(pod)) ?? able[0];
  return chosen === undefined ? undefined : { namespace: state.namespace, pod: chosen.metadata.name };
}

type Objects = Pick<
  DoctorSeen,
  'services' | 'events' | 'policies' | 'nodes' | 'ingresses' | 'classes' | 'secrets'
>;

async function readObjects(kube: KubeClient, state: ServiceState, client: Pod | undefined): Promise<Objects> {
  const { namespace } = state;
  const places = [...new Set([namespace, client?.metadata.namespace ?? namespace])];
  const [services, events, policies, nodes, ingresses, classes] = await Promise.all([
    unlessForbidden(kube.list(SERVICE, { namespace })),
    unlessForbidden(kube.list<PodEvent>({ apiVersion: 'v1', kind: 'Event' }, { namespace })),
    Promise.all(
      places.map((place) => unlessForbidden(kube.list<NetworkPolicy>(NETWORK_POLICY, { namespace: place }))),
    ),
    unlessForbidden(kube.list<NodeState>(NODE)),
    unlessForbidden(kube.list<Ingress>(INGRESS, { namespace })),
    unlessForbidden(kube.list<IngressClass>(INGRESS_CLASS)),
  ]);
  const selected = new Set(selectedPods(state).map(({ metadata }) => metadata.name));
  return {
    services: (services ?? []).map(({ metadata }) => metadata.name),
    events: (events ?? []).filter(({ involvedObject }) => selected.has(involvedObject.name ?? '')),
    policies: policies.flatMap((some) => some ?? []),
    nodes: nodes ?? [],
    ingresses: classes === undefined ? [] : (ingresses ?? []),
    classes: classes ?? [],
    secrets: await readSecrets(kube, namespace, ingresses ?? []),
  };
}

async function readSecrets(
  kube: KubeClient,
  namespace: string,
  ingresses: readonly Ingress[],
): Promise<Map<string, string | undefined>> {
  const names = new Set(
    ingresses.flatMap(({ spec }) => spec.tls ?? []).flatMap((one) => one.secretName ?? []),
  );
  const found = new Map<string, string | undefined>();
  for (const name of names) {
    const asked = kube.get({ apiVersion: 'v1', kind: 'Secret', namespace, name });
    // Refused and not there are told apart.
    const secret = await unlessForbidden(asked.then((object) => object ?? 'missing'));
    if (secret === undefined) continue;
    const data = secret === 'missing' ? undefined : (secret['data'] as Record<string, unknown> | undefined);
    found.set(name, secret === 'missing' ? undefined : decoded(data?.['tls.crt']));
  }
  return found;
}

async function probe(
  kube: KubeClient,
  state: ServiceState,
  options: DoctorOptions,
  from: ProbePoint | 'host',
  client: Pod | undefined,
): Promise<Pick<DoctorSeen, 'name' | 'address' | 'direct'>> {
  // No name without a Service: asking for it would only wait for servers outside the cluster.
  if (state.service === undefined) return { address: [], direct: [] };
  if (from === 'host') return { address: await dialsFromHost(kube, state, options), direct: [] };
  const [name, address, direct] = await Promise.all([
    askName(kube, state, options, from, client),
    dialAddress(kube, state, options, from),
    dialEndpoints(kube, state, options, from),
  ]);
  return { name, address, direct };
}

async function askName(
  kube: KubeClient,
  { namespace, name }: ServiceState,
  options: DoctorOptions,
  from: ProbePoint,
  client: Pod | undefined,
): Promise<NonNullable<DoctorSeen['name']>> {
  const short = client?.metadata.namespace === namespace ? name : `${name}.${namespace}`;
  const asked = options.name ?? short;
  const dns = await probeDns(kube, from, asked);
  if (asked === short || dns.addresses.length > 0) return { asked, dns };
  return { asked, dns, usual: { name: short, dns: await probeDns(kube, from, short) } };
}

async function dialAddress(
  kube: KubeClient,
  state: ServiceState,
  { port }: DoctorOptions,
  from: ProbePoint,
): Promise<Dialled[]> {
  const { clusterIP = '', type, externalName = '' } = state.service?.spec ?? {};
  const servicePort = servicePortOf(state, port);
  const isAlias = type === 'ExternalName';
  if (servicePort !== undefined && protocolOf(servicePort) !== 'TCP') return [];
  const host = isAlias ? externalName : clusterIP;
  const dialled = port ?? servicePort?.port;
  if (host === '' || host === 'None' || dialled === undefined) return [];
  return [
    { host, port: dialled, tcp: await probeTcp(kube, from, { host, port: dialled }, PATIENCE_SECONDS) },
  ];
}

/** Each ready endpoint by itself; where there is no proxy in front, at the port that the client names. */
async function dialEndpoints(
  kube: KubeClient,
  state: ServiceState,
  { port }: DoctorOptions,
  from: ProbePoint,
): Promise<Dialled[]> {
  const servicePort = servicePortOf(state, port);
  const headless = state.service?.spec.clusterIP === 'None';
  if (servicePort !== undefined && protocolOf(servicePort) !== 'TCP') return [];
  const targets = endpointsOf(state, servicePort)
    .filter((one) => one.ready)
    .flatMap(({ ip, port: own }) => {
      const target = headless ? (port ?? own) : own;
      return target === undefined ? [] : [{ host: ip, port: target }];
    });
  return Promise.all(
    targets.slice(0, DIALLED).map(async (target) => {
      const pod = state.pods.find((one) => one.status?.podIP === target.host);
      const tcp = await probeTcp(kube, from, target, PATIENCE_SECONDS);
      return { ...target, tcp, ...(pod === undefined ? {} : { pod }) };
    }),
  );
}

/** Of the pods that could not be dialled, or do not take it. */
async function readAllSockets(
  kube: KubeClient,
  state: ServiceState,
  port: number | undefined,
  direct: readonly Dialled[],
): Promise<Map<string, Sockets>> {
  const fine = new Set(direct.filter(({ tcp }) => tcp.state === 'open').map(({ host }) => host));
  const found = new Map<string, Sockets>();
  const pods = endpointsOf(state, servicePortOf(state, port))
    .filter((one) => one.ready && !fine.has(one.ip))
    .flatMap(({ pod }) => pod ?? []);
  for (const pod of pods.slice(0, DIALLED)) {
    const sockets = await readSockets(kube, { namespace: state.namespace, pod });
    if (sockets !== undefined) found.set(pod, sockets);
  }
  return found;
}
