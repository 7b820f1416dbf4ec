import http, { type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { dialWords } from '../../kubelet/http-get.ts';
import { isHopByHop } from '../../network/hop-by-hop.ts';
import { NetworkError, type SocketAddress, type VirtualSocket } from '../../network/types.ts';
import type { CertificateAndKey } from '../credentials.ts';
import type { ApiMachinery } from '../machinery/machinery.ts';
import { ENDPOINTS, NODES, PODS, SERVICES } from '../resources.ts';
import { badRequest, methodNotAllowed, notFound, serviceUnavailable } from '../status.ts';
import { kubeletAddress, type Dial } from '../streams/kubelet-connection.ts';
import { findPod } from '../streams/pod-target.ts';
import type { Exchange } from './exchange.ts';
import type { ResourceRoute } from './route.ts';

interface ProxyTarget extends SocketAddress {
  secure: boolean;
  /** By what the API server shows a kubelet who it is. */
  client?: CertificateAndKey;
}

/** What a URL names: `[scheme:]name[:port]`. */
interface Named {
  secure: boolean;
  name: string;
  /** A number, the name of a Service's port, or empty. */
  port: string;
}

const PROXIED = ['nodes', 'pods', 'services'];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * Serves nodes/<name>/proxy/…, pods/<name>/proxy/… and services/<name>/proxy/…: passes the request on to the
 * kubelet, to the pod, or to one of the pods behind the Service, and the answer back (k8s.io/apimachinery/pkg/util/proxy/upgradeaware.go). Links in HTML are
 * passed on as they are. Returns false for other paths.
 * @throws ApiError 400, 404, 503 when nobody can be reached
 */
export async function serveProxy(
  machinery: ApiMachinery,
  { dial, client }: { dial: Dial; client: CertificateAndKey },
  route: ResourceRoute,
  exchange: Exchange,
): Promise<boolean> {
  const { group, plural, namespace, name = '', subresource = '' } = route;
  if (group !== '' || !/^proxy(\/|$)/.test(subresource)) return false;
  if (!PROXIED.includes(plural) || (plural === 'nodes') !== (namespace === undefined)) return false;
  if (!METHODS.includes(exchange.method)) throw methodNotAllowed();
  const target = targetOf(machinery, plural, namespace, name, client);
  // The path behind `proxy` as it came, with its escapes and slashes.
  const [, prefix = '', path = ''] =
    /^((?:\/+[^/]+){2}(?:\/+namespaces\/+[^/]+)?(?:\/+[^/]+){2}\/+proxy)(.*)$/.exec(exchange.path) ?? [];
  const query = exchange.query.size === 0 ? '' : `?${exchange.request.url?.split('?')[1] ?? ''}`;
  if (path === '' && (exchange.method === 'GET' || exchange.method === 'HEAD')) {
    exchange.response.writeHead(301, { Location: `${prefix}/${query}`, 'Content-Length': 0 }).end();
    return true;
  }
  await passOn(await connect(dial, target), { prefix, path: path === '' ? '/' : path, query }, exchange);
  return true;
}

/** @throws ApiError 400 when a name has too many parts, or a scheme that there is not. */
function parseName(text: string, what: 'node' | 'pod' | 'service'): Named {
  const parts = text.split(':');
  const scheme = parts.length === 3 ? parts.shift() : 'http';
  const [name = '', port = ''] = parts;
  if (parts.length > 2 || name === '' || (scheme !== 'http' && scheme !== 'https'))
    throw badRequest(`invalid ${what} request ${JSON.stringify(text)}`);
  return { secure: scheme === 'https', name, port };
}

function targetOf(
  machinery: ApiMachinery,
  plural: string,
  namespace: string | undefined,
  name: string,
  client: CertificateAndKey,
): ProxyTarget {
  if (namespace === undefined) return nodeTarget(machinery, name, client);
  return plural === 'pods'
    ? podTarget(machinery, namespace, name)
    : serviceTarget(machinery, namespace, name);
}

/** The kubelet, unless another port of its node is named. */
function nodeTarget(machinery: ApiMachinery, id: string, client: CertificateAndKey): ProxyTarget {
  const { secure, name, port } = parseName(id, 'node');
  const kubelet = kubeletAddress(machinery, name, NODES);
  if (port === '' || port === String(kubelet.port)) return { ...kubelet, secure: true, client };
  return { secure, address: kubelet.address, port: portNumber(port) };
}

/** @throws ApiError 503 */
function portNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number <= 0 || number > 65_535)
    throw serviceUnavailable(`error trying to reach service: dial tcp: lookup tcp/${text}: unknown port`);
  return number;
}

function podTarget(machinery: ApiMachinery, namespace: string, id: string): ProxyTarget {
  const { secure, name, port } = parseName(id, 'pod');
  const { spec, status } = findPod(machinery, namespace, name);
  const address = status.podIPs?.[0]?.ip;
  if (address === undefined) throw badRequest('address not allowed');
  const declared = spec.containers.flatMap(({ ports = [] }) => ports)[0]?.containerPort;
  const number = port === '' ? (declared ?? (secure ? 443 : 80)) : portNumber(port);
  return { secure, address, port: number };
}

