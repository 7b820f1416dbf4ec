import type { IncomingMessage } from 'node:http';
import { ResolveError } from '../../network/types.ts';
import { resolvePath } from '../path.ts';
import { openSink } from '../open.ts';
import type { ProcessContext, Program } from '../types.ts';
import { exchange, startTls } from './http-exchange.ts';
import { errorCode, parseOptions, program, UsageFailure } from './support.ts';

/** wget of busybox. */
export const wget: Program = program('wget', async (context, args) => {
  const options = parseOptions(args, {
    short: 'qO:T:ScP:U:Yt:',
    long: { spider: 'spider', quiet: 'q', 'output-document=': 'O', 'timeout=': 'T', 'server-response': 'S', 'header=': 'header', 'post-data=': 'post', 'no-check-certificate': 'insecure', 'user-agent=': 'U', 'tries=': 't', continue: 'c' },
  }); // prettier-ignore
  const [first] = options.operands;
  if (first === undefined) throw new UsageFailure('missing URL');
  const quiet = options.has('q');
  const say = async (text: string): Promise<void> => {
    if (!quiet) await context.stderr.write(text);
  };
  const timeoutMs = Number(options.value('T') ?? 900) * 1000;
  let url = parseUrl(first);
  for (let redirects = 0; ; redirects++) {
    if (redirects > 20) throw new UsageFailure('too many redirections');
    const response = await fetch(context, url, {
      timeoutMs,
      say,
      headers: options.values('header'),
      body: options.value('post'),
      userAgent: options.value('U') ?? 'Wget',
      insecure: options.has('insecure'),
    });
    const statusLine = `HTTP/${response.httpVersion} ${response.statusCode ?? 0} ${response.statusMessage ?? ''}`;
    if (options.has('S')) {
      let head = `  ${statusLine}\n`;
      for (let at = 0; at < response.rawHeaders.length; at += 2)
        head += `  ${response.rawHeaders[at] ?? ''}: ${response.rawHeaders[at + 1] ?? ''}\n`;
      await context.stderr.write(`${head}  \n`);
    }
    const status = response.statusCode ?? 0;
    if (status >= 300 && status < 400 && response.headers.location !== undefined) {
      response.destroy();
      url = new URL(response.headers.location, url);
      continue;
    }
    if (status < 200 || status >= 300) {
      response.destroy();
      throw new UsageFailure(`server returned error: ${statusLine}`);
    }
    if (options.has('spider')) {
      response.destroy();
      await say('remote file exists\n');
      return 0;
    }
    return save(context, response, url, options.value('O'), timeoutMs, say);
  }
});

function parseUrl(text: string): URL {
  const withScheme = /^\w+:\/\//.test(text) ? text : `http://${text}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new UsageFailure(`not an http or ftp url: ${text}`);
  return url;
}

interface FetchOptions {
  timeoutMs: number;
  say: (text: string) => Promise<void>;
  headers: readonly string[];
  body: string | undefined;
  userAgent: string;
  insecure: boolean;
}

async function fetch(context: ProcessContext, url: URL, options: FetchOptions): Promise<IncomingMessage> {
  const host = url.hostname;
  const secure = url.protocol === 'https:';
  const port = Number(url.port || (secure ? 443 : 80));
  let address: string;
  try {
    [address = ''] = await context.resolve(host);
  } catch (error) {
    if (!(error instanceof ResolveError)) throw error;
    throw new UsageFailure(`bad address '${url.host}'`);
  }
  await options.say(`Connecting to ${url.host} (${address}:${port})\n`);
  try {
    const socket = await context.network.connect({ address, port }, { timeoutMs: options.timeoutMs });
    const stream = secure ? await startTls(socket, { serverName: host, insecure: options.insecure }) : socket;
    const extra = options.headers.map((line): [string, string] => {
      const at = line.indexOf(':');
      return [line.slice(0, at), line.slice(at + 1).trim()];
    });
    const body = options.body === undefined ? undefined : new TextEncoder().encode(options.body);
    const headers: [string, string][] = [
      ['Host', url.host],
      ['User-Agent', options.userAgent],
      ['Connection', 'close'],
    ];
    if (body !== undefined)
      headers.push(
        ['Content-Type', 'application/x-www-form-urlencoded'],
        ['Content-Length', String(body.length)],
      );
    const overridden = new Set(extra.map(([name]) => name.toLowerCase()));
    const all = [...headers.filter(([name]) => !overridden.has(name.toLowerCase())), ...extra];
    const path = `${url.pathname}${url.search}`;
    return await withTimeout(
      context,
      options.timeoutMs,
      exchange(
        stream,
        { method: body === undefined ? 'GET' : 'POST', path, headers: all, body },
        context.ended,
      ),
    );
  } catch (error) {
    if (context.ended.aborted || error instanceof UsageFailure) throw error;
    const code = errorCode(error);
    if (code === 'ETIMEDOUT') throw new UsageFailure('download timed out');
    const reason = {
      ECONNREFUSED: 'Connection refused',
      EHOSTUNREACH: 'No route to host',
      ENETUNREACH: 'Network is unreachable',
    }[code ?? ''];
    if (reason !== undefined) throw new UsageFailure(`can't connect to remote host (${address}): ${reason}`);
    throw new UsageFailure('error getting response: Connection reset by peer');
  }
}

async function withTimeout<T>(context: ProcessContext, ms: number, promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  let cancel = (): void => undefined;
  const late = new Promise<never>((_, reject) => {
    const timer = context.clock.setTimeout(() => reject(new UsageFailure('download timed out')), ms);
    cancel = () => timer.cancel();
  });
  return Promise.race([promise, late]).finally(() => cancel());
}

async function save(
  context: ProcessContext,
  response: IncomingMessage,
  url: URL,
  output: string | undefined,
  timeoutMs: number,
  say: FetchOptions['say'],
): Promise<number> {
  const toStdout = output === '-';
  const name = output ?? (url.pathname.split('/').at(-1) || 'index.html');
  const path = resolvePath(context.cwd, name);
  if (!toStdout && output === undefined && context.fs.exists(path))
    throw new UsageFailure(`can't open '${name}': File exists`);
  const sink = toStdout ? context.stdout : openSink(context.fs, path, false);
  await say(toStdout ? 'writing to stdout\n' : `saving to '${name}'\n`);
  let size = 0;
  const chunks = response[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  for (;;) {
    const next = await withTimeout(context, timeoutMs, chunks.next());
    if (next.done === true) break;
    size += next.value.length;
    await sink.write(next.value);
  }
  const label = (toStdout ? '-' : (name.split('/').at(-1) ?? name)).padEnd(20).slice(0, 20);
  await say(`${label} 100% |********************************| ${String(size).padStart(5)}  0:00:00 ETA\n`);
  await say(toStdout ? 'written to stdout\n' : `'${name}' saved\n`);
  return 0;
}
