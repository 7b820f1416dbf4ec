import type { DestinationSpec } from '#shared/lab-targets.ts';
import type { LocalizedText } from '#shared/locale.ts';
import { publishedAt } from '#shared/reach.ts';
import { POD, selects, type Pod } from '#main/kube/objects.ts';
import type { Diagnosis } from '#main/doctor/diagnosis.ts';
import { ingressOf, type IngressState } from './ingress-state.ts';
import { loadBalancerAddress, loadBalancerPending, noNodePort, podsMissing } from './destination-problems.ts';
import { nodesMeant, noSuchNode, readNodes, type NodeFacts } from './nodes.ts';
import { podNamed, type Vantage } from './vantage.ts';
import {
  endpointsOf,
  readServiceState,
  readyPodsByIp,
  type ServiceState,
} from '#main/doctor/service-state.ts';
import type { CheckContext } from './types.ts';

/** One place that a check connects to. */
export interface Destination {
  /** What the client names: a host, and a port. */
  host: string;
  port: number;
  scheme: 'http' | 'https';
  path: string;
  /** Where the connection goes, when not to `host` and `port` themselves. */
  via?: { host: string; port: number };
  /** False when it may be that nobody looks from there to here: no answer then says nothing. */
  certain: boolean;
}

/** What a check aims at, as the cluster is just now. */
export interface Aim {
  destinations: Destination[];
  /** The Service in between, when there is one. */
  state?: ServiceState;
  /** Its port. */
  port?: number;
  /** Why there is nothing to connect to. */
  problem?: Diagnosis;
  ingress?: IngressState;
}

type Part<K extends string> = Extract<DestinationSpec, Record<K, unknown>>;

/** @throws AppError when a node is wanted that the cluster does not have */
export function aimAt(
  check: { url?: string | undefined; to?: DestinationSpec | undefined },
  from: Vantage,
  context: CheckContext,
): Promise<Aim> {
  const { url, to } = check;
  if (to === undefined) return aimAtUrl(new URL(url ?? ''), from, context);
  if ('host' in to) return aimAtHost(to, from, context);
  if ('service' in to) return aimAtService(to, context);
  if ('nodePort' in to) return aimAtNodePort(to, from, context);
  if ('loadBalancer' in to) return aimAtLoadBalancer(to, from, context);
  if ('ingress' in to) return aimAtIngress(to, from, context);
  return aimAtPods(to, context);
}

function aimAtUrl(url: URL, from: Vantage, context: CheckContext): Promise<Aim> {
  const scheme = url.protocol === 'https:' ? 'https' : 'http';
  const port = url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port);
  return aimAtHost({ host: url.hostname, port, scheme, path: url.pathname + url.search }, from, context);
}

async function aimAtHost(to: Part<'host'>, from: Vantage, context: CheckContext): Promise<Aim> {
  const named = serviceOfHost(to.host, from.namespace);
  const destinations = [{ ...to, certain: true }];
  if (named === undefined) return { destinations };
  const state = await readServiceState(context.kube, named.namespace, named.name, context.lookIn);
  return { destinations, state, port: to.port };
}

/** Which Service a host name means, seen from a namespace: `web`, `web.shop`, `web.shop.svc.cluster.local`. */
export function serviceOfHost(
  host: string,
  namespace: string,
): { namespace: string; name: string } | undefined {
  if (/^[\d.]+$/.test(host) || host.includes(':')) return undefined;
  const match = /^([a-z0-9-]+)(?:\.([a-z0-9-]+)(?:\.svc(?:\.cluster\.local\.?)?)?)?$/.exec(host);
  return match === null ? undefined : { name: match[1] ?? '', namespace: match[2] ?? namespace };
}

async function serviceNamed(text: string, { kube, lookIn }: CheckContext): Promise<ServiceState> {
  const { namespace, pod: name } = podNamed(text);
  return readServiceState(kube, namespace, name, lookIn);
}

async function aimAtService(to: Part<'service'>, context: CheckContext): Promise<Aim> {
  const state = await serviceNamed(to.service, context);
  const host = state.service?.spec.clusterIP;
  const isAddress = host !== undefined && host !== '' && host !== 'None';
  return {
    destinations: isAddress ? [{ ...at(to), host, port: to.port, certain: true }] : [],
    state,
    port: to.port,
  };
}

