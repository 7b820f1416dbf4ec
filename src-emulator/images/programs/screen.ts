import { isTerminal } from '../process.ts';
import type { ProcessContext } from '../types.ts';
import { formatDate } from './basics.ts';
import { parseDuration, parseOptions, program, UsageFailure } from './support.ts';

/** Programs about the terminal's screen. */

const CLEAR = '\x1b[H\x1b[J';

export const clear = program('clear', async (context) => {
  await context.stdout.write(`${CLEAR}\x1b[3J`);
  return 0;
});

/** Runs a command through the shell every two seconds, on a fresh screen, until Ctrl+C. */
export const watch = program('watch', async (context, args) => {
  const options = parseOptions(args, { short: 'n:td', stopAtOperand: true });
  const ms = parseDuration(options.value('n') ?? '2');
  if (ms === undefined) throw new UsageFailure(`invalid number '${options.value('n') ?? ''}'`);
  if (options.operands.length === 0) throw new UsageFailure('usage: watch [-n SEC] [-t] PROG ARGS');
  const command = options.operands.join(' ');
  for (;;) {
    await context.stdout.write(CLEAR);
    if (!options.has('t')) await context.stdout.write(`${title(context, ms, command)}\n\n`);
    await context.spawn(['sh', '-c', command]).exit;
    await context.clock.sleep(Math.max(100, ms));
  }
});

function title(context: ProcessContext, ms: number, command: string): string {
  const left = `Every ${(ms / 1000).toFixed(1)}s: ${command}`;
  const right = formatDate('%Y-%m-%d %H:%M:%S', context.clock.now());
  const width = context.terminal?.size.columns ?? 80;
  return left.slice(0, Math.max(0, width - right.length - 1)).padEnd(width - right.length) + right;
}

export const tty = program('tty', async (context, args) => {
  const there = context.terminal !== undefined && isTerminal(context, 0);
  if (!args.includes('-s')) await context.stdout.write(there ? '/dev/pts/0\n' : 'not a tty\n');
  return there ? 0 : 1;
});

/** What makes the terminal hand over every key, and what makes it collect lines again. */
const RAW_SETTINGS = new Set(['raw', '-icanon', 'cbreak', '-cooked']);
const COOKED_SETTINGS = new Set(['-raw', 'icanon', '-cbreak', 'cooked', 'sane']);

/** stty as far as it tells the size of the terminal, and switches between keys and lines, echo and none. */
export const stty = program('stty', async (context, args) => {
  const { terminal } = context;
  if (terminal === undefined || !isTerminal(context, 0))
    throw new UsageFailure('standard input: Inappropriate ioctl for device');
  const { rows, columns } = terminal.size;
  const settings = args.filter((arg) => arg !== '-a');
  if (settings.length === 0)
    await context.stdout.write(`speed 38400 baud; rows ${rows}; columns ${columns};\n`);
  for (const setting of settings) {
    if (setting === 'size') await context.stdout.write(`${rows} ${columns}\n`);
    else if (RAW_SETTINGS.has(setting)) terminal.setRaw(true);
    else if (setting === 'echo' || setting === '-echo') terminal.setEcho(setting === 'echo');
    else if (COOKED_SETTINGS.has(setting)) {
      terminal.setRaw(false);
      if (setting === 'sane') terminal.setEcho(true);
    } else throw new UsageFailure(`invalid argument '${setting}'`);
  }
  return 0;
});
