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

/** stty as far as it tells the size of the terminal. */
export const stty = program('stty', async (context, args) => {
  const { terminal } = context;
  if (terminal === undefined) throw new UsageFailure('standard input: Not a tty');
  const { rows, columns } = terminal.size;
  if (args.length === 1 && args[0] === 'size') {
    await context.stdout.write(`${rows} ${columns}\n`);
    return 0;
  }
  if (args.length > 0) throw new UsageFailure(`invalid argument '${args[0] ?? ''}'`);
  await context.stdout.write(`speed 38400 baud; rows ${rows}; columns ${columns};\n`);
  return 0;
});
