import { formatEcho, formatPrintf } from '../shell/format.ts';
import { evaluateTest, TestFailure } from '../shell/test-expression.ts';
import { isTerminal } from '../process.ts';
import type { ProcessContext, Program } from '../types.ts';
import { hostNamed } from './getent.ts';
import { parseDuration, parseOptions, program, UsageFailure } from './support.ts';

/** Small programs that print something and end. */

export const trueProgram: Program = () => Promise.resolve(0);
export const falseProgram: Program = () => Promise.resolve(1);

export const echo = program('echo', async (context, args) => {
  await context.stdout.write(formatEcho(args));
  return 0;
});

export const printf = program('printf', async (context, args) => {
  const [format, ...rest] = args;
  if (format === undefined) throw new UsageFailure('usage: printf FORMAT [ARG]...');
  await context.stdout.write(formatPrintf(format, rest));
  return 0;
});

async function runTest(context: ProcessContext, words: string[]): Promise<number> {
  try {
    const isTty = (number: number): boolean =>
      (number === 0 || number === 1 || number === 2) && isTerminal(context, number);
    return evaluateTest(words, { fs: context.fs, cwd: context.cwd, isTerminal: isTty }) ? 0 : 1;
  } catch (error) {
    if (error instanceof TestFailure) throw new UsageFailure(error.message, 2);
    throw error;
  }
}

export const test = program('test', runTest);

export const bracket = program('[', (context, args) => {
  if (args.at(-1) !== ']') throw new UsageFailure('missing ]', 2);
  return runTest(context, args.slice(0, -1));
});

export const sleep = program('sleep', async (context, args) => {
  if (args.length === 0) throw new UsageFailure('missing operand');
  let ms = 0;
  for (const arg of args) {
    if (arg === 'infinity' || arg === 'inf') ms = 2_000_000_000;
    else {
      const each = parseDuration(arg);
      if (each === undefined) throw new UsageFailure(`invalid number '${arg}'`);
      ms += each;
    }
  }
  // Timers hold at most 2³¹ ms.
  for (; ms > 0; ms -= 2_000_000_000) await context.clock.sleep(Math.min(ms, 2_000_000_000));
  return 0;
});

export const hostname = program('hostname', async (context, args) => {
  const options = parseOptions(args, {
    short: 'isfda',
    long: { 'ip-address': 'i', 'all-ip-addresses': 'i', short: 's', fqdn: 'f' },
  });
  const show = async (text: string): Promise<number> => {
    await context.stdout.write(`${text}\n`);
    return 0;
  };
  if (options.has('i') || args.includes('-I')) return show(context.network.address);
  if (options.has('s')) return show(context.hostname.replace(/\..*/, ''));
  if (!options.has('f') && !options.has('d')) return show(context.hostname);
  // The full name is what /etc/hosts, or else DNS, has for the short one.
  const [full = context.hostname] = (await hostNamed(context, context.hostname))?.names ?? [];
  if (options.has('f')) return show(full);
  return full.includes('.') ? show(full.slice(full.indexOf('.') + 1)) : 0;
});

export const whoami = program('whoami', async (context) => {
  await context.stdout.write('root\n');
  return 0;
});

export const id = program('id', async (context, args) => {
  const options = parseOptions(args, { short: 'ungG' });
  const number = '0';
  const text =
    options.has('u') || options.has('g') || options.has('G')
      ? options.has('n')
        ? 'root'
        : number
      : 'uid=0(root) gid=0(root) groups=0(root)';
  await context.stdout.write(`${text}\n`);
  return 0;
});

export const uname = program('uname', async (context, args) => {
  const options = parseOptions(args, { short: 'asnrvmpio' });
  const fields: [string, string][] = [
    ['s', 'Linux'],
    ['n', context.hostname],
    ['r', '6.12.0'],
    ['v', '#1 SMP PREEMPT_DYNAMIC'],
    ['m', 'x86_64'],
    ['o', 'GNU/Linux'],
  ];
  const wanted =
    args.length === 0
      ? fields.slice(0, 1)
      : fields.filter(([letter]) => options.has('a') || options.has(letter));
  await context.stdout.write(`${wanted.map(([, text]) => text).join(' ')}\n`);
  return 0;
});

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const WEEKDAY_NAMES = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTH_NAMES = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']; // prettier-ignore

