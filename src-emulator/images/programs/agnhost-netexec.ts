import { formatGoDuration, parseGoDuration } from '../../go-duration.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createPipe, readAll } from '../pipe.ts';
import type { ProcessContext } from '../types.ts';
import { dial, DialFailure } from './agnhost-dial.ts';
import { formatDate } from './basics.ts';
import { endOnTerm, klog } from './go-program.ts';
import { bodyOf, formValues, goError, goHeaders, goRespond } from './go-http.ts';
import { parseGoFlags } from './go-flags.ts';
import { isAddressInUse, peerOf, serveHttp, serveHttps } from './http-server.ts';
import { untilEnded } from './support.ts';

interface Netexec {
  context: ProcessContext;
  startedMs: number;
  httpPort: number;
  exit: (code: number) => void;
  drain: () => Promise<void>;
  override: string;
  /** Whether the UDP server runs: before it does the server is not ready. */
  ready: boolean;
  told: boolean;
}

/**
 * `agnhost netexec`: an HTTP server (and a small UDP one) that tells who it is and whom it sees
 * (test/images/agnhost/README.md, section netexec).
 */
export async function netexec(context: ProcessContext, args: string[]): Promise<number> {
  const { values } = parseGoFlags(args, {
    'http-port': 8080,
    'udp-port': 8081,
    'sctp-port': -1,
    'delay-shutdown': 0,
    'http-override': '',
    'tls-cert-file': '',
    'tls-private-key-file': '',
    'udp-listen-addresses': '',
  });
  const httpPort = values['http-port'];
  const udpPort = values['udp-port'];
  let exit: (code: number) => void = () => undefined;
  const exited = new Promise<number>((resolve) => (exit = resolve));
  const state: Netexec = {
    context,
    startedMs: context.clock.now(),
    httpPort,
    exit,
    drain: () => Promise.resolve(),
    override: values['http-override'],
    ready: false,
    told: false,
  };
  await klog(context, `Started HTTP server on port ${httpPort}`);
  try {
    const handler = (request: IncomingMessage, response: ServerResponse): Promise<void> =>
      answer(state, request, response);
    const cert = values['tls-cert-file'];
    const server =
      cert === ''
        ? serveHttp(context, httpPort, handler)
        : serveHttps(context, httpPort, { certFile: cert, keyFile: values['tls-private-key-file'] }, handler);
    state.drain = () => server.drain();
    if (udpPort !== -1) {
      serveUdp(context, udpPort);
      state.ready = true;
      await klog(context, `Started UDP server on port  ${udpPort}`);
    }
  } catch (error) {
    if (!isAddressInUse(error)) throw error;
    await klog(context, `listen tcp :${httpPort}: bind: address already in use`);
    return 1;
  }
  const terminated = new Promise<void>((resolve) => context.onSignal('SIGTERM', resolve)).then(async () => {
    state.told = true;
    const seconds = values['delay-shutdown'];
    if (seconds > 0) {
      await klog(context, `Sleeping ${seconds} seconds before terminating...`);
      await context.clock.sleep(seconds * 1000);
    }
    return 0;
  });
  return Promise.race([
    exited,
    terminated,
    endOnTerm(context, ['SIGINT', 'SIGHUP', 'SIGQUIT']),
    untilEnded(context),
  ]);
}

async function answer(state: Netexec, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { context, override } = state;
  const url = new URL(override === '' ? (request.url ?? '/') : override, 'http://netexec');
  const query = override === '' ? await formValues(request) : url.searchParams;
  const value = (name: string): string => query.get(name) ?? '';
  const send = (body: string, status = 200): void => goRespond(context, response, { status, body });
  const log = (line: string): Promise<void> => klog(context, line);
  switch (url.pathname) {
    case '/hostname':
    case '/hostName':
      await log(`GET ${url.pathname}`);
      {
        send(context.hostname);
        return;
      }
    case '/clientip': {
      await log('GET /clientip');
      const { address, port } = peerOf(request);
      send(`${address}:${port}`);
      return;
    }
    case '/serverport':
      await log('GET /serverport');
      {
        send(String(state.httpPort));
        return;
      }
    case '/header': {
      const key = value('key');
      await log(key === '' ? 'GET /header' : `GET /header?key=${key}`);
      const headers = override === '' ? goHeaders(request) : {};
      if (key === '') {
        send(JSON.stringify(headers));
        return;
      }
      const name = Object.keys(headers).find((each) => each.toLowerCase() === key.toLowerCase());
      send(headers[name ?? '']?.[0] ?? '');
      return;
    }
    case '/echo':
      await log(`GET /echo?msg=${value('msg')}&code=${value('code')}`);
      if (!/^([-+]?\d+)?$/.test(value('code'))) {
        send(`argument 'code' must be an integer or empty, got "${value('code')}"\n`);
        return;
      }
      {
        send(value('msg'), Number(value('code') || 200));
        return;
      }
    case '/healthz':
      await log('GET /healthz');
      {
        send('', state.ready ? 200 : 412);
        return;
      }
    case '/readyz':
      await log('GET /readyz');
      if (state.told) {
        send('shutting down', 503);
        return;
      }
      {
        send(state.ready ? 'ok' : '', state.ready ? 200 : 412);
        return;
      }
    case '/redirect': {
      await log(`${request.method ?? ''} /redirect?msg=${value('location')}&code=${value('code')}`);
      const status = Number(value('code') || 302);
      const reason = { 301: 'Moved Permanently', 302: 'Found', 303: 'See Other', 307: 'Temporary Redirect', 308: 'Permanent Redirect' }[status] ?? ''; // prettier-ignore
      goRespond(context, response, {
        status,
        headers: { 'Content-Type': 'text/html; charset=utf-8', Location: value('location') },
        body: `<a href="${value('location')}">${reason}</a>.\n\n`,
      });
      return;
    }
    case '/exit':
      return exitOnRequest(state, value, send);
    case '/shutdown':
      await log('GET /shutdown');
      {
        state.exit(0);
        return;
      }
    case '/shell':
      return shell(context, value('shellCommand') || value('cmd'), send);
    case '/upload':
      return upload(context, request, response);
    case '/dial':
      try {
        send(JSON.stringify(await dial(context, query)));
        return;
      } catch (error) {
        if (error instanceof DialFailure) {
          goError(context, response, error.message, 400);
          return;
        }
        throw error;
      }
    default: {
      await log('GET /');
      const now = context.clock.now();
      const fraction = `${String(Math.floor(now % 1000)).padStart(3, '0')}000000`;
      const since = ((now - state.startedMs) / 1000).toFixed(9);
      send(`NOW: ${formatDate('%Y-%m-%d %H:%M:%S', now)}.${fraction} +0000 UTC m=+${since}`);
      return;
    }
  }
}

