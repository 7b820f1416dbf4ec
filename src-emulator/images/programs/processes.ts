import { SIGNALS } from '../process.ts';
import { formatDate } from './basics.ts';
import { isBusybox, parseDuration, parseOptions, program, UsageFailure } from './support.ts';

/** Programs about processes. */

export const ps = program('ps', async (context, args) => {
  const wide = args.some((arg) => /[ae]?u|f/.test(arg));
  const now = context.clock.now();
  await context.stdout.write(
    wide ? 'USER       PID  PPID STARTED  COMMAND\n' : 'PID   USER     TIME  COMMAND\n',
  );
  for (const process of context.processes()) {
    const command = process.argv.join(' ');
    const started = formatDate(now - process.startedMs < 86_400_000 ? '%H:%M' : '%b%d', process.startedMs);
    await context.stdout.write(
      wide
        ? `root  ${String(process.pid).padStart(8)} ${String(process.parentPid).padStart(5)} ${started.padEnd(8)} ${command}\n`
        : `${String(process.pid).padStart(5)} root      0:00 ${command}\n`,
    );
  }
  return 0;
});

export const kill = program('kill', async (context, args) => {
  const [first = ''] = args;
  if (first === '-l') {
    await context.stdout.write(
      `${SIGNALS.map(([name, number]) => `${number}) ${name.slice(3)}`).join('\n')}\n`,
    );
    return 0;
  }
  const named = first === '-s' ? args[1] : /^-(\w+)$/.exec(first)?.[1];
  const wanted = (named ?? 'TERM').toUpperCase().replace(/^SIG/, '');
  const signal = SIGNALS.find(([name, number]) => name === `SIG${wanted}` || String(number) === wanted)?.[0];
  if (signal === undefined && wanted !== '0') throw new UsageFailure(`bad signal name '${named ?? ''}'`);
  const pids = args.slice(named === undefined ? 0 : first === '-s' ? 2 : 1);
  if (pids.length === 0) throw new UsageFailure('you need to specify whom to kill');
  let status = 0;
  for (const pid of pids) {
    const process = context.processes().find((each) => String(each.pid) === pid);
    if (process === undefined) {
      await context.stderr.write(`kill: can't kill pid ${pid}: No such process\n`);
      status = 1;
    } else if (signal !== undefined) process.signal(signal);
  }
  return status;
});

export const uptime = program('uptime', async (context) => {
  const started = Math.min(...context.processes().map((process) => process.startedMs));
  const minutes = Math.floor((context.clock.now() - started) / 60_000);
  const up =
    minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
  await context.stdout.write(
    ` ${formatDate('%H:%M:%S', context.clock.now())} up ${up},  0 users,  load average: 0.08, 0.05, 0.01\n`,
  );
  return 0;
});

export const timeout = program('timeout', async (context, args) => {
  const options = parseOptions(args, {
    short: 's:k:',
    long: { 'signal=': 's', 'kill-after=': 'k' },
    stopAtOperand: true,
  });
  const [duration = '', ...command] = options.operands;
  const ms = parseDuration(duration);
  if (ms === undefined || command.length === 0)
    throw new UsageFailure(`invalid time interval '${duration}'`, 125);
  const wanted = (options.value('s') ?? 'TERM').toUpperCase().replace(/^SIG/, '');
  const signal =
    SIGNALS.find(([name, number]) => name === `SIG${wanted}` || String(number) === wanted)?.[0] ?? 'SIGTERM';
  const process = context.spawn(command);
  const expiry = new AbortController();
  expiry.signal.addEventListener('abort', () => process.signal(signal));
  context.clock.setTimeout(() => expiry.abort(), ms);
  const status = await process.exit;
  // busybox's timeout gives 143, as the signal does; coreutils' gives 124.
  return expiry.signal.aborted && (status.signal === undefined || !isBusybox(context)) ? 124 : status.code;
});

/** busybox's time: how long a command took. Its work costs no processor time that could be told. */
export const time = program('time', async (context, args) => {
  const options = parseOptions(args, { short: 'vpa', stopAtOperand: true });
  if (options.operands.length === 0) throw new UsageFailure('usage: time [-vpa] PROG ARGS');
  const startedMs = context.clock.now();
  const { code } = await context.spawn(options.operands).exit;
  const seconds = (context.clock.now() - startedMs) / 1000;
  const real = options.has('p')
    ? seconds.toFixed(2)
    : `\t${Math.floor(seconds / 60)}m ${(seconds % 60).toFixed(2)}s`;
  const none = options.has('p') ? ' 0.00' : '\t0m 0.00s';
  await context.stderr.write(`real${options.has('p') ? ` ${real}` : real}\nuser${none}\nsys${none}\n`);
  return code;
});
