import { formatGoDuration, parseGoDuration } from '../../go-duration.ts';
import { createServer as createHttp2Server } from 'node:http2';
import type { VirtualSocket } from '../../network/types.ts';
import { resolvePath } from '../path.ts';
import type { ProcessContext } from '../types.ts';
import { parseGoFlags } from './go-flags.ts';
import { goError, goRespond } from './go-http.ts';
import { endOnTerm, klog } from './go-program.ts';
import { peerOf, serveHttp, serveHttps } from './http-server.ts';
import { untilEnded } from './support.ts';

/** The servers of agnhost besides netexec. */

/** Waits for SIGTERM and says so. */
async function untilTerminated(context: ProcessContext): Promise<void> {
  const terminated = new Promise<void>((resolve) => context.onSignal('SIGTERM', resolve));
  await Promise.race([terminated, untilEnded(context)]);
  await klog(context, 'Shutting down after receiving signal: terminated.');
  await klog(context, 'Awaiting pod deletion.');
}

export async function serveHostname(context: ProcessContext, args: string[]): Promise<number> {
  const { values } = parseGoFlags(args, { port: 9376, http: true, tcp: false, udp: false, close: false });
  const { port } = values;
  if (values.http && (values.tcp || values.udp)) {
    await klog(context, "Can't server TCP/UDP mode and HTTP mode at the same time");
    return 1;
  }
  if (values.tcp)
    context.network.listen(port, (socket) => {
      void klog(context, `TCP request from ${socket.remoteAddress}:${socket.remotePort}`);
      socket.end(context.hostname);
    });
  if (values.udp) {
    const udp = context.network.bindUdp(port);
    udp.onMessage((_, from) => {
      void klog(context, `UDP request from ${from.address}:${from.port}`);
      udp.send(new TextEncoder().encode(context.hostname), from);
    });
  }
  if (values.http)
    serveHttp(context, port, async (request, response) => {
      const { address, port: remotePort } = peerOf(request);
      await klog(context, `HTTP request from ${address}:${remotePort}`);
      goRespond(context, response, {
        body: context.hostname,
        headers: values.close ? { Connection: 'close' } : {},
      });
    });
  await klog(context, `Serving on port ${port}.`);
  await untilTerminated(context);
  await context.clock.sleep(60_000);
  return 0;
}

/** Serves the value of every variable SERVE_PORT_n and SERVE_TLS_PORT_n on port n. */
export async function porter(context: ProcessContext, args: string[]): Promise<number> {
  const json = parseGoFlags(args, { 'json-response': false }).values['json-response'];
  for (const [name, value] of Object.entries(context.env)) {
    const [, tls, port] = /^SERVE_(TLS_)?PORT_(\d+)$/.exec(name) ?? [];
    if (port === undefined) continue;
    const handler: Parameters<typeof serveHttp>[2] = (request, response) =>
      goRespond(
        context,
        response,
        json
          ? {
              headers: { 'Content-Type': 'application/json' },
              body: JSON.stringify({ Method: request.method, Body: value }),
            }
          : { body: value },
      );
    if (tls === undefined) serveHttp(context, Number(port), handler);
    else {
      const certFile = context.env['CERT_FILE'] ?? 'localhost.crt';
      const keyFile = context.env['KEY_FILE'] ?? 'localhost.key';
      try {
        serveHttps(context, Number(port), { certFile, keyFile }, handler);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        await klog(
          context,
          `tls server on port "${port}" with certFile="${certFile}", keyFile="${keyFile}" failed: ${why}`,
        );
      }
    }
  }
  return endOnTerm(context);
}

/** Healthy for ten seconds only. */
export async function liveness(context: ProcessContext): Promise<number> {
  const startedMs = context.clock.now();
  serveHttp(context, 8080, (request, response) => {
    const age = context.clock.now() - startedMs;
    const url = new URL(request.url ?? '/', 'http://server');
    if (url.pathname === '/started') goRespond(context, response, { body: formatGoDuration(age) });
    else if (url.pathname === '/healthz')
      goRespond(
        context,
        response,
        age > 10_000 ? { status: 500, body: `error: ${age / 1000}` } : { body: 'ok' },
      );
    else if (url.pathname === '/redirect') {
      const location = url.searchParams.get('loc') ?? '';
      goRespond(context, response, {
        status: 302,
        headers: { Location: location, 'Content-Type': 'text/html; charset=utf-8' },
        body: `<a href="${location}">Found</a>.\n\n`,
      });
    } else goError(context, response, '404 page not found', 404);
  });
  return endOnTerm(context);
}