async function aimAtNodePort(to: Part<'nodePort'>, from: Vantage, context: CheckContext): Promise<Aim> {
  const state = await serviceNamed(to.nodePort, context);
  const aim = { state, port: to.port };
  if (state.service === undefined) return { ...aim, destinations: [] };
  const port = state.service.spec.ports?.find((each) => each.port === to.port);
  if (port?.nodePort === undefined)
    return { ...aim, destinations: [], ...(port === undefined ? {} : { problem: noNodePort(state) }) };
  const nodes = await readNodes(context.kube);
  const serving = nodesServing(state, port.name);
  const published = publishedOn(port.nodePort, context);
  // From this machine, nodes that are published on it come first.
  const usable =
    from.origin === 'host' && published.size > 0 ? nodes.filter(({ name }) => published.has(name)) : nodes;
  const meant = nodesMeant(to.node, usable, serving);
  const chosen = meant.length > 0 ? meant : nodesMeant(to.node, nodes, serving);
  if (chosen.length === 0) throw noSuchNode(to.node, nodes);
  const { nodePort } = port;
  return {
    ...aim,
    destinations: chosen.map((node) => ({
      ...at(to),
      ...(from.origin === 'host' ? fromHere(node, nodePort, published) : onNode(node, nodePort)),
    })),
  };
}

function onNode(node: NodeFacts, port: number): Pick<Destination, 'host' | 'port' | 'certain'> {
  return { host: node.internalIp ?? node.name, port, certain: true };
}

function fromHere(
  node: NodeFacts,
  nodePort: number,
  published: ReadonlyMap<string, number>,
): Pick<Destination, 'host' | 'port' | 'certain'> {
  const port = published.get(node.name);
  return port === undefined
    ? { ...onNode(node, nodePort), certain: false }
    : { host: '127.0.0.1', port, certain: true };
}

/** Nodes on which a NodePort is published on this machine, and the port there. */
function publishedOn(nodePort: number, { reach }: CheckContext): ReadonlyMap<string, number> {
  return new Map(publishedAt(reach(), nodePort).map(({ node, hostPort }) => [node, hostPort]));
}

function nodesServing(state: ServiceState, portName: string | undefined): ReadonlySet<string> {
  const slices = state.slices.filter((slice) =>
    (slice.ports ?? []).some(({ name }) => (name ?? '') === (portName ?? '')),
  );
  const ready = slices
    .flatMap((slice) => slice.endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false);
  return new Set(ready.flatMap(({ nodeName }) => nodeName ?? []));
}

async function aimAtLoadBalancer(
  to: Part<'loadBalancer'>,
  from: Vantage,
  context: CheckContext,
): Promise<Aim> {
  const state = await serviceNamed(to.loadBalancer, context);
  const aim = { state, port: to.port };
  const { service } = state;
  const port = service?.spec.ports?.find((each) => each.port === to.port);
  if (service === undefined || port === undefined) return { ...aim, destinations: [] };
  const address = loadBalancerAddress(service);
  if (address === undefined) return { ...aim, destinations: [], problem: loadBalancerPending(state) };
  const direct = { host: address, port: to.port, certain: from.origin !== 'host' };
  const here = from.origin === 'host' ? hostPortOf(state, port, context) : undefined;
  const destination = here === undefined ? direct : { host: '127.0.0.1', port: here, certain: true };
  return { ...aim, destinations: [{ ...at(to), ...destination }] };
}

/** Where a load balancer's port is published on this machine: by itself, or by the NodePort behind it. */
function hostPortOf(
  { namespace, name }: ServiceState,
  { port, nodePort }: { port: number; nodePort?: number },
  context: CheckContext,
): number | undefined {
  const balanced = (context.reach().loadBalancers ?? []).find(
    (one) =>
      one.namespace === namespace && one.service === name && one.port === port && one.protocol === 'TCP',
  );
  if (balanced !== undefined) return balanced.hostPort;
  const [published] = nodePort === undefined ? [] : publishedOn(nodePort, context).values();
  return published;
}

