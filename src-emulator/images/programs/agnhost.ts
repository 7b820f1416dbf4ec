import type { ProcessContext, Program } from '../types.ts';
import { endOnTerm, klog } from './go-program.ts';
import { netexec } from './agnhost-netexec.ts';
import { serveHttp } from './http-server.ts';
import { errorCode, parseDuration, parseOptions, program, UsageFailure, untilEnded } from './support.ts';

type Subcommand = (context: ProcessContext, args: string[]) => Promise<number>;

const pause: Subcommand = async (context) => {
  await context.stdout.write('Paused\n');
  const stop = (): void => undefined;
  const ended = new Promise<number>((resolve) => {
    context.onSignal('SIGTERM', () => resolve(0));
    context.onSignal('SIGINT', () => resolve(0));
    context.onSignal('SIGHUP', stop);
  });
  return Promise.race([ended, untilEnded(context)]);
};

const serveHostname: Subcommand = async (context, args) => {
  const options = parseOptions(args, {
    short: '',
    long: { 'port=': 'port', http: 'http', 'http=': 'http', 'close=': 'close', tcp: 'tcp', udp: 'udp' },
  });
  const port = Number(options.value('port') ?? 9376);
  serveHttp(context, port, (_, response) => {
    response.end(context.hostname);
  });
  await klog(context, `Serving on port ${port}.`);
  return endOnTerm(context);
};

const connect: Subcommand = async (context, args) => {
  const options = parseOptions(args, { short: '', long: { 'timeout=': 'timeout', 'protocol=': 'protocol' } });
  const [target = ''] = options.operands;
  const timeoutMs = parseDuration((options.value('timeout') ?? '0s').replace(/ms$/, '')) ?? 0;
  const fail = async (message: string): Promise<number> => {
    await context.stderr.write(`${message}\n`);
    return 1;
  };
  const [host = '', port = ''] = target.split(':');
  let address: string;
  try {
    [address = ''] = await context.resolve(host);
  } catch {
    return fail('DNS: no such host');
  }
  try {
    const socket = await context.network.connect(
      { address, port: Number(port) },
      timeoutMs > 0 ? { timeoutMs } : {},
    );
    socket.destroy();
    return 0;
  } catch (error) {
    if (context.ended.aborted) throw error;
    const code = errorCode(error);
    if (code === 'ETIMEDOUT') return fail('TIMEOUT');
    if (code === 'ECONNREFUSED') return fail('REFUSED');
    return fail(`OTHER: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** The words behind a keyword of /etc/resolv.conf. */
function resolvConf(context: ProcessContext, keyword: string): string[] {
  const text = new TextDecoder().decode(context.fs.readFile('/etc/resolv.conf'));
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([word]) => word === keyword)
    .flatMap((words) => words.slice(1));
}

const subcommands: Record<string, Subcommand> = {
  netexec,
  pause,
  'serve-hostname': serveHostname,
  connect,
  'dns-suffix': async (context) => {
    await context.stdout.write(`${resolvConf(context, 'search').join(',')}\n`);
    return 0;
  },
  'dns-server-list': async (context) => {
    await context.stdout.write(`${resolvConf(context, 'nameserver').join(',')}\n`);
    return 0;
  },
  'etc-hosts': async (context) => {
    await context.stdout.write(context.fs.readFile('/etc/hosts'));
    return 0;
  },
  'entrypoint-tester': async (context, args) => {
    await context.stdout.write(`[${['/agnhost', 'entrypoint-tester', ...args].join(' ')}]\n`);
    return 0;
  },
};

/** The program of Kubernetes' own test image (test/images/agnhost). */
export const agnhost: Program = program('agnhost', async (context, args) => {
  const [name, ...rest] = args;
  const run = subcommands[name ?? ''];
  if (name === undefined || name === '--help' || name === 'help') {
    await context.stdout.write(
      `Usage:\n  app [command]\n\nAvailable Commands:\n${Object.keys(subcommands).sort().map((each) => `  ${each}\n`).join('')}`, // prettier-ignore
    );
    return 0;
  }
  if (name === '--version') {
    await context.stdout.write('app version 2.53\n');
    return 0;
  }
  if (run === undefined) throw new UsageFailure(`Error: unknown command "${name}" for "app"`);
  return run(context, rest);
});