/** strftime(3) in UTC. */
export function formatDate(format: string, ms: number): string {
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  const fields: Record<string, () => string> = {
    Y: () => String(date.getUTCFullYear()),
    m: () => two(date.getUTCMonth() + 1),
    d: () => two(date.getUTCDate()),
    e: () => String(date.getUTCDate()).padStart(2),
    H: () => two(date.getUTCHours()),
    M: () => two(date.getUTCMinutes()),
    S: () => two(date.getUTCSeconds()),
    s: () => String(Math.floor(ms / 1000)),
    N: () => `${String(ms % 1000).padStart(3, '0')}000000`,
    a: () => WEEKDAYS[date.getUTCDay()] ?? '',
    b: () => MONTHS[date.getUTCMonth()] ?? '',
    h: () => MONTHS[date.getUTCMonth()] ?? '',
    Z: () => 'UTC',
    z: () => '+0000',
    T: () => formatDate('%H:%M:%S', ms),
    F: () => formatDate('%Y-%m-%d', ms),
    R: () => formatDate('%H:%M', ms),
    D: () => formatDate('%m/%d/%y', ms),
    j: () =>
      String(Math.floor((ms - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1).padStart(3, '0'),
    A: () => WEEKDAY_NAMES[date.getUTCDay()] ?? '',
    B: () => MONTH_NAMES[date.getUTCMonth()] ?? '',
    u: () => String(date.getUTCDay() || 7),
    w: () => String(date.getUTCDay()),
    I: () => two(date.getUTCHours() % 12 || 12),
    p: () => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
    c: () => formatDate('%a %b %e %H:%M:%S %Y', ms),
    y: () => two(date.getUTCFullYear() % 100),
    n: () => '\n',
    t: () => '\t',
    '%': () => '%',
  };
  return format.replace(/%(\w|%)/g, (whole, letter: string) => fields[letter]?.() ?? whole);
}

/** A time as `date -d` takes it, in milliseconds since the epoch: `@seconds`, `now`, `2 hours ago`, an ISO date. NaN when it is none. */
function parseDate(text: string, now: number): number {
  if (/^@-?\d+(\.\d+)?$/.test(text)) return Number(text.slice(1)) * 1000;
  if (text === 'now' || text === 'today') return now;
  const relative = /^([-+]?\d+) (second|sec|minute|min|hour|day|week)s?( ago)?$/.exec(text);
  if (relative !== null) {
    const unit =
      { second: 1, sec: 1, minute: 60, min: 60, hour: 3600, day: 86_400, week: 604_800 }[relative[2] ?? ''] ??
      0;
    return now + Number(relative[1]) * unit * 1000 * (relative[3] === undefined ? 1 : -1);
  }
  return Date.parse(
    /\d:\d/.test(text) && !/Z|[-+]\d\d:?\d\d$/.test(text) ? `${text.replace(' ', 'T')}Z` : text,
  );
}

export const date = program('date', async (context, args) => {
  const options = parseOptions(args, {
    short: 'uRId:',
    long: { 'date=': 'd', utc: 'u', 'iso-8601': 'I', 'rfc-email': 'R' },
  });
  const [format] = options.operands;
  const preset = options.has('I')
    ? '%Y-%m-%d'
    : options.has('R')
      ? '%a, %d %b %Y %H:%M:%S +0000'
      : '%a %b %e %H:%M:%S UTC %Y';
  if (format !== undefined && !format.startsWith('+')) throw new UsageFailure(`invalid date '${format}'`);
  const wanted = options.value('d');
  const when = wanted === undefined ? context.clock.now() : parseDate(wanted, context.clock.now());
  if (Number.isNaN(when)) throw new UsageFailure(`invalid date '${wanted ?? ''}'`);
  await context.stdout.write(`${formatDate(format?.slice(1) ?? preset, when)}\n`);
  return 0;
});

export const env = program('env', async (context, args) => {
  const options = parseOptions(args, {
    short: 'iu:0',
    long: { 'ignore-environment': 'i', 'unset=': 'u' },
    stopAtOperand: true,
  });
  const environment = options.has('i') ? {} : { ...context.env };
  for (const name of options.values('u')) Reflect.deleteProperty(environment, name);
  const operands = [...options.operands];
  for (
    let match = /^([^=]+)=([^]*)$/.exec(operands[0] ?? '');
    match !== null;
    match = /^([^=]+)=([^]*)$/.exec(operands[0] ?? '')
  ) {
    environment[match[1] ?? ''] = match[2] ?? '';
    operands.shift();
  }
  if (operands.length > 0) {
    try {
      return await context.exec(operands, { env: environment });
    } catch (error) {
      if (!(error instanceof Error && error.name === 'FileError')) throw error;
      throw new UsageFailure(`can't execute '${operands[0] ?? ''}': ${error.message}`, 127);
    }
  }
  const end = options.has('0') ? '\0' : '\n';
  for (const [name, value] of Object.entries(environment))
    await context.stdout.write(`${name}=${value}${end}`);
  return 0;
});

export const printenv = program('printenv', async (context, args) => {
  if (args.length === 0) return env(context);
  let status = 0;
  for (const name of args) {
    const value = context.env[name];
    if (value === undefined) status = 1;
    else await context.stdout.write(`${value}\n`);
  }
  return status;
});

export const pwd = program('pwd', async (context) => {
  await context.stdout.write(`${context.cwd}\n`);
  return 0;
});

export const basename = program('basename', async (context, args) => {
  const [path = '', suffix = ''] = args;
  const name = path.replace(/\/+$/, '').split('/').at(-1) ?? '';
  const text = name === '' && path.startsWith('/') ? '/' : name;
  await context.stdout.write(
    `${suffix !== '' && text !== suffix && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text}\n`,
  );
  return 0;
});

export const dirname = program('dirname', async (context, args) => {
  const path = (args[0] ?? '').replace(/(.)\/+$/, '$1');
  const at = path.lastIndexOf('/');
  await context.stdout.write(`${at === -1 ? '.' : at === 0 ? '/' : path.slice(0, at)}\n`);
  return 0;
});

export const seq = program('seq', async (context, args) => {
  const options = parseOptions(
    args.map((arg) => (/^-\d/.test(arg) ? `\0${arg}` : arg)),
    { short: 'ws:' },
  );
  const numbers = options.operands.map((each) => Number(each.replace('\0', '')));
  const [first = 1, second, third] = numbers;
  const [from, step, to] =
    second === undefined ? [1, 1, first] : third === undefined ? [first, 1, second] : [first, second, third];
  if (numbers.length === 0 || numbers.some((each) => Number.isNaN(each)) || step === 0)
    throw new UsageFailure('invalid number');
  const separator = options.value('s');
  const width = options.has('w') ? Math.max(String(from).length, String(to).length) : 0;
  let line = '';
  for (let value = from; step > 0 ? value <= to : value >= to; value += step) {
    const text = String(value).padStart(width, '0');
    if (separator === undefined) await context.stdout.write(`${text}\n`);
    else line += line === '' ? text : separator + text;
  }
  if (separator !== undefined && line !== '') await context.stdout.write(`${line}\n`);
  return 0;
});

export const yes = program('yes', async (context, args) => {
  const block = `${args.length === 0 ? 'y' : args.join(' ')}\n`.repeat(512);
  for (;;) await context.stdout.write(block);
});

export const nproc = program('nproc', async (context) => {
  await context.stdout.write('2\n');
  return 0;
});
