import type { EndpointSliceView, ObjectView, PodView, ServiceView } from '#shared/live.ts';
import type { Hop } from '#shared/verdict.ts';
import { ofKind } from '../stores/live-state.ts';
import { selectorText } from '../workbench/rows.ts';

export type PlatformState = 'ready' | 'not-ready' | 'terminating';

/** A pod at the end of the line, or beside it when nothing selects it. */
export interface Platform {
  readonly id: string;
  readonly name: string;
  readonly address?: string;
  readonly node?: string;
  readonly state: PlatformState;
  /** False for a pod that the Service doesn't select. */
  readonly connected: boolean;
  readonly pod?: PodView;
}

/** Why a request cannot get through, seen in the objects alone. Names a message under `track`. */
export type BreakReason =
  | 'noClient'
  | 'clientNotReady'
  | 'noService'
  | 'noSelector'
  | 'matchesNothing'
  | 'noSlice'
  | 'noneReady'
  | 'allTerminating'
  | 'noAddress'
  | 'wrongPort'
  | 'noNamedPort';

export interface Break {
  /** The first hop that a request doesn't reach. */
  readonly hop: Hop;
  readonly reason: BreakReason;
  readonly params: Readonly<Record<string, string | number>>;
}

export interface Topology {
  readonly client: { readonly key: string; readonly name: string; readonly pod?: PodView };
  /** The name that the client asks DNS for. */
  readonly dnsName: string;
  readonly service?: ServiceView;
  readonly slices: readonly EndpointSliceView[];
  readonly platforms: readonly Platform[];
  readonly readyCount: number;
  readonly broken?: Break;
}

/**
 * What the track shows: the path from the client pod through the Service `focus` (`namespace/name`) to its pods,
 * and where the objects themselves say that it is interrupted.
 */
export function deriveTopology(
  objects: ReadonlyMap<string, ObjectView>,
  client: string,
  focus: string | undefined,
): Topology {
  const pods = ofKind(objects, 'Pod');
  const clientPod = pods.find((pod) => keyOf(pod) === client);
  const service = ofKind(objects, 'Service').find((candidate) => keyOf(candidate) === focus);
  const [namespace = '', serviceName = ''] = (focus ?? '').split('/');
  const slices =
    service === undefined
      ? []
      : ofKind(objects, 'EndpointSlice').filter(
          (slice) => slice.namespace === service.namespace && slice.service === service.name,
        );

  const connected = service === undefined ? [] : connectedPlatforms(service, slices, pods);
  const taken = new Set(connected.map((platform) => platform.id));
  const beside = pods
    .filter((pod) => pod.namespace === (service?.namespace ?? namespace) && pod !== clientPod)
    .filter((pod) => !taken.has(pod.uid) && pod.phase !== 'Succeeded')
    .map((pod) => toPlatform(pod, false));

  const platforms = [...connected, ...beside].sort(byLine);
  const base = {
    client: {
      key: client,
      name: client.split('/')[1] ?? client,
      ...(clientPod === undefined ? {} : { pod: clientPod }),
    },
    dnsName: focus === undefined ? '' : `${serviceName}.${namespace}.svc`,
    ...(service === undefined ? {} : { service }),
    slices,
    platforms,
    readyCount: connected.filter((platform) => platform.state === 'ready').length,
  };
  const broken = findBreak(base, pods);
  return broken === undefined ? base : { ...base, broken };
}

/** The line as a word: equal as long as the Service, its slices and the pods on it are what they were. */
export function lineOf({ service, slices, platforms }: Topology): string {
  const pods = platforms
    .filter((platform) => platform.connected)
    .map(({ id, address, state }) => [id, address, state]);
  return JSON.stringify([service, slices, pods]);
}

function keyOf(view: { namespace: string; name: string }): string {
  return `${view.namespace}/${view.name}`;
}

function connectedPlatforms(
  service: ServiceView,
  slices: readonly EndpointSliceView[],
  pods: readonly PodView[],
): Platform[] {
  const own = pods.filter((pod) => pod.namespace === service.namespace);
  const byPodName = new Map(own.map((pod) => [pod.name, pod]));
  const byAddress = new Map(own.map((pod) => [pod.ip, pod]));
  const found = new Map<string, Platform>();
  for (const pod of own) if (matches(service.selector, pod.labels)) found.set(pod.uid, toPlatform(pod, true));
  for (const endpoint of slices.flatMap((slice) => slice.endpoints)) {
    const pod = endpoint.pod === undefined ? byAddress.get(endpoint.address) : byPodName.get(endpoint.pod);
    const id = pod?.uid ?? endpoint.address;
    found.set(id, {
      id,
      name: pod?.name ?? endpoint.pod ?? endpoint.address,
      address: endpoint.address,
      state:
        endpoint.terminating || pod?.terminating === true
          ? 'terminating'
          : endpoint.ready
            ? 'ready'
            : 'not-ready',
      connected: true,
      ...optional('node', endpoint.node ?? pod?.node),
      ...optional('pod', pod),
    });
  }
  return [...found.values()];
}