/** One of the pods that are ready behind a Service, by chance. */
function serviceTarget(machinery: ApiMachinery, namespace: string, id: string): ProxyTarget {
  const { secure, name, port } = parseName(id, 'service');
  const portName = /^\d+$/.test(port) ? nameOfPort(machinery, namespace, name, Number(port)) : port;
  const endpoints = machinery.get(ENDPOINTS, namespace, name);
  if (endpoints === undefined) throw notFound(SERVICES, name);
  const { subsets = [] } = endpoints;
  if (subsets.length === 0) throw serviceUnavailable(`no endpoints available for service "${name}"`);
  const candidates = subsets.flatMap(({ addresses = [], ports = [] }) => {
    const found = ports.find((candidate) => (candidate.name ?? '') === portName);
    // Only pods are gone to: hand-made endpoints could lead to anywhere.
    return found === undefined
      ? []
      : addresses
          .filter(({ ip, targetRef }) => isAddressOfPod(machinery, namespace, ip, targetRef?.name))
          .map(({ ip }) => ({ secure, address: ip, port: found.port }));
  });
  const chosen = candidates[Math.floor(Math.random() * candidates.length)];
  if (chosen === undefined) throw serviceUnavailable(`no endpoints available for service "${id}"`);
  return chosen;
}

function nameOfPort(machinery: ApiMachinery, namespace: string, name: string, port: number): string {
  const service = machinery.get(SERVICES, namespace, name);
  if (service === undefined) throw notFound(SERVICES, name);
  const found = service.spec.ports?.find((candidate) => candidate.port === port);
  if (found === undefined) throw serviceUnavailable(`no service port ${port} found for service "${name}"`);
  return found.name ?? '';
}

function isAddressOfPod(
  machinery: ApiMachinery,
  namespace: string,
  address: string,
  name: string | undefined,
): boolean {
  const pod = name === undefined ? undefined : machinery.get(PODS, namespace, name);
  return pod?.status.podIPs?.some(({ ip }) => ip === address) === true;
}

function unreachable(why: string): Error {
  return serviceUnavailable(`error trying to reach service: ${why}`);
}

async function connect(dial: Dial, target: ProxyTarget): Promise<Duplex> {
  let socket: VirtualSocket;
  try {
    socket = await dial(target);
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    throw unreachable(`dial tcp ${target.address}:${target.port}: ${dialWords(error)}`);
  }
  // Pods have certificates of their own making; they are not looked at.
  if (!target.secure) return socket;
  const { certificate: cert, key } = target.client ?? {};
  return tls.connect({ socket, rejectUnauthorized: false, ...(key === undefined ? {} : { cert, key }) });
}

function passOn(
  stream: Duplex,
  to: { prefix: string; path: string; query: string },
  { request, response, method, path: forwardedUri }: Exchange,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = http.request({
      method,
      path: to.path + to.query,
      headers: forwardedHeaders(request, forwardedUri),
      setHost: false,
      createConnection: () => stream,
    });
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answeredHeaders(answer.headers, to.prefix));
      answer.pipe(response);
      answer.on('error', () => response.destroy());
      answer.on('end', resolve);
    });
    outgoing.on('error', (error: Error & { code?: string }) => reject(unreachable(wordsOf(error))));
    response.on('close', () => {
      outgoing.destroy();
      stream.destroy();
      resolve();
    });
    request.pipe(outgoing);
  });
}

function forwardedHeaders(request: IncomingMessage, uri: string): OutgoingHttpHeaders {
  // Who the client is, is between it and the API.
  const { authorization: _authorization, ...headers } = withoutHops(request.headers);
  const client = request.socket.remoteAddress;
  const before = headers['x-forwarded-for'];
  const chain = [...(before === undefined ? [] : [before]), ...(client === undefined ? [] : [client])];
  return {
    ...headers,
    ...(chain.length === 0 ? {} : { 'x-forwarded-for': chain.join(', ') }),
    'x-forwarded-uri': uri,
  };
}

/** Redirections within the pod lead through the proxy again. */
function answeredHeaders(headers: IncomingHttpHeaders, prefix: string): OutgoingHttpHeaders {
  const { location, ...rest } = withoutHops(headers);
  const isLocal = typeof location === 'string' && /^\/(?!\/)/.test(location);
  return {
    'cache-control': 'no-cache, private',
    ...rest,
    ...(location === undefined ? {} : { location: isLocal ? prefix + location : location }),
  };
}

function withoutHops(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !isHopByHop(name) && !name.startsWith('impersonate-')),
  );
}

/** A failure after the connection was made, as Go tells it. */
function wordsOf({ code, message }: Error & { code?: string }): string {
  if (code === 'ECONNRESET') return 'EOF';
  if (code?.startsWith('ERR_SSL') === true) return 'tls: first record does not look like a TLS handshake';
  if (code?.startsWith('HPE_') === true) return `net/http: HTTP/1.x transport connection broken: ${message}`;
  return message;
}
