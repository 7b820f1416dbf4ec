import type { IncomingMessage, ServerResponse } from 'node:http';
import { createPipe, readAll } from '../pipe.ts';
import type { ProcessContext } from '../types.ts';
import { endOnTerm, klog } from './go-program.ts';
import { formatDate } from './basics.ts';
import { exchange } from './http-exchange.ts';
import { isAddressInUse, peerOf, serveHttp } from './http-server.ts';
import { parseOptions, untilEnded } from './support.ts';

const MAX_SIGNED_32 = 2_147_483_647;

/**
 * `agnhost netexec`: an HTTP server (and a small UDP one) that tells who it is and whom it sees
 * (test/images/agnhost/README.md, section netexec).
 */
export async function netexec(context: ProcessContext, args: string[]): Promise<number> {
  const options = parseOptions(args, {
    short: '',
    long: {
      'http-port=': 'http', 'udp-port=': 'udp', 'sctp-port=': 'sctp', 'delay-shutdown=': 'delay',
      'http-override=': 'override', 'tls-cert-file=': 'cert', 'tls-private-key-file=': 'key', 'udp-listen-addresses=': 'addresses',
    },
  }); // prettier-ignore
  const httpPort = Number(options.value('http') ?? 8080);
  const udpPort = Number(options.value('udp') ?? 8081);
  const delayMs = Number(options.value('delay') ?? 0) * 1000;
  const override = options.value('override');
  const startedMs = context.clock.now();
  let exit: (code: number) => void = () => undefined;
  const exited = new Promise<number>((resolve) => (exit = resolve));

  try {
    serveHttp(context, httpPort, async (request, response) => {
      await klog(context, `${request.method ?? ''} ${request.url ?? ''}`);
      await answer(context, request, response, { startedMs, exit, override });
    });
    if (udpPort >= 0) serveUdp(context, udpPort);
  } catch (error) {
    if (!isAddressInUse(error)) throw error;
    await klog(context, `Failed to listen: listen tcp :${httpPort}: bind: address already in use`);
    return 1;
  }
  await klog(context, `Started HTTP server on port ${httpPort}`);
  await klog(context, `Started UDP server on port ${udpPort}`);
  if (delayMs === 0) return Promise.race([exited, endOnTerm(context)]);
  const told = new Promise<void>((resolve) => context.onSignal('SIGTERM', resolve));
  const delayed = told.then(async () => {
    await klog(context, `Delaying shutdown by ${delayMs / 1000}s`);
    await context.clock.sleep(delayMs);
    return 0;
  });
  return Promise.race([exited, delayed, untilEnded(context)]);
}

interface NetexecState {
  startedMs: number;
  exit: (code: number) => void;
  override: string | undefined;
}

async function answer(
  context: ProcessContext,
  request: IncomingMessage,
  response: ServerResponse,
  { startedMs, exit, override }: NetexecState,
): Promise<void> {
  const url = new URL(override ?? request.url ?? '/', 'http://netexec');
  const query = url.searchParams;
  response.sendDate = false;
  response.setHeader('Date', formatDate('%a, %d %b %Y %H:%M:%S GMT', context.clock.now()));
  const send = (text: string, status = 200): void => {
    response.statusCode = status;
    response.setHeader('Content-Length', Buffer.byteLength(text));
    if (text !== '') response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    response.end(text);
  };
  switch (url.pathname) {
    case '/hostname':
    case '/hostName':
      send(context.hostname);
      return;
    case '/clientip': {
      const { address, port } = peerOf(request);
      send(`${address}:${port}`);
      return;
    }
    case '/echo':
      send(query.get('msg') ?? '', Number(query.get('code') ?? 200) || 200);
      return;
    case '/header':
      send(String(request.headers[(query.get('key') ?? '').toLowerCase()] ?? ''));
      return;
    case '/healthz':
      send('');
      return;
    case '/redirect':
      response.writeHead(Number(query.get('code') ?? 301), { Location: query.get('location') ?? '' });
      response.end();
      return;
    case '/exit': {
      const code = Number(query.get('code') ?? 0);
      await context.clock.sleep(goDuration(query.get('wait') ?? query.get('timeout') ?? ''));
      exit(code);
      return;
    }
    case '/shutdown':
      exit(0);
      return;
    case '/shell':
    case '/shell/':
      send(JSON.stringify(await runShell(context, query.get('cmd') ?? query.get('shellCommand') ?? '')));
      return;
    case '/dial':
      send(JSON.stringify(await dial(context, query)));
      return;
    default: {
      const now = context.clock.now();
      const fraction = `${String(Math.floor(now % 1000)).padStart(3, '0')}000000`;
      const since = ((now - startedMs) / 1000).toFixed(9);
      send(`NOW: ${formatDate('%Y-%m-%d %H:%M:%S', now)}.${fraction} +0000 UTC m=+${since}`);
    }
  }
}

function goDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text);
  const unit = { ms: 1, s: 1000, m: 60_000 }[(match?.[2] ?? 's') as 'ms' | 's' | 'm'];
  return Math.min(MAX_SIGNED_32, Number(match?.[1] ?? 0) * unit);
}

async function runShell(
  context: ProcessContext,
  script: string,
): Promise<{ output: string; error?: string }> {
  const pipe = createPipe();
  const process = context.spawn(['/bin/sh', '-c', script], { stdout: pipe.sink, stderr: pipe.sink });
  const output = new TextDecoder().decode(await readAll(pipe.source));
  const { code } = await process.exit;
  return code === 0 ? { output } : { error: `exit status ${code}`, output };
}

/** Asks other pods on behalf of a test: `/dial?host=&port=&protocol=&request=&tries=`. */
async function dial(
  context: ProcessContext,
  query: URLSearchParams,
): Promise<{ responses?: string[]; errors?: string[] }> {
  const host = query.get('host') ?? '';
  const port = Number(query.get('port') ?? 80);
  const request = query.get('request') ?? 'hostname';
  const responses: string[] = [];
  const errors: string[] = [];
  for (let tries = Number(query.get('tries') ?? 1); tries > 0; tries--) {
    try {
      const [address = ''] = await context.resolve(host);
      responses.push(
        query.get('protocol') === 'udp'
          ? await askUdp(context, address, port, request)
          : await askHttp(context, { host, address, port, path: `/${request}` }),
      );
    } catch (error) {
      if (context.ended.aborted) throw error;
      errors.push(error instanceof Error ? error.message : String(error));
    }
  }
  return errors.length === 0 ? { responses } : { responses, errors };
}

async function askHttp(
  context: ProcessContext,
  to: { host: string; address: string; port: number; path: string },
): Promise<string> {
  const socket = await context.network.connect(to, { timeoutMs: 5000 });
  try {
    const headers = [
      ['Host', `${to.host}:${to.port}`],
      ['User-Agent', 'Go-http-client/1.1'],
    ] as const;
    const response = await exchange(
      socket,
      { method: 'GET', path: to.path, headers, body: undefined },
      context.ended,
    );
    const chunks: Uint8Array[] = [];
    for await (const chunk of response as AsyncIterable<Uint8Array>) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8');
  } finally {
    socket.destroy();
  }
}

function askUdp(context: ProcessContext, address: string, port: number, request: string): Promise<string> {
  const socket = context.network.bindUdp(0);
  return new Promise<string>((resolve, reject) => {
    const timer = context.clock.setTimeout(
      () => reject(new Error(`reading from udp connection failed: i/o timeout`)),
      5000,
    );
    socket.onMessage((data) => {
      timer.cancel();
      resolve(new TextDecoder().decode(data));
    });
    socket.send(new TextEncoder().encode(request), { address, port });
  }).finally(() => socket.close());
}

function serveUdp(context: ProcessContext, port: number): void {
  const socket = context.network.bindUdp(port);
  socket.onMessage((data, from) => {
    const request = new TextDecoder().decode(data).trim();
    const [verb = '', ...words] = request.split(' ');
    const replies: Record<string, string> = {
      hostname: context.hostname,
      clientip: `${from.address}:${from.port}`,
      echo: words.join(' '),
    };
    const reply = replies[verb.toLowerCase()];
    if (reply !== undefined) socket.send(new TextEncoder().encode(reply), from);
  });
}
