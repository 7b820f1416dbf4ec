import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { RecordedLine, Recording } from '../../src-main/providers/testing/recording.ts';

export interface RunOptions {
  env?: Record<string, string>;
  stdin?: Readable;
  /** Hands standard output on in place of keeping it. */
  stdout?: NodeJS.WritableStream;
  /** Called with each line; what it returns is sent to the program. */
  onLine?: (line: string) => NodeJS.Signals | undefined;
  /** The user and group to run it as. */
  user?: number;
  /** What is kept of standard output. */
  edit?: (output: string) => string;
  about?: string;
  /** Its version, for the reader. */
  program: string;
}

/** Ten minutes: nothing that is recorded takes longer. */
const DEADLINE_MS = 10 * 60_000;

/** Runs a program to its end and keeps every line with its time. */
export async function record(argv: readonly string[], options: RunOptions): Promise<Recording> {
  const [program = '', ...args] = argv;
  const started = performance.now();
  const child = spawn(program, args, {
    env: { ...process.env, ...options.env },
    ...(options.user !== undefined && { uid: options.user, gid: options.user }),
    stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    timeout: DEADLINE_MS,
  });
  if (options.stdin !== undefined && child.stdin !== null) {
    child.stdin.on('error', () => undefined);
    options.stdin.pipe(child.stdin);
  }
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error(`${program}: its output cannot be read`);
  const lines: RecordedLine[] = [];
  const keep = async (stream: Readable, from: RecordedLine['from']): Promise<void> => {
    for await (const text of createInterface({ input: stream })) {
      lines.push({ at: Math.round(performance.now() - started), from, text });
      const signal = options.onLine?.(text);
      if (signal !== undefined) child.kill(signal);
    }
  };
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  if (options.stdout !== undefined) stdout.pipe(options.stdout);
  await Promise.all([options.stdout === undefined ? keep(stdout, 'out') : undefined, keep(stderr, 'err')]);
  const [status, signal] = await ended;
  return {
    command: argv.join(' '),
    program: options.program,
    ...(options.about !== undefined && { about: options.about }),
    end: signal ?? status ?? 0,
    lines: options.edit === undefined ? lines : edited(lines, options.edit),
  };
}

function edited(lines: readonly RecordedLine[], edit: (output: string) => string): RecordedLine[] {
  const output = lines.filter(({ from }) => from === 'out');
  const kept = edit(output.map(({ text }) => `${text}\n`).join(''));
  const at = output.at(-1)?.at ?? 0;
  return [
    ...lines.filter(({ from }) => from === 'err'),
    ...(kept === '' ? [] : kept.replace(/\n$/, '').split('\n')).map((text): RecordedLine => ({
      at,
      from: 'out',
      text,
    })),
  ];
}
