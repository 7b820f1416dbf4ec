import type { Answer } from 'dns-packet';
import { candidateNames } from '../../network/dns/resolver-config.ts';
import type { ProcessContext, Program } from '../types.ts';
import { ask, type DnsReply, type NoAnswer, readResolvConf, recordData, reverseName } from './dns-client.ts';
import { program } from './support.ts';

interface Lookup {
  name: string;
  types: string[];
  server: string | undefined;
  port: number;
  timeoutMs: number;
  tries: number;
}

function parse(args: readonly string[]): Lookup {
  const lookup: Lookup = { name: '', types: [], server: undefined, port: 53, timeoutMs: 5000, tries: 3 };
  const operands: string[] = [];
  for (const arg of args) {
    const [, option, value = ''] = /^-([a-z]+)(?:=(.*))?$/.exec(arg) ?? [];
    if (option === 'type' || option === 'querytype' || option === 'q' || option === 'query')
      lookup.types.push(value.toUpperCase());
    else if (option === 'timeout') lookup.timeoutMs = Number(value) * 1000;
    else if (option === 'retry') lookup.tries = Number(value);
    else if (option === 'port') lookup.port = Number(value);
    else if (option === undefined) operands.push(arg);
  }
  const [name = '', server] = operands;
  lookup.name = name;
  lookup.server = server;
  if (lookup.types.length === 0)
    lookup.types = /^[\d.]+$/.test(name) && name.split('.').length === 4 ? ['PTR'] : ['A', 'AAAA'];
  return lookup;
}

async function serverAddress(
  context: ProcessContext,
  server: string | undefined,
): Promise<string | undefined> {
  if (server === undefined) return readResolvConf(context).servers[0] ?? '127.0.0.1';
  try {
    return (await context.resolve(server))[0];
  } catch (error) {
    if (context.ended.aborted) throw error;
    return undefined;
  }
}

async function askWithRetries(
  context: ProcessContext,
  address: string,
  lookup: Lookup,
  name: string,
  type: string,
): Promise<DnsReply | NoAnswer> {
  let result: DnsReply | NoAnswer = { failure: 'timed out' };
  for (let attempt = 0; attempt < lookup.tries; attempt++) {
    result = await ask(
      context,
      { address, port: lookup.port },
      { name: name.replace(/\.$/, ''), type },
      { timeoutMs: lookup.timeoutMs },
    );
    if (!('failure' in result)) break;
  }
  return result;
}

function questionName(lookup: Lookup): string {
  return lookup.types.includes('PTR') && /^[\d.]+$/.test(lookup.name)
    ? reverseName(lookup.name)
    : lookup.name;
}

/** nslookup of BIND 9.18, without its interactive mode. */
export const bindNslookup: Program = program('nslookup', async (context, args) => {
  const lookup = parse(args);
  const address = await serverAddress(context, lookup.server);
  if (address === undefined) {
    await context.stdout.write(`nslookup: couldn't get address for '${lookup.server ?? ''}': not found\n`);
    return 1;
  }
  const config = readResolvConf(context);
  const name = questionName(lookup);
  const candidates = name.endsWith('.in-addr.arpa') ? [name] : candidateNames(name, config);
  let heading = `Server:\t\t${lookup.server ?? address}\nAddress:\t${address}#${lookup.port}\n\n`;
  for (const [index, candidate] of candidates.entries()) {
    let answered = false;
    for (const type of lookup.types) {
      const reply = await askWithRetries(context, address, lookup, candidate, type);
      if ('failure' in reply) {
        const complaint = `;; communications error to ${address}#${lookup.port}: ${reply.failure}\n`;
        await context.stdout.write(`${complaint.repeat(lookup.tries)};; no servers could be reached\n\n`);
        return 1;
      }
      if (reply.rcode !== 'NOERROR') {
        if (reply.rcode === 'NXDOMAIN' && index < candidates.length - 1) break;
        await context.stdout.write(`${heading}** server can't find ${lookup.name}: ${reply.rcode}\n\n`);
        return 1;
      }
      const answers = reply.answers ?? [];
      if (answers.length > 0) {
        const aa = reply.flag_aa ? '' : 'Non-authoritative answer:\n';
        await context.stdout.write(
          heading + (answered ? '' : aa) + answers.map((answer) => bindLines(answer)).join(''),
        );
        heading = '';
        answered = true;
      } else if (!answered && type === lookup.types.at(-1)) {
        await context.stdout.write(`${heading}*** Can't find ${lookup.name}: No answer\n`);
        heading = '';
        answered = true;
      }
    }
    if (answered) break;
  }
  await context.stdout.write('\n');
  return 0;
});

function bindLines(answer: Answer): string {
  const name = answer.name.replace(/\.$/, '');
  switch (answer.type) {
    case 'A':
    case 'AAAA':
      return `Name:\t${name}\nAddress: ${answer.data}\n`;
    case 'CNAME':
      return `${name}\tcanonical name = ${recordData(answer)}\n`;
    case 'PTR':
      return `${name}\tname = ${recordData(answer)}\n`;
    case 'SRV':
      return `${name}\tservice = ${recordData(answer)}\n`;
    default:
      return `${name}\t${answer.type.toLowerCase()} = ${recordData(answer)}\n`;
  }
}

/** nslookup of busybox: names without a dot are sought under each search domain, others as they are. */
export const busyboxNslookup: Program = program('nslookup', async (context, args) => {
  const lookup = parse(args);
  const address = await serverAddress(context, lookup.server);
  if (address === undefined) {
    await context.stderr.write(`nslookup: bad address '${lookup.server ?? ''}'\n`);
    return 1;
  }
  const name = questionName(lookup);
  const { search } = readResolvConf(context);
  const names =
    name.includes('.') || search.length === 0 ? [name] : search.map((domain) => `${name}.${domain}`);
  const results = await Promise.all(
    names.flatMap((each) =>
      lookup.types.map(async (type) => ({
        each,
        reply: await askWithRetries(context, address, lookup, each, type),
      })),
    ),
  );
  const heading = `Server:\t\t${lookup.server ?? address}\nAddress:\t${address}:${lookup.port}\n\n`;
  if (results.every(({ reply }) => 'failure' in reply)) {
    await context.stdout.write(`${heading};; connection timed out; no servers could be reached\n\n`);
    return 1;
  }
  let failed = 0;
  await context.stdout.write(heading);
  for (const { each, reply } of results) {
    if ('failure' in reply) continue;
    if (reply.rcode !== 'NOERROR') {
      failed++;
      await context.stdout.write(`** server can't find ${each}: ${reply.rcode}\n\n`);
      continue;
    }
    const answers = reply.answers ?? [];
    const aa = reply.flag_aa || answers.length === 0 ? '' : 'Non-authoritative answer:\n';
    const lines = answers.map((answer) => busyboxLines(answer)).join('');
    await context.stdout.write(`${aa}${lines}\n`);
  }
  return failed === 0 ? 0 : 1;
});

function busyboxLines(answer: Answer): string {
  // busybox leaves the final dot of names away.
  return bindLines(answer).replace(/\.\n$/, '\n');
}