async function aimAtIngress(to: Part<'ingress'>, from: Vantage, context: CheckContext): Promise<Aim> {
  const ingress = await ingressOf(to.ingress, context);
  const port = to.scheme === 'https' ? 443 : 80;
  const asked = { ...at(to), host: to.ingress, port };
  const here = from.origin === 'host' ? context.reach().ingress?.[to.scheme] : undefined;
  if (here !== undefined) {
    const { hostname, port: hostPort } = new URL(here);
    return {
      ingress,
      destinations: [{ ...asked, via: { host: hostname, port: Number(hostPort) || port }, certain: true }],
    };
  }
  if (ingress.address === undefined)
    return {
      ingress,
      destinations: [],
      ...(ingress.problem === undefined ? {} : { problem: ingress.problem }),
    };
  const via = { host: ingress.address, port };
  return { ingress, destinations: [{ ...asked, via, certain: from.origin !== 'host' }] };
}

async function aimAtPods(to: Part<'pods'>, { kube }: CheckContext): Promise<Aim> {
  const pods = await kube.list<Pod>(POD, { namespace: to.pods.namespace });
  const wanted = [...readyPodsByIp(pods)].filter(([, pod]) => selects(to.pods.labels, pod.metadata.labels));
  return {
    destinations: wanted.map(([host]) => ({ ...at(to), host, port: to.port, certain: true })),
    ...(wanted.length === 0 ? { problem: podsMissing(to.pods) } : {}),
  };
}

function at({ path, scheme }: DestinationSpec): Pick<Destination, 'path' | 'scheme'> {
  return { path, scheme };
}

/** The URL as the client writes it. */
export function urlOf({ scheme, host, port, path }: Destination): string {
  const usual = port === (scheme === 'https' ? 443 : 80);
  return `${scheme}://${host}${usual ? '' : `:${String(port)}`}${path}`;
}

/** What a check aims at, in words. */
export function aimText(check: {
  url?: string | undefined;
  to?: DestinationSpec | undefined;
}): LocalizedText {
  const { url, to } = check;
  if (to === undefined) return { en: url ?? '', ko: url ?? '' };
  if ('host' in to) return same(`${to.host}:${String(to.port)}`);
  if ('ingress' in to) return same(`${to.scheme}://${to.ingress}${to.path} (Ingress)`);
  const port = String(to.port);
  if ('service' in to)
    return { en: `port ${port} of Service ${to.service}`, ko: `서비스 ${to.service}의 ${port}번 포트` };
  if ('loadBalancer' in to)
    return {
      en: `port ${port} of the load balancer of ${to.loadBalancer}`,
      ko: `${to.loadBalancer} 로드밸런서의 ${port}번 포트`,
    };
  if ('pods' in to) {
    const labels = Object.entries(to.pods.labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(',');
    return {
      en: `port ${port} of each pod with ${labels}`,
      ko: `${labels} 레이블이 있는 각 파드의 ${port}번 포트`,
    };
  }
  const node = NODE_WORDS[to.node] ?? { en: `node ${to.node}`, ko: `${to.node} 노드` };
  return {
    en: `the NodePort of ${to.nodePort} (port ${port}) at ${node.en}`,
    ko: `${node.ko}에서 본 ${to.nodePort}의 NodePort(포트 ${port})`,
  };
}

const NODE_WORDS: Partial<Record<string, LocalizedText>> = {
  any: { en: 'a node', ko: '노드' },
  each: { en: 'every node', ko: '모든 노드' },
  'control-plane': { en: 'the control plane node', ko: '컨트롤 플레인 노드' },
  'with-endpoint': { en: 'a node that has an endpoint', ko: '엔드포인트가 있는 노드' },
  'without-endpoint': { en: 'a node that has no endpoint', ko: '엔드포인트가 없는 노드' },
};

function same(text: string): LocalizedText {
  return { en: text, ko: text };
}

/** Ready endpoints of the Service port that is aimed at, when a Service is in between. */
export function readyEndpointsOf({ state, port }: Aim): ReturnType<typeof endpointsOf> {
  if (state === undefined) return [];
  const servicePort = state.service?.spec.ports?.find((each) => each.port === port);
  return endpointsOf(state, servicePort).filter((endpoint) => endpoint.ready);
}
