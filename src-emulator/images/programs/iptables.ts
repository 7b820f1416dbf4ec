import { IPTABLES_VERSION, list, saveTable, specify } from '../../network/iptables/text.ts';
import type { IptablesTable } from '../../network/iptables/table.ts';
import type { ProcessContext } from '../types.ts';
import { program } from './support.ts';

/** The firewall's rules, as far as they can be looked at. */

/** `Thu Nov 26 05:43:38 2026`, as ctime(3) writes it. */
function timeText(now: number): string {
  const [weekday = '', day = '', month = '', year = '', ...time] =
    new Date(now).toUTCString().match(/\w+/g) ?? [];
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${time.slice(0, 3).join(':')} ${year}`;
}

export const iptablesSave = program('iptables-save', async (context, args) => {
  const at = args.findIndex((arg) => arg === '-t' || arg === '--table');
  const wanted = at === -1 ? undefined : args[at + 1];
  const now = timeText(context.clock.now());
  for (const table of context.network.kernel.iptables())
    if (wanted === undefined || table.name === wanted) await context.stdout.write(saveTable(table, now));
  return 0;
});

interface Request {
  table: string;
  action: 'list' | 'specify' | 'version' | 'change';
  chain: string | undefined;
  numeric: boolean;
  verbose: boolean;
  lineNumbers: boolean;
}

/** Reads a command line of `iptables`, letters of which may be written together: `-nvL`. */
function parse(args: readonly string[]): Request | string {
  const request: Request = {
    table: 'filter',
    action: 'list',
    chain: undefined,
    numeric: false,
    verbose: false,
    lineNumbers: false,
  };
  let hasAction = false;
  const long: Record<string, string> = {
    '--table': 't',
    '--list': 'L',
    '--list-rules': 'S',
    '--numeric': 'n',
    '--verbose': 'v',
    '--line-numbers': '0',
    '--version': 'V',
    '--wait': 'w',
    '--exact': 'x',
  };
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    const letters = arg.startsWith('--') ? (long[arg] ?? '?') : arg.startsWith('-') ? arg.slice(1) : '';
    if (letters === '' && hasAction) request.chain ??= arg;
    for (const letter of letters) {
      if (letter === 't') request.table = args[++at] ?? '';
      else if (letter === 'n') request.numeric = true;
      else if (letter === 'v') request.verbose = true;
      else if (letter === '0') request.lineNumbers = true;
      else if (letter === 'L' || letter === 'S' || letter === 'V') {
        request.action = letter === 'L' ? 'list' : letter === 'S' ? 'specify' : 'version';
        hasAction = true;
      } else if ('ADIRNXFPEZC'.includes(letter)) {
        request.action = 'change';
        return request;
      } else if (!'wx'.includes(letter)) return `unknown option "${arg}"`;
    }
  }
  return hasAction ? request : 'no command specified';
}

export const iptables = program('iptables', async (context, args) => {
  const request = parse(args);
  if (typeof request === 'string')
    return fail(context, `${request}\nTry \`iptables -h' or 'iptables --help' for more information.`, 2);
  if (request.action === 'version') {
    await context.stdout.write(`iptables ${IPTABLES_VERSION}\n`);
    return 0;
  }
  if (request.action === 'change')
    return fail(context, 'The rules of an emulated node follow its Services alone and cannot be changed.', 4);
  if (!['filter', 'nat', 'mangle', 'raw', 'security'].includes(request.table))
    return fail(
      context,
      `can't initialize iptables table \`${request.table}': Table does not exist (do you need to insmod?)\nPerhaps iptables or your kernel needs to be upgraded.`,
      3,
    );
  const tables = context.network.kernel.iptables();
  const table: IptablesTable = tables.find(({ name }) => name === request.table) ?? {
    name: 'filter',
    chains: [],
  };
  const chains = table.chains.filter(({ name }) => request.chain === undefined || name === request.chain);
  if (request.chain !== undefined && chains.length === 0)
    return fail(
      context,
      `chain \`${request.chain}' in table \`${request.table}' is incompatible, use 'nft' tool.`,
      1,
    );
  await context.stdout.write(request.action === 'specify' ? specify(chains) : list(chains, table, request));
  return 0;
});

async function fail(context: ProcessContext, message: string, status: number): Promise<number> {
  await context.stderr.write(`iptables ${IPTABLES_VERSION}: ${message}\n`);
  return status;
}

export const conntrack = program('conntrack', async (context, args) => {
  if (!args.includes('-L') && !args.includes('--dump')) {
    await context.stderr.write("conntrack v1.4.7 (conntrack-tools): You need to supply the `-L' option\n");
    return 2;
  }
  const value = (...names: string[]): string | undefined =>
    args[args.findIndex((arg) => names.includes(arg)) + 1];
  const given = (...names: string[]): boolean => args.some((arg) => names.includes(arg));
  const entries = context.network.kernel
    .connections()
    .filter(
      ({ original, reply }) =>
        (!given('-d', '--orig-dst') || original.destination.address === value('-d', '--orig-dst')) &&
        (!given('-s', '--orig-src') || original.source.address === value('-s', '--orig-src')) &&
        (!given('-r', '--reply-src') || reply.source.address === value('-r', '--reply-src')) &&
        (!given('--dport') || String(original.destination.port) === value('--dport')),
    );
  for (const { state, secondsLeft, original, reply } of entries)
    await context.stdout.write(
      `tcp      6 ${secondsLeft} ${state} ${tuple(original)} ${tuple(reply)} [ASSURED] mark=0 use=1\n`,
    );
  await context.stderr.write(
    `conntrack v1.4.7 (conntrack-tools): ${entries.length} flow entries have been shown.\n`,
  );
  return 0;
});

function tuple({
  source,
  destination,
}: Record<'source' | 'destination', { address: string; port: number }>): string {
  return `src=${source.address} dst=${destination.address} sport=${source.port} dport=${destination.port}`;
}