/** Serves the container's own files. */
export async function testWebserver(context: ProcessContext, args: string[]): Promise<number> {
  const { port } = parseGoFlags(args, { port: 80 }).values;
  serveHttp(context, port, (request, response) => {
    const path = resolvePath('/', decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/'));
    const headers = { 'Cache-Control': 'private', 'Access-Control-Allow-Origin': '*' };
    if (!context.fs.exists(path)) {
      goError(context, response, '404 page not found', 404);
      return;
    }
    if (context.fs.stat(path).type !== 'directory') {
      goRespond(context, response, { headers, body: context.fs.readFile(path) });
      return;
    }
    const links = context.fs.list(path).map((name) => `<a href="${name}">${name}</a>\n`);
    goRespond(context, response, {
      headers: { ...headers, 'Content-Type': 'text/html; charset=utf-8' },
      body: `<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${links.join('')}</pre>\n`,
    });
  });
  return endOnTerm(context);
}

/** Resets every connection after its first byte. */
export async function tcpReset(context: ProcessContext, args: string[]): Promise<number> {
  const { port } = parseGoFlags(args, { port: 8080 }).values;
  const reset = async (socket: VirtualSocket): Promise<void> => {
    await new Promise((resolve) => socket.once('data', resolve).once('end', resolve));
    socket.resetAndDestroy();
    await klog(context, `TCP request from ${socket.remoteAddress}:${socket.remotePort}`);
  };
  context.network.listen(port, (socket) => void reset(socket));
  await klog(context, `Serving on port ${port}.`);
  await untilTerminated(context);
  return 0;
}

const METHODS = ['GET', 'POST', 'PUT'];
const NAMESPACES = ['kube-system', 'default', 'ns'];
/** The letters that Kubernetes makes names of. */
const NAME_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** Writes lines that look like an API server's at an even pace. */
export async function logsGenerator(context: ProcessContext, args: string[]): Promise<number> {
  const named = args.map((arg) =>
    arg.replace(/^-t(?==|$)/, '--log-lines-total').replace(/^-d(?==|$)/, '--run-duration'),
  );
  const { values } = parseGoFlags(named, { 'log-lines-total': 0, 'run-duration': '0s' });
  const total = values['log-lines-total'];
  const durationMs = parseGoDuration(values['run-duration']) ?? 0;
  const fail = async (message: string): Promise<number> => {
    await klog(context, message, 'F', 'logs_generator.go:69');
    return 255;
  };
  if (total <= 0) return fail(`Invalid total number of lines: ${total}`);
  if (durationMs <= 0) return fail(`Invalid duration: ${formatGoDuration(durationMs)}`);
  const pick = <T>(list: ArrayLike<T>): T => list[Math.floor(Math.random() * list.length)] as T;
  for (let id = 0; id < total; id++) {
    const name = Array.from({ length: pick([3, 4]) }, () => pick(NAME_LETTERS)).join('');
    const status = 200 + Math.floor(Math.random() * 400);
    const line = `${id} ${pick(METHODS)} /api/v1/namespaces/${pick(NAMESPACES)}/pods/${name} ${status}`;
    await klog(context, line, 'I', 'logs_generator.go:76');
    await context.clock.sleep(durationMs / total);
  }
  return 0;
}

/** A health service of gRPC (grpc.health.v1), which can be made to fail over HTTP. */
export async function grpcHealthChecking(context: ProcessContext, args: string[]): Promise<number> {
  const { values } = parseGoFlags(args, {
    port: 5000,
    'http-port': 8080,
    'delay-unhealthy-sec': -1,
    service: '',
  });
  const startedMs = context.clock.now();
  let forced: 'serving' | 'not serving' | undefined;
  serveHttp(context, values['http-port'], async (request, response) => {
    if (request.url === '/make-serving' || request.url === '/make-not-serving') {
      forced = request.url === '/make-serving' ? 'serving' : 'not serving';
      await klog(context, `Mark as ${forced === 'serving' ? 'healthy' : 'unhealthy'}`);
      goRespond(context, response, { body: formatGoDuration(context.clock.now() - startedMs) });
    } else goError(context, response, '404 page not found', 404);
  });
  await klog(context, `Http server starting to listen on :${values['http-port']}`);
  const isServing = (): boolean => {
    const delay = values['delay-unhealthy-sec'];
    return forced === 'not serving' ? false : delay < 0 || context.clock.now() - startedMs < delay * 1000;
  };
  const server = createHttp2Server();
  server.on('stream', (stream, headers) => {
    const chunks: Buffer[] = [];
    stream.on('error', () => undefined);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      void klog(
        context,
        `Serving the Check request for health check, started at ${new Date(startedMs).toISOString()}`,
      );
      const status = healthStatus(String(headers[':path']), Buffer.concat(chunks), values.service);
      const trailers = { 'grpc-status': String(status.code), 'grpc-message': status.message };
      const head = { ':status': 200, 'content-type': 'application/grpc' };
      if (status.code !== 0) {
        stream.respond({ ...head, ...trailers }, { endStream: true });
        return;
      }
      stream.respond(head, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers(trailers));
      // HealthCheckResponse.status: field 1, SERVING 1 or NOT_SERVING 2; behind the five bytes of a gRPC frame.
      stream.end(Buffer.of(0, 0, 0, 0, 2, 0x08, isServing() ? 1 : 2));
    });
  });
  context.network.listen(values.port, (socket) => server.emit('connection', socket));
  await klog(context, `gRPC server starting to listen on :${values.port}`);
  return endOnTerm(context);
}

/** Whether the request can be answered: a gRPC status code (https://grpc.io/docs/guides/status-codes/). */
function healthStatus(path: string, frame: Buffer, service: string): { code: number; message: string } {
  if (path !== '/grpc.health.v1.Health/Check') return { code: 12, message: 'unimplemented' };
  // HealthCheckRequest.service: field 1, a string.
  const asked = frame[5] === 0x0a ? frame.subarray(7, 7 + (frame[6] ?? 0)).toString('utf8') : '';
  return asked === service ? { code: 0, message: '' } : { code: 5, message: 'unknown service' };
}
