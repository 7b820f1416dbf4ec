import type { Answer } from 'dns-packet';
import { candidateNames } from '../../network/dns/resolver-config.ts';
import type { ProcessContext } from '../types.ts';
import { absolute, ask, type DnsReply, readResolvConf, recordData, reverseName } from './dns-client.ts';
import { parseOptions, program, UsageFailure } from './support.ts';

const PHRASES: Record<string, string> = {
  A: 'has address',
  AAAA: 'has IPv6 address',
  CNAME: 'is an alias for',
  MX: 'mail is handled by',
  NS: 'name server',
  PTR: 'domain name pointer',
  SOA: 'has SOA record',
  SRV: 'has SRV record',
  TXT: 'descriptive text',
};

/** The numbers that host puts before the name of a response code (RFC 1035, 4.1.1). */
const RESPONSE_CODES: Record<string, number> = {
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
};

/** host of BIND 9.18. */
export const host = program('host', async (context, args) => {
  const options = parseOptions(args, { short: 't:W:R:aTv46' });
  const [name, server] = options.operands;
  if (name === undefined) throw new UsageFailure('usage: host [-t type] [-W seconds] name [server]');
  const address =
    server === undefined ? readResolvConf(context).servers[0] : await addressOf(context, server);
  if (address === undefined) {
    await context.stderr.write(`host: couldn't get address for '${server ?? ''}': not found\n`);
    return 1;
  }
  if (server !== undefined)
    await context.stdout.write(
      `Using domain server:\nName: ${server}\nAddress: ${address}#53\nAliases: \n\n`,
    );
  const isAddress = /^\d+(\.\d+){3}$/.test(name);
  const wanted = options.value('t')?.toUpperCase();
  const types = wanted === undefined ? (isAddress ? ['PTR'] : ['A', 'AAAA', 'MX']) : [wanted];
  const question = isAddress ? reverseName(name) : name;
  const timeoutMs = Number(options.value('W') ?? 5) * 1000;
  const first = await search(context, address, question, types[0] ?? 'A', { timeoutMs, isAddress });
  if (typeof first === 'string') {
    await context.stdout.write(first);
    return 1;
  }
  if (first.reply.rcode !== 'NOERROR') {
    const code = `${RESPONSE_CODES[first.reply.rcode] ?? 2}(${first.reply.rcode})`;
    await context.stdout.write(`Host ${isAddress ? `${question}.` : name} not found: ${code}\n`);
    return 1;
  }
  let found = await show(context, first.reply);
  for (const type of types.slice(1)) {
    const reply = await ask(context, { address, port: 53 }, { name: first.name, type }, { timeoutMs });
    // An alias has been told of with the first type already.
    if (!('failure' in reply)) found = (await show(context, reply, ['CNAME'])) || found;
  }
  if (!found && wanted !== undefined) await context.stdout.write(`${first.name} has no ${wanted} record\n`);
  return found || wanted === undefined ? 0 : 1;
});

async function addressOf(context: ProcessContext, server: string): Promise<string | undefined> {
  try {
    return (await context.resolve(server))[0];
  } catch (error) {
    if (context.ended.aborted) throw error;
    return undefined;
  }
}

/** Tries the search list until a name is there. Resolves with what to complain of when no server answers. */
async function search(
  context: ProcessContext,
  address: string,
  name: string,
  type: string,
  { timeoutMs, isAddress }: { timeoutMs: number; isAddress: boolean },
): Promise<{ name: string; reply: DnsReply } | string> {
  const names = isAddress || name.endsWith('.') ? [name] : candidateNames(name, readResolvConf(context));
  let last: { name: string; reply: DnsReply } | undefined;
  let complaints = '';
  for (const candidate of names.map((each) => each.replace(/(.)\.$/, '$1'))) {
    let reply: DnsReply | undefined;
    for (let attempt = 0; attempt < 2 && reply === undefined; attempt++) {
      const result = await ask(context, { address, port: 53 }, { name: candidate, type }, { timeoutMs });
      if ('failure' in result) complaints += `;; communications error to ${address}#53: ${result.failure}\n`;
      else reply = result;
    }
    if (reply === undefined) return `${complaints};; no servers could be reached\n`;
    last = { name: candidate, reply };
    if (reply.rcode === 'NOERROR') break;
  }
  return last ?? `${complaints};; no servers could be reached\n`;
}

async function show(
  context: ProcessContext,
  reply: DnsReply,
  skipped: readonly Answer['type'][] = [],
): Promise<boolean> {
  const answers = (reply.answers ?? []).filter((each) => !skipped.includes(each.type));
  for (const answer of answers) {
    const owner = absolute(answer.name).slice(0, -1);
    await context.stdout.write(
      `${owner} ${PHRASES[answer.type] ?? `has ${answer.type} record`} ${recordData(answer)}\n`,
    );
  }
  return answers.length > 0;
}
