import type { Answer, OptAnswer } from 'dns-packet';
import { randomBytes } from 'node:crypto';
import { candidateNames } from '../../network/dns/resolver-config.ts';
import type { ProcessContext } from '../types.ts';
import { formatDate } from './basics.ts';
import { absolute, ask, type DnsReply, readResolvConf, recordData, reverseName } from './dns-client.ts';
import { program, UsageFailure } from './support.ts';

const TYPES = new Set(['A', 'AAAA', 'ANY', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT']);

interface DigOptions {
  server: string | undefined;
  port: number;
  questions: { name: string; type: string }[];
  short: boolean;
  search: boolean;
  /** Prints also the answers for the names of the search list that are not there. */
  showSearch: boolean;
  tcp: boolean;
  recurse: boolean;
  edns: boolean;
  cookie: boolean;
  timeoutMs: number;
  tries: number;
  show: Record<'cmd' | 'comments' | 'question' | 'answer' | 'authority' | 'additional' | 'stats', boolean>;
}

/** The option that carries cookies in an OPT record. */
const COOKIE_OPTION = 10;

const SECTIONS = ['cmd', 'comments', 'question', 'answer', 'authority', 'additional', 'stats'] as const;

/** dig of BIND 9.18. */
export const dig = program('dig', async (context, args) => {
  if (args[0] === '-v') {
    await context.stderr.write('DiG 9.18.27\n');
    return 0;
  }
  const options = parse(args);
  const server = options.server ?? readResolvConf(context).servers[0] ?? '127.0.0.1';
  let address: string;
  try {
    [address = server] = await context.resolve(server);
  } catch {
    await context.stderr.write(`dig: couldn't get address for '${server}': not found\n`);
    return 10;
  }
  let status = 0;
  for (const [index, question] of options.questions.entries())
    status = await lookUp(context, options, { server, address }, question, index === 0 ? args : undefined) || status; // prettier-ignore
  return status;
});

function parse(args: readonly string[]): DigOptions {
  const show = Object.fromEntries(SECTIONS.map((section) => [section, true])) as DigOptions['show'];
  const options: DigOptions = {
    server: undefined, port: 53, questions: [], short: false, search: false, showSearch: false, tcp: false, recurse: true, edns: true, cookie: true,
    timeoutMs: 5000, tries: 3, show,
  }; // prettier-ignore
  let type = 'A';
  const names: { name: string; type: string | undefined }[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (arg.startsWith('@')) options.server = arg.slice(1);
    else if (arg.startsWith('+')) applyFlag(options, arg.slice(1));
    else if (arg === '-x') names.push({ name: reverseName(args[++at] ?? ''), type: 'PTR' });
    else if (arg === '-t') type = (args[++at] ?? '').toUpperCase();
    else if (arg === '-p') options.port = Number(args[++at]);
    else if (arg === '-q') names.push({ name: args[++at] ?? '', type: undefined });
    else if (arg === '-4' || arg === '-c' || arg === '-u') {
      if (arg === '-c') at++;
    } else if (arg.startsWith('-')) throw new UsageFailure(`Invalid option: ${arg}`);
    else if (TYPES.has(arg.toUpperCase())) {
      const last = names.at(-1);
      if (last !== undefined && last.type === undefined) last.type = arg.toUpperCase();
      else type = arg.toUpperCase();
    } else if (arg.toUpperCase() !== 'IN') names.push({ name: arg, type: undefined });
  }
  if (names.length === 0) names.push({ name: '.', type: 'NS' });
  options.questions = names.map((each) => ({ name: each.name, type: each.type ?? type }));
  return options;
}

function applyFlag(options: DigOptions, flag: string): void {
  const [, no, name = '', value] = /^(no)?([a-z]+)(?:=(.*))?$/.exec(flag) ?? [];
  const on = no === undefined;
  const section = SECTIONS.find((each) => each === name);
  if (section !== undefined) options.show[section] = on;
  else if (name === 'all') for (const each of SECTIONS) options.show[each] = on;
  else if (name === 'short') options.short = on;
  else if (name === 'search') options.search = on;
  else if (name === 'showsearch') options.search = options.showSearch = on;
  else if (name === 'tcp' || name === 'vc') options.tcp = on;
  else if (name === 'recurse' || name === 'rec') options.recurse = on;
  else if (name === 'edns') options.edns = on;
  else if (name === 'cookie') options.cookie = on;
  else if (name === 'time' || name === 'timeout') options.timeoutMs = Math.max(1, Number(value)) * 1000;
  else if (name === 'tries') options.tries = Math.max(1, Number(value));
  else if (name === 'retry') options.tries = Number(value) + 1;
  else if (!['ttlid', 'cl', 'class', 'multiline', 'dnssec', 'qr', 'identify'].includes(name))
    throw new UsageFailure(`Invalid option: +${flag}`);
}

async function lookUp(
  context: ProcessContext,
  options: DigOptions,
  { server, address }: { server: string; address: string },
  { name, type }: { name: string; type: string },
  commandLine: readonly string[] | undefined,
): Promise<number> {
  const config = readResolvConf(context);
  const cookie = options.cookie ? randomBytes(8) : undefined;
  const names = options.search && !name.endsWith('.') ? candidateNames(name, config) : [name];
  let reply: DnsReply | undefined;
  const banner =
    options.show.cmd && commandLine !== undefined && !options.short
      ? `\n; <<>> DiG 9.18.27 <<>> ${commandLine.join(' ')}\n${options.server === undefined ? '' : '; (1 server found)\n'};; global options: +cmd\n`
      : '';
  const complaints: string[] = [];
  for (const candidate of names) {
    reply = undefined;
    for (let attempt = 0; attempt < options.tries && reply === undefined; attempt++) {
      const result = await ask(context, { address, port: options.port }, { name: candidate.replace(/(.)\.$/, '$1'), type }, {
        timeoutMs: options.timeoutMs,
        tcp: options.tcp,
        recursionDesired: options.recurse,
        ...(options.edns ? { udpPayloadSize: 1232, ...(cookie === undefined ? {} : { cookie }) } : {}),
      }); // prettier-ignore
      if ('failure' in result)
        complaints.push(`;; communications error to ${address}#${options.port}: ${result.failure}\n`);
      else reply = result;
    }
    if (reply === undefined || reply.rcode === 'NOERROR') break;
    if (options.showSearch && !options.short && candidate !== names.at(-1))
      await context.stdout.write(banner + formatReply(options, reply, context, { server, address, cookie }));
  }
  if (!options.short || reply === undefined) for (const each of complaints) await context.stdout.write(each);
  if (reply === undefined) {
    await context.stdout.write(
      `${banner}${options.short || options.show.comments ? ';; no servers could be reached\n' : ''}`,
    );
    return 9;
  }
  if (options.short) {
    for (const answer of reply.answers ?? []) await context.stdout.write(`${recordData(answer)}\n`);
    return 0;
  }
  await context.stdout.write(banner + formatReply(options, reply, context, { server, address, cookie }));
  return 0;
}

function formatReply(
  options: DigOptions,
  reply: DnsReply,
  context: ProcessContext,
  to: { server: string; address: string; cookie: Buffer | undefined },
): string {
  const { show } = options;
  const answers = reply.answers ?? [];
  const authorities = reply.authorities ?? [];
  const additionals = (reply.additionals ?? []).filter((each) => each.type !== 'OPT');
  const opt = (reply.additionals ?? []).find((each) => each.type === 'OPT');
  const [question] = reply.questions ?? [];
  let text = '';
  if (show.comments) {
    text += ';; Got answer:\n';
    if (/\.local\.?$/.test(question?.name ?? ''))
      text +=
        ';; WARNING: .local is reserved for Multicast DNS\n;; You are currently testing what happens when an mDNS query is leaked to DNS\n';
    text += `;; ->>HEADER<<- opcode: ${reply.opcode}, status: ${reply.rcode}, id: ${reply.id ?? 0}\n`;
    const flags = [['qr', true], ['aa', reply.flag_aa], ['tc', reply.flag_tc], ['rd', reply.flag_rd], ['ra', reply.flag_ra], ['ad', reply.flag_ad]]; // prettier-ignore
    text += `;; flags: ${flags
      .filter(([, on]) => on === true)
      .map(([name]) => String(name))
      .join(' ')};`;
    text += ` QUERY: ${reply.questions?.length ?? 0}, ANSWER: ${answers.length}, AUTHORITY: ${authorities.length}, ADDITIONAL: ${reply.additionals?.length ?? 0}\n`;
    if (reply.flag_rd && !reply.flag_ra) text += ';; WARNING: recursion requested but not available\n';
    text += '\n';
    if (opt?.type === 'OPT') {
      text += `;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: ${opt.udpPayloadSize}\n`;
      text += cookieLine(opt, to.cookie);
    }
  }
  if (show.question && question !== undefined) {
    const line = columns([[0, absolute(question.name)], [32, 'IN'], [40, question.type]]); // prettier-ignore
    text += `${show.comments ? ';; QUESTION SECTION:\n' : ''};${line}\n${show.comments ? '\n' : ''}`;
  }
  const sections: [boolean, string, Answer[]][] = [
    [show.answer, 'ANSWER', answers],
    [show.authority, 'AUTHORITY', authorities],
    [show.additional, 'ADDITIONAL', additionals],
  ];
  for (const [wanted, title, records] of sections) {
    if (!wanted || records.length === 0) continue;
    if (show.comments) text += `;; ${title} SECTION:\n`;
    text += records.map((record) => `${formatRecord(record)}\n`).join('');
    if (show.comments) text += '\n';
  }
  if (show.stats) {
    text += `;; Query time: ${Math.round(reply.elapsedMs)} msec\n`;
    text += `;; SERVER: ${to.address}#${options.port}(${to.server}) (${options.tcp ? 'TCP' : 'UDP'})\n`;
    text += `;; WHEN: ${formatDate('%a %b %d %H:%M:%S UTC %Y', context.clock.now())}\n;; MSG SIZE  rcvd: ${reply.sizeBytes}\n\n`;
  }
  return text;
}

/** CoreDNS hands a client's cookie back and adds none of its own (RFC 7873, 5.2.3), which dig calls echoed. */
function cookieLine(opt: OptAnswer, sent: Buffer | undefined): string {
  const option = opt.options.find((each) => (each.code as number) === COOKIE_OPTION);
  const data: unknown = option === undefined || !('data' in option) ? undefined : option.data;
  if (!Buffer.isBuffer(data) || sent === undefined) return '';
  return `; COOKIE: ${data.toString('hex')}${data.equals(sent) ? ' (echoed)' : ''}\n`;
}

function formatRecord(record: Answer): string {
  const ttl = 'ttl' in record ? (record.ttl ?? 0) : 0;
  return columns([
    [0, absolute(record.name)],
    [24, String(ttl)],
    [32, 'IN'],
    [40, record.type],
    [48, recordData(record)],
  ]);
}

/** Puts words at columns, with tabs of 8 where they reach and one space where a word is too long, as BIND does. */
function columns(words: readonly (readonly [number, string])[]): string {
  let text = '';
  let column = 0;
  for (const [wanted, word] of words) {
    if (text !== '') {
      const to = Math.max(wanted, column + 1);
      const tabs = Math.floor(to / 8) - Math.floor(column / 8);
      const from = tabs > 0 ? Math.floor(to / 8) * 8 : column;
      text += '\t'.repeat(Math.max(0, tabs)) + ' '.repeat(to - from);
      column = to;
    }
    text += word;
    column += word.length;
  }
  return text;
}