function toPlatform(pod: PodView, connected: boolean): Platform {
  return {
    id: pod.uid,
    name: pod.name,
    state: pod.terminating ? 'terminating' : pod.ready ? 'ready' : 'not-ready',
    connected,
    pod,
    ...optional('address', pod.ip),
    ...optional('node', pod.node),
  };
}

function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}

/** Connected before the others; then by node, so that pods of one node lie together; then by name. */
function byLine(a: Platform, b: Platform): number {
  return (
    Number(b.connected) - Number(a.connected) ||
    Number(a.node === undefined) - Number(b.node === undefined) ||
    (a.node ?? '').localeCompare(b.node ?? '') ||
    a.name.localeCompare(b.name)
  );
}

/** An empty or missing selector matches nothing: the Service has no endpoints of its own making. */
function matches(
  selector: Readonly<Record<string, string>> | undefined,
  labels: Readonly<Record<string, string>>,
): boolean {
  const pairs = Object.entries(selector ?? {});
  return pairs.length > 0 && pairs.every(([key, value]) => labels[key] === value);
}

function findBreak(topology: Omit<Topology, 'broken'>, pods: readonly PodView[]): Break | undefined {
  const { client, service, slices } = topology;
  if (client.pod === undefined) return { hop: 'client', reason: 'noClient', params: { client: client.name } };
  if (service === undefined) return { hop: 'dns', reason: 'noService', params: {} };
  if (!client.pod.ready) return { hop: 'client', reason: 'clientNotReady', params: { client: client.name } };
  if (service.type === 'ExternalName') return undefined;
  if (service.clusterIP === undefined) return { hop: 'service', reason: 'noAddress', params: {} };

  const endpoints = slices.flatMap((slice) => slice.endpoints);
  if (endpoints.length === 0) return whyNoEndpoints(service, pods);
  if (topology.readyCount === 0) {
    const terminating = endpoints.every((endpoint) => endpoint.terminating);
    return terminating
      ? { hop: 'pod', reason: 'allTerminating', params: {} }
      : { hop: 'pod', reason: 'noneReady', params: { n: endpoints.length } };
  }
  return whyNoPort(service, topology.platforms);
}

function whyNoEndpoints(service: ServiceView, pods: readonly PodView[]): Break {
  if (Object.keys(service.selector ?? {}).length === 0)
    return { hop: 'endpoints', reason: 'noSelector', params: { service: service.name } };
  const selected = pods.filter(
    (pod) => pod.namespace === service.namespace && matches(service.selector, pod.labels),
  );
  if (selected.length === 0)
    return {
      hop: 'endpoints',
      reason: 'matchesNothing',
      params: { selector: selectorText(service.selector) },
    };
  if (selected.every((pod) => pod.terminating)) return { hop: 'pod', reason: 'allTerminating', params: {} };
  if (selected.every((pod) => !pod.ready))
    return { hop: 'pod', reason: 'noneReady', params: { n: selected.length } };
  return { hop: 'endpoints', reason: 'noSlice', params: {} };
}

/** Declared ports are documentation only, so a number that no pod declares is named only when all declare some. */
function whyNoPort(service: ServiceView, platforms: readonly Platform[]): Break | undefined {
  const target = service.ports[0]?.targetPort;
  const declared = platforms
    .filter((platform) => platform.connected && platform.state === 'ready')
    .map((platform) => platform.pod?.ports ?? []);
  if (target === undefined || declared.some((ports) => ports.length === 0)) return undefined;
  const ports = declared.flat();
  if (typeof target === 'string')
    return ports.some((port) => port.name === target)
      ? undefined
      : { hop: 'endpoints', reason: 'noNamedPort', params: { target } };
  if (ports.some((port) => port.port === target)) return undefined;
  const numbers = [...new Set(ports.map((port) => port.port))].join(', ');
  return { hop: 'pod', reason: 'wrongPort', params: { target, ports: numbers } };
}