async function exitOnRequest(
  { context, exit, drain }: Netexec,
  value: (name: string) => string,
  send: (body: string) => void,
): Promise<void> {
  const [code, timeout, wait] = [value('code'), value('timeout'), value('wait')];
  await klog(context, `GET /exit?code=${code}&timeout=${timeout}&wait=${wait}`);
  const timeoutMs = timeout === '' ? 0 : parseGoDuration(timeout);
  const waitMs = wait === '' ? 0 : parseGoDuration(wait);
  const wrong = (name: string, given: string, what = 'a valid golang duration'): void =>
    send(`argument '${name}' must be ${what} or empty, got "${given}"\n`);
  if (timeoutMs === undefined) {
    wrong('timeout', timeout);
    return;
  }
  if (waitMs === undefined) {
    wrong('wait', wait);
    return;
  }
  if (!/^\d*$/.test(code)) {
    wrong('code', code, 'an integer [0-127]');
    return;
  }
  await klog(
    context,
    `Will begin shutdown in ${formatGoDuration(waitMs)}, allowing ${formatGoDuration(timeoutMs)} for connections to close, then will exit with ${Number(code)}`,
  );
  await context.clock.sleep(waitMs);
  if (timeoutMs > 0) {
    send('');
    await Promise.race([drain(), context.clock.sleep(timeoutMs)]);
    await klog(context, 'Graceful shutdown completed with: <nil>');
  }
  exit(Number(code));
}

async function shell(context: ProcessContext, script: string, send: (body: string) => void): Promise<void> {
  await klog(context, `GET /shell?cmd=${script}`);
  const pipe = createPipe();
  const process = context.spawn(['/bin/sh', '-c', script], { stdout: pipe.sink, stderr: pipe.sink });
  const output = new TextDecoder().decode(await readAll(pipe.source));
  const { code, signal } = await process.exit;
  const error = code === 0 ? undefined : signal === undefined ? `exit status ${code}` : `signal: ${signal}`;
  const entries = Object.entries({ error, output: output || undefined }).filter(
    ([, text]) => text !== undefined,
  );
  await klog(context, `Output: map[${entries.map(([name, text]) => `${name}:${text ?? ''}`).join(' ')}]`);
  send(JSON.stringify(Object.fromEntries(entries)));
}

/** Stores the part `file` of a multipart form under /uploads. */
async function upload(
  context: ProcessContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  await klog(context, 'GET /upload');
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)/.exec(
    request.headers['content-type'] ?? '',
  )?.[1];
  const part = boundary === undefined ? undefined : filePart(await bodyOf(request), boundary);
  if (part === undefined) {
    await klog(context, "Unable to upload file: request Content-Type isn't multipart/form-data");
    goRespond(context, response, { body: JSON.stringify({ error: 'Unable to upload file.' }) });
    return;
  }
  const name = `/uploads/upload${String(context.clock.now() % 1_000_000_000).padStart(9, '0')}`;
  context.fs.mkdir('/uploads', { recursive: true });
  context.fs.writeFile(name, part, { mode: 0o700 });
  await klog(context, `Wrote upload to ${name}`);
  goRespond(context, response, { status: 201, body: JSON.stringify({ output: name }) });
}

function filePart(body: string, boundary: string): string | undefined {
  for (const part of body.split(`--${boundary}`)) {
    const match = /^\r\n([^]*?)\r\n\r\n([^]*)\r\n$/.exec(part);
    if (match !== null && /name="file"/.test(match[1] ?? '')) return match[2];
  }
  return undefined;
}

function serveUdp(context: ProcessContext, port: number): void {
  const socket = context.network.bindUdp(port);
  socket.onMessage((data, from) => {
    const text = new TextDecoder().decode(data).trim().toLowerCase();
    const client = `${from.address}:${from.port}`;
    const reply = (log: string, answer: string): void => {
      void klog(context, log);
      socket.send(new TextEncoder().encode(answer), from);
    };
    if (text === 'hostname') reply('Sending udp hostName response', context.hostname);
    else if (text.startsWith('echo '))
      reply(`Echoing ${text.slice(5)} to UDP client ${client}`, text.slice(5));
    else if (text === 'clientip') reply(`Sending clientip back to UDP client ${client}`, client);
    else if (text === 'serverport') reply(`Sending server port to UDP client ${port}`, String(port));
    else if (text !== '') void klog(context, `Unknown UDP command received from ${client}: ${text}`);
  });
}
