import { isIPv4 } from 'node:net';
import { candidateNames } from '../../network/dns/resolver-config.ts';
import { ResolveError } from '../../network/types.ts';
import type { ProcessContext } from '../types.ts';
import { absolute, ask, readResolvConf, reverseName } from './dns-client.ts';
import { program, UsageFailure } from './support.ts';

const UNKNOWN_DATABASE = 1;
const NOT_FOUND = 2;
const TIMEOUT_MS = 5000;

/** What is known of a host: its addresses, its full name and other names. */
interface Host {
  addresses: string[];
  names: string[];
}

/** getent(1) for what the container resolves, as the C library does: `hosts` and `ahosts`. */
export const getent = program('getent', async (context, args) => {
  const [database, ...names] = args;
  if (database === undefined) throw new UsageFailure('wrong number of arguments');
  if (database !== 'hosts' && database !== 'ahosts')
    throw new UsageFailure(`Unknown database: ${database}`, UNKNOWN_DATABASE);
  const found = names.length === 0 ? knownHosts(context) : [];
  let status = 0;
  for (const name of names) {
    const host = isIPv4(name) ? await hostAt(context, name) : await hostNamed(context, name);
    if (host === undefined) status = NOT_FOUND;
    else found.push(host);
  }
  for (const host of found) {
    for (const address of host.addresses)
      await context.stdout.write(database === 'hosts' ? hostLine(address, host) : socketLines(address, host));
  }
  return status;
});

function hostLine(address: string, { names }: Host): string {
  return `${address.padEnd(15)} ${names.join(' ')}\n`;
}

function socketLines(address: string, { names: [name = ''] }: Host): string {
  const start = `${address.padEnd(15)} `;
  return `${start}STREAM ${name}\n${start}DGRAM  \n${start}RAW    \n`;
}

function knownHosts(context: ProcessContext): Host[] {
  if (!context.fs.exists('/etc/hosts')) return [];
  return new TextDecoder()
    .decode(context.fs.readFile('/etc/hosts'))
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
    .filter((words) => words.length > 1 && isIPv4(words[0] ?? ''))
    .map(([address = '', ...names]) => ({ addresses: [address], names }));
}

/** By name: the file first, then each domain of resolv.conf in turn. Its full name is the one that was found. */
export async function hostNamed(context: ProcessContext, name: string): Promise<Host | undefined> {
  const known = knownHosts(context).find(({ names }) => names.includes(name));
  if (known !== undefined) return known;
  for (const candidate of candidateNames(name, readResolvConf(context))) {
    try {
      const addresses = await context.resolve(absolute(candidate), context.ended);
      return { addresses, names: [candidate.replace(/\.$/, '')] };
    } catch (error) {
      if (!(error instanceof ResolveError)) throw error;
      if (error.code !== 'ENOTFOUND') return undefined;
    }
  }
  return undefined;
}

/** By address: the file, then the name that DNS has for it. */
async function hostAt(context: ProcessContext, address: string): Promise<Host | undefined> {
  const known = knownHosts(context).find(({ addresses }) => addresses.includes(address));
  if (known !== undefined) return known;
  const [server] = readResolvConf(context).servers;
  if (server === undefined) return undefined;
  const question = { name: reverseName(address), type: 'PTR' };
  const reply = await ask(context, { address: server, port: 53 }, question, { timeoutMs: TIMEOUT_MS });
  const names =
    'failure' in reply
      ? []
      : (reply.answers ?? []).flatMap((answer) =>
          answer.type === 'PTR' ? [answer.data.replace(/\.$/, '')] : [],
        );
  return names.length === 0 ? undefined : { addresses: [address], names };
}
