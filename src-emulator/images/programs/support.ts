import type { ByteSource } from '../../streams.ts';
import { resolvePath } from '../path.ts';
import { openSource } from '../open.ts';
import { FileError, type ProcessContext, type Program } from '../types.ts';

/** A command line that a program does not understand. */
export class UsageFailure extends Error {
  override readonly name = 'UsageFailure';
  readonly status: number;
  constructor(message: string, status = 1) {
    super(message);
    this.status = status;
  }
}

/** The options of a command line, in the manner of getopt(3). */
export interface Options {
  /** Whether a flag was given. */
  has(name: string): boolean;
  /** The last value of an option. */
  value(name: string): string | undefined;
  /** Every value of an option, in order. */
  values(name: string): string[];
  readonly operands: string[];
}

export interface OptionRules {
  /** Letters; one that takes a value has a colon behind it, as for getopt(3). */
  short: string;
  /** Long names and the letter (or name) that each stands for; with `=` behind it the option takes a value. */
  long?: Readonly<Record<string, string>>;
  /** Stop at the first operand, as `env` and `xargs` do. */
  stopAtOperand?: boolean;
}

/** @throws UsageFailure in busybox's words. */
export function parseOptions(args: readonly string[], rules: OptionRules): Options {
  const found: [string, string][] = [];
  const operands: string[] = [];
  const takesValue = (letter: string): boolean => rules.short[rules.short.indexOf(letter) + 1] === ':';
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (arg === '--') {
      operands.push(...args.slice(at + 1));
      break;
    }
    if (arg.startsWith('--')) {
      const [, name = '', , inline] = /^--([^=]+)(=([^]*))?$/.exec(arg) ?? [];
      const target = rules.long?.[name] ?? rules.long?.[`${name}=`];
      if (target === undefined) throw new UsageFailure(`unrecognized option: ${name}`);
      if (rules.long?.[name] !== undefined) found.push([target, '']);
      else {
        const value = inline ?? args[++at];
        if (value === undefined) throw new UsageFailure(`option requires an argument: ${name}`);
        found.push([target, value]);
      }
    } else if (/^-./.test(arg)) {
      for (let letterAt = 1; letterAt < arg.length; letterAt++) {
        const letter = arg[letterAt] ?? '';
        if (letter === ':' || !rules.short.includes(letter))
          throw new UsageFailure(`unrecognized option: ${letter}`);
        if (!takesValue(letter)) {
          found.push([letter, '']);
          continue;
        }
        const value = letterAt + 1 < arg.length ? arg.slice(letterAt + 1) : args[++at];
        if (value === undefined) throw new UsageFailure(`option requires an argument: ${letter}`);
        found.push([letter, value]);
        break;
      }
    } else {
      if (rules.stopAtOperand === true) {
        operands.push(...args.slice(at));
        break;
      }
      operands.push(arg);
    }
  }
  return {
    has: (name) => found.some(([each]) => each === name),
    value: (name) => found.findLast(([each]) => each === name)?.[1],
    values: (name) => found.filter(([each]) => each === name).map(([, value]) => value),
    operands,
  };
}

/**
 * Makes a program of a function: a wrong command line and a failing file become a message on stderr and a status,
 * so that the function need only throw.
 */
export function program(
  name: string,
  run: (context: ProcessContext, args: string[]) => Promise<number>,
): Program {
  return async (context) => {
    try {
      return await run(context, context.argv.slice(1));
    } catch (error) {
      if (!(error instanceof UsageFailure) && !(error instanceof FileError)) throw error;
      await context.stderr.write(`${name}: ${error.message}\n`);
      return error instanceof UsageFailure ? error.status : 1;
    }
  };
}

/** Whether the tools of the container are busybox's, not those of coreutils: they word things differently. */
export function isBusybox(context: ProcessContext): boolean {
  return context.fs.exists('/bin/busybox');
}

/** Opens an operand for reading; `-` is standard input. @throws FileError */
export function openInput(context: ProcessContext, name: string): ByteSource {
  if (name === '-' || name === '/dev/stdin') return context.stdin;
  return openSource(context.fs, resolvePath(context.cwd, name));
}

/**
 * Runs `use` for each input in turn (standard input when there are none). One that cannot be opened is complained of
 * and makes the status 1.
 */
export async function eachInput(
  context: ProcessContext,
  tool: string,
  names: readonly string[],
  use: (source: ByteSource, name: string) => Promise<void>,
  describe: (name: string, error: FileError) => string = (name, error) =>
    isBusybox(context)
      ? `can't open '${name}': ${error.message}`
      : `${['head', 'tail'].includes(tool) ? `cannot open '${name}' for reading` : name}: ${error.message}`,
): Promise<number> {
  let status = 0;
  for (const name of names.length === 0 ? ['-'] : names) {
    try {
      await use(openInput(context, name), name);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      // A directory opens and fails at the first read.
      await context.stderr.write(
        error.code === 'EISDIR'
          ? `${tool}: ${isBusybox(context) ? 'read error' : name}: ${error.message}\n`
          : `${tool}: ${describe(name, error)}\n`,
      );
      status = 1;
    }
  }
  return status;
}

/** The lines of a stream as they arrive, without their newlines. */
export async function* lines(source: ByteSource): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for (let chunk = await source.read(); chunk !== undefined; chunk = await source.read()) {
    rest += decoder.decode(chunk, { stream: true });
    let start = 0;
    for (let end = rest.indexOf('\n'); end !== -1; end = rest.indexOf('\n', start)) {
      yield rest.slice(start, end);
      start = end + 1;
    }
    rest = rest.slice(start);
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}

/** A duration as sleep(1) and timeout(1) take it, in milliseconds; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text);
  if (match === null) return undefined;
  const factor = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 }[match[2] as '' | 's' | 'm' | 'h' | 'd'];
  return Number(match[1]) * factor * 1000;
}

/** Resolves at the end of the process at the latest: for programs that only wait to be ended. */
export function untilEnded(context: ProcessContext): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(context.ended.reason as Error);
    if (context.ended.aborted) end();
    else context.ended.addEventListener('abort', end, { once: true });
  });
}

/** An error's code, as system calls give it. */
export function errorCode(error: unknown): string | undefined {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
