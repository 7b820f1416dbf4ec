import http2 from 'node:http2';
import type { VirtualSocket } from '../network/types.ts';
import type { DialTarget } from './http-get.ts';

/** How often a refused connection is tried again until the time is over, in ms (gRPC's back-off starts there). */
const RECONNECT_MS = 1000;
const UNIMPLEMENTED = '12';
const SERVING = 1;
const STATUS_NAMES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];

/**
 * Asks grpc.health.v1.Health whether a service serves (k8s.io/kubernetes/pkg/probe/grpc).
 * @returns undefined when it does, otherwise what the kubelet says.
 */
export async function grpcProbe(
  { port, service = '' }: { port: number; service?: string },
  target: DialTarget,
  timeoutMs: number,
): Promise<string | undefined> {
  const { clock, podIp } = target;
  const deadline = clock.now() + timeoutMs;
  const socket = await connectUntil(target, port, deadline);
  if (socket === undefined)
    return `timeout: failed to connect service "${podIp}:${port}" within ${timeoutMs / 1000}s: context deadline exceeded`;
  const session = http2.connect(`http://${podIp}:${port}`, { createConnection: () => socket });
  return new Promise((resolve) => {
    let connected = false;
    const finish = (verdict: string | undefined): void => {
      timer.cancel();
      session.destroy();
      socket.destroy();
      resolve(verdict);
    };
    const timer = clock.setTimeout(
      () =>
        finish(
          connected
            ? `timeout: health rpc did not complete within ${timeoutMs / 1000}s`
            : `timeout: failed to connect service "${podIp}:${port}" within ${timeoutMs / 1000}s: context deadline exceeded`,
        ),
      deadline - clock.now(),
    );
    // A server that does not speak HTTP/2 is met again and again until the time is over.
    session.on('error', () => undefined);
    session.on('remoteSettings', () => {
      connected = true;
      check(session, `${podIp}:${port}`, service).then(finish, () => undefined);
    });
  });
}

async function connectUntil(
  { nodeStack, podIp, clock }: DialTarget,
  port: number,
  deadline: number,
): Promise<VirtualSocket | undefined> {
  for (;;) {
    try {
      return await nodeStack.connect({ address: podIp, port }, { timeoutMs: deadline - clock.now() });
    } catch {
      const leftMs = deadline - clock.now();
      if (leftMs <= 0) return undefined;
      await clock.sleep(Math.min(leftMs, RECONNECT_MS));
      if (clock.now() >= deadline) return undefined;
    }
  }
}

function check(
  session: http2.ClientHttp2Session,
  authority: string,
  service: string,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      ':authority': authority,
      'content-type': 'application/grpc',
      'user-agent': 'kube-probe/1.34',
      te: 'trailers',
    });
    const chunks: Buffer[] = [];
    let status: string | undefined;
    let words = '';
    const read = (headers: http2.IncomingHttpHeaders): void => {
      const code = headers['grpc-status'];
      if (typeof code === 'string') status = code;
      const message = headers['grpc-message'];
      if (typeof message === 'string') words = decodeURIComponent(message);
    };
    stream.on('response', read);
    stream.on('trailers', read);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', () => undefined);
    stream.on('close', () => resolve(verdictOf(status, words, Buffer.concat(chunks))));
    stream.end(request(service));
  });
}

/** A length-prefixed HealthCheckRequest. */
function request(service: string): Buffer {
  const name = Buffer.from(service);
  const message = name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, name.length]), name]);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

function verdictOf(status: string | undefined, words: string, response: Buffer): string | undefined {
  if (status === UNIMPLEMENTED)
    return `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${words}`;
  if (status !== '0')
    return `error: health rpc probe failed: rpc error: code = ${status ?? 'Unknown'} desc = ${words}`;
  // HealthCheckResponse: field 1, a varint; left out when it is UNKNOWN.
  const answer = response.length > 6 ? (response[6] ?? 0) : 0;
  return answer === SERVING
    ? undefined
    : `service unhealthy (responded with "${STATUS_NAMES[answer] ?? answer}")`;
}
