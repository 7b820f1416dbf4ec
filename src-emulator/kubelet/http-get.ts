import http from 'node:http';
import tls from 'node:tls';
import type { Container, HttpGetAction } from '../api/objects.ts';
import type { Clock } from '../clock.ts';
import { NetworkError, type NetworkStack, type VirtualSocket } from '../network/types.ts';

/** Go's client gives up after this many redirects to the same host. */
const MOST_REDIRECTS = 10;

/** From where and to whom probes and lifecycle hooks go. */
export interface DialTarget {
  spec: Container;
  podIp: string;
  /** They come from the node, not from the pod. */
  nodeStack: NetworkStack;
  clock: Clock;
}

export interface HttpGetResult {
  statusCode: number;
  body: string;
}

export interface HttpGetOptions {
  /** `probe` or `lifecycle`, for the User-Agent. */
  purpose: string;
  /** 0 waits for ever. */
  timeoutMs: number;
}

/**
 * GETs as the kubelet does for probes and hooks (k8s.io/kubernetes/pkg/probe/http): certificates are not checked,
 * redirects are followed as long as they stay on the host.
 * @throws Error in the words of Go's http.Client.
 */
export async function httpGet(
  action: HttpGetAction,
  target: DialTarget,
  options: HttpGetOptions,
): Promise<HttpGetResult> {
  const { path = '/', host, scheme = 'HTTP', httpHeaders = [] } = action;
  const hostname = host === undefined || host === '' ? target.podIp : host;
  const port = resolvePort(action.port, target.spec);
  const slashed = path.startsWith('/') ? path : `/${path}`;
  let url = new URL(`${scheme.toLowerCase()}://${hostname}:${port}${slashed}`);
  let shown = `${scheme.toLowerCase()}://${hostname}:${port}${slashed}`;
  const headers: Record<string, string> = {
    'User-Agent': `kube-${options.purpose}/1.34`,
    Accept: '*/*',
  };
  for (const { name, value } of httpHeaders) {
    const known = Object.keys(headers).find((key) => key.toLowerCase() === name.toLowerCase());
    headers[known ?? name] = value;
  }
  const deadline = options.timeoutMs === 0 ? Infinity : target.clock.now() + options.timeoutMs;
  for (let redirects = 0; ; redirects++) {
    let response;
    try {
      response = await requestOnce(url, headers, target, deadline);
    } catch (error) {
      throw new Error(`Get "${shown}": ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
    const { statusCode, body, location } = response;
    if (![301, 302, 303, 307, 308].includes(statusCode) || location === undefined)
      return { statusCode, body };
    const next = new URL(location, url);
    if (next.hostname !== url.hostname) return { statusCode, body };
    if (redirects >= MOST_REDIRECTS - 1)
      throw new Error(`Get "${location}": stopped after ${MOST_REDIRECTS} redirects`);
    url = next;
    shown = location;
    delete headers['Host'];
  }
}

interface RawResponse extends HttpGetResult {
  location: string | undefined;
}

async function requestOnce(
  url: URL,
  headers: Record<string, string>,
  target: DialTarget,
  deadline: number,
): Promise<RawResponse> {
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const timedOut = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
  const leftMs = deadline - target.clock.now();
  let socket: VirtualSocket;
  try {
    socket = await target.nodeStack.connect(
      { address: url.hostname, port },
      Number.isFinite(leftMs) ? { timeoutMs: leftMs } : {},
    );
  } catch (error) {
    const words = dialWords(error);
    throw new Error(words === 'i/o timeout' ? timedOut : `dial tcp ${url.hostname}:${port}: ${words}`, {
      cause: error,
    });
  }
  const stream = url.protocol === 'https:' ? tls.connect({ socket, rejectUnauthorized: false }) : socket;
  return new Promise((resolve, reject) => {
    const finish = (end: () => void): void => {
      timer?.cancel();
      request.destroy();
      socket.destroy();
      end();
    };
    const fail = (words: string): void => finish(() => reject(new Error(words)));
    const request = http.request({
      host: url.hostname,
      port,
      path: url.pathname + url.search,
      headers,
      createConnection: () => stream,
    });
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => undefined);
      response.on('end', () =>
        finish(() =>
          resolve({
            statusCode: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString(),
            location: response.headers.location,
          }),
        ),
      );
    });
    const timer = Number.isFinite(deadline)
      ? target.clock.setTimeout(() => fail(timedOut), deadline - target.clock.now())
      : undefined;
    stream.on('error', () => undefined);
    request.on('error', (error: Error & { code?: string }) => fail(requestWords(error)));
    request.end();
  });
}

function requestWords(error: Error & { code?: string }): string {
  if (error.code === 'ECONNRESET') return 'EOF';
  if (error.code === 'ERR_SSL_WRONG_VERSION_NUMBER' || error.code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG')
    return 'http: server gave HTTP response to HTTPS client';
  if (error instanceof Error && 'rawPacket' in error && Buffer.isBuffer(error.rawPacket)) {
    const [line = ''] = error.rawPacket.toString('latin1').split(/\r?\n/);
    return `net/http: HTTP/1.x transport connection broken: malformed HTTP response ${JSON.stringify(line)}`;
  }
  return error.message;
}

/** What Go says when a connection cannot be made. */
export function dialWords(error: unknown): string {
  if (!(error instanceof NetworkError)) return String(error);
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'connect: connection refused';
    case 'ECONNRESET':
      return 'connect: connection reset by peer';
    case 'EHOSTUNREACH':
      return 'connect: no route to host';
    case 'ENETUNREACH':
      return 'connect: network is unreachable';
    default:
      return 'i/o timeout';
  }
}

/** A named port is looked up in the container. @throws Error in the kubelet's words. */
export function resolvePort(port: number | string, spec: Container): number {
  if (typeof port === 'number') return port;
  const named = spec.ports?.find(({ name }) => name === port)?.containerPort;
  if (named !== undefined) return named;
  if (!/^[+-]?\d+$/.test(port)) throw new Error(`strconv.Atoi: parsing "${port}": invalid syntax`);
  const number = Number(port);
  if (number <= 0 || number >= 65_536) throw new Error(`invalid port number: ${number}`);
  return number;
}
