import type { ProcessContext, Program } from '../types.ts';
import { guestbook } from './agnhost-guestbook.ts';
import { connect } from './agnhost-connect.ts';
import { netexec } from './agnhost-netexec.ts';
import {
  grpcHealthChecking,
  liveness,
  logsGenerator,
  porter,
  serveHostname,
  tcpReset,
  testWebserver,
} from './agnhost-servers.ts';
import { goRespond } from './go-http.ts';
import { endOnTerm } from './go-program.ts';
import { serveHttp } from './http-server.ts';
import { UsageFailure, untilEnded } from './support.ts';
import { FileError } from '../types.ts';

interface Subcommand {
  /** What the list of commands says of it. */
  description: string;
  run: (context: ProcessContext, args: string[]) => Promise<number>;
}

async function pause(context: ProcessContext): Promise<number> {
  await context.stdout.write('Paused\nSignals registered\n');
  const signal = await Promise.race([
    new Promise<{ name: string; code: number }>((resolve) => {
      context.onSignal('SIGTERM', () => resolve({ name: 'terminated', code: 2 }));
      context.onSignal('SIGINT', () => resolve({ name: 'interrupt', code: 1 }));
    }),
    untilEnded(context),
  ]);
  const message = `exiting because of signal "${signal.name}"\n`;
  context.fs.writeFile(context.env['TERMINATION_MESSAGE_PATH'] ?? '/dev/termination-log', message);
  await context.stdout.write(message);
  return signal.code;
}

/** The words behind a keyword of /etc/resolv.conf. */
function resolvConf(context: ProcessContext, keyword: string): string[] {
  const line = textOf(context, '/etc/resolv.conf').split('\n').find((each) => each.startsWith(keyword)); // prettier-ignore
  return line?.split(' ').slice(1) ?? [];
}

function textOf(context: ProcessContext, path: string): string {
  return new TextDecoder().decode(context.fs.readFile(path));
}

const print = (describe: (context: ProcessContext, args: string[]) => string): Subcommand['run'] => {
  return async (context, args) => {
    await context.stdout.write(`${describe(context, args)}\n`);
    return 0;
  };
};

async function fakeGitServer(context: ProcessContext): Promise<number> {
  serveHttp(context, 8000, (_, response) => goRespond(context, response, { body: 'I am a fake git server' }));
  return endOnTerm(context);
}

const subcommands: Record<string, Subcommand> = {
  connect: { description: 'Attempts a TCP, UDP or SCTP connection and returns useful errors', run: connect },
  'dns-server-list': {
    description: "Prints the host's DNS Server list",
    run: print((context) => resolvConf(context, 'nameserver').join(',')),
  },
  'dns-suffix': {
    description: "Prints the host's DNS suffix list",
    run: print((context) => resolvConf(context, 'search').join(',')),
  },
  'entrypoint-tester': {
    description: "Prints the args it's passed and exits",
    run: print((_, args) => `[${['/agnhost', 'entrypoint-tester', ...args].join(' ')}]`),
  },
  'etc-hosts': {
    description: "Prints the host's /etc/hosts file",
    run: print((context) => textOf(context, '/etc/hosts')),
  },
  'fake-gitserver': { description: 'Fakes a git server', run: fakeGitServer },
  'grpc-health-checking': {
    description: 'Starts a simple grpc health checking endpoint',
    run: grpcHealthChecking,
  },
  guestbook: {
    description: 'Creates a HTTP server with various endpoints representing a guestbook app',
    run: guestbook,
  },
  liveness: { description: 'Starts a server that is alive for 10 seconds', run: liveness },
  'logs-generator': { description: 'Outputs lines of logs to stdout uniformly', run: logsGenerator },
  netexec: {
    description: 'Creates HTTP(S), UDP, and (optionally) SCTP servers with various endpoints',
    run: netexec,
  },
  pause: { description: 'Pauses the execution', run: pause },
  porter: { description: 'Serves requested data on ports specified in ENV variables', run: porter },
  'serve-hostname': { description: 'Serves the hostname', run: serveHostname },
  'tcp-reset': { description: 'Serves on a tcp port and RST the connections received', run: tcpReset },
  'test-webserver': { description: 'Starts a simple HTTP fileserver', run: testWebserver },
};

function usage(): string {
  const lines = Object.entries(subcommands).map(
    ([name, { description }]) => `  ${name.padEnd(37)} ${description}\n`,
  );
  return `Usage:\n  app [command]\n\nAvailable Commands:\n${lines.join('')}\nUse "app [command] --help" for more information about a command.\n`;
}

/** The program of Kubernetes' own test image (test/images/agnhost). */
export const agnhost: Program = async (context) => {
  const [name, ...args] = context.argv.slice(1);
  if (name === undefined || ['--help', '-h', 'help'].includes(name)) {
    await context.stdout.write(usage());
    return 0;
  }
  if (name === '--version') {
    await context.stdout.write('app version 2.53\n');
    return 0;
  }
  const subcommand = subcommands[name];
  try {
    if (subcommand === undefined) throw new UsageFailure(`Error: unknown command "${name}" for "app"`);
    if (args.includes('--help') || args.includes('-h')) {
      await context.stdout.write(`${subcommand.description}\n\nUsage:\n  app ${name} [flags]\n`);
      return 0;
    }
    return await subcommand.run(context, args);
  } catch (error) {
    if (!(error instanceof UsageFailure) && !(error instanceof FileError)) throw error;
    await context.stderr.write(`${error.message}\n`);
    return 1;
  }
};
