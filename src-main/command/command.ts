import type { Readable, Writable } from 'node:stream';
import type { CommandLog } from './log.ts';

/** A program to run, as data: built by pure functions, executed in one place (`run.ts`). */
export interface Command {
  program: string;
  args: readonly string[];
  /** Added to the environment of this process. */
  env?: Readonly<Record<string, string>>;
}

export interface RunOptions {
  /** Milliseconds; what still runs then is ended, with everything that it started. */
  deadlineMs: number;
  /** Ends it, with everything that it started. */
  signal?: AbortSignal | undefined;
  stdin?: string | Readable;
  /** Takes standard output as it is (an archive, say) in place of {@link CommandResult.stdout}. */
  stdout?: Writable;
  /** Told of each line as it is printed. */
  onLine?: (line: string, from: 'stdout' | 'stderr') => void;
  /** Told of the process, which is also the id of its process group (not on Windows). */
  onStart?: (pid: number) => void;
  /** Keeps the command and every line of its output. */
  log?: CommandLog | undefined;
}

export interface CommandResult {
  /** Undefined when a signal ended it. */
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
}

/**
 * Runs commands. Resolves however the program ends by itself; {@link CommandError} when it cannot be started,
 * does not end in time, or is given up.
 */
export type CommandRunner = (command: Command, options: RunOptions) => Promise<CommandResult>;

/** A command line as a person would type it in a POSIX shell: for logs and for evidence. */
export function commandLine({ program, args }: Command): string {
  return [program, ...args].map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
