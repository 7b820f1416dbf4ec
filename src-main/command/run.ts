import { execa, type Options } from 'execa';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandLine, type Command, type CommandRunner, type RunOptions } from './command.ts';
import { cancelledError, deadlineError, missingError, notStartableError } from './errors.ts';

/** How long a program has to end in good order before it is ended by force. */
const GRACE_MS = 3000;

/**
 * The one place that starts programs. Neither kind nor k3d nor the engines' command lines pass a signal on to
 * what they have started: each gets a process group of its own, and the group is ended as a whole.
 */
export const runCommand: CommandRunner = async (command, options) => {
  const { signal, log, deadlineMs } = options;
  if (signal?.aborted === true) throw cancelledError();
  log?.add(`$ ${commandLine(command)}`);
  const child = execa(command.program, command.args, spawnOptions(command, options));
  if (child.pid !== undefined) options.onStart?.(child.pid);
  const ending = new Ending(child.pid);
  const cancel = (): void => ending.begin('cancel');
  signal?.addEventListener('abort', cancel, { once: true });
  const timer = setTimeout(() => ending.begin('deadline'), deadlineMs);
  const broken = watchInput(options.stdin, ending);
  try {
    const [result] = await Promise.all([child, drain(child, options.stdout, ending)]);
    if (ending.reason === 'source') throw broken();
    if (ending.reason === 'cancel') throw cancelledError();
    if (ending.reason === 'deadline') throw deadlineError(command, deadlineMs);
    const { exitCode, stdout, stderr, code } = result;
    if (code === 'ENOENT') throw missingError(command, result);
    if (exitCode === undefined && result.signal === undefined) throw notStartableError(command, result);
    return { exitCode, stdout: textOf(stdout), stderr: textOf(stderr) };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
    await ending.done;
  }
};

function spawnOptions(command: Command, { stdin, stdout, onLine, log }: RunOptions) {
  const lines = (from: 'stdout' | 'stderr') =>
    function* (line: unknown): Generator<string, void, void> {
      const text = String(line);
      log?.add(text);
      onLine?.(text, from);
      yield text;
    };
  return {
    reject: false,
    detached: process.platform !== 'win32',
    windowsHide: true,
    ...(command.env !== undefined && { env: { ...command.env } }),
    ...inputOf(stdin),
    stdout: stdout === undefined ? lines('stdout') : ('pipe' as const),
    stderr: lines('stderr'),
    buffer: { stdout: stdout === undefined, stderr: true },
    stripFinalNewline: false,
  } satisfies Options;
}

/** A stream without a file of its own has to be piped; alone, it would be handed to the program as it is. */
function inputOf(stdin: RunOptions['stdin']) {
  if (typeof stdin === 'string') return { input: stdin };
  return { stdin: stdin === undefined ? ('ignore' as const) : [stdin, 'pipe' as const] };
}

/** What breaks off is not the end of the input: the program must not take it for that. */
function watchInput(stdin: RunOptions['stdin'], ending: Ending): () => unknown {
  let cause: unknown;
  if (typeof stdin === 'object')
    stdin.once('error', (error) => {
      cause = error;
      ending.begin('source');
    });
  return () => cause;
}

/** Hands standard output on as it is. When it cannot be taken (the disk is full) the program has no use any more. */
async function drain(
  child: { stdout: Readable | null },
  sink: Writable | undefined,
  ending: Ending,
): Promise<void> {
  if (sink === undefined || child.stdout === null) return;
  try {
    await pipeline(child.stdout, sink);
  } catch (error) {
    // A program that is ended closes its output in the middle; that is not the sink's failure.
    if (ending.reason !== undefined) return;
    ending.begin('sink');
    throw error;
  }
}

/** `sink`: nobody takes its output any more. `source`: its input broke off. */
type EndReason = 'cancel' | 'deadline' | 'sink' | 'source';

/** Ends a process group that an earlier run of the app has left behind. */
export function endProcessGroup(pid: number): Promise<void> {
  const ending = new Ending(pid);
  ending.begin('cancel');
  return ending.done;
}

/** Ends a program with everything that it started: asked first, then by force. */
class Ending {
  reason: EndReason | undefined;
  done: Promise<void> = Promise.resolve();
  readonly #pid: number | undefined;

  constructor(pid: number | undefined) {
    this.#pid = pid;
  }

  begin(reason: EndReason): void {
    if (this.reason !== undefined) return;
    this.reason = reason;
    this.done = this.#end();
  }

  async #end(): Promise<void> {
    if (this.#pid === undefined) return;
    if (process.platform === 'win32') {
      await execa('taskkill', ['/pid', String(this.#pid), '/T', '/F'], { reject: false });
      return;
    }
    const pid = this.#pid;
    const byForce = (): void => void signalGroup(pid, 'SIGKILL');
    // Whoever does not wait for it (a question that got no answer) must not leave it behind either.
    process.once('exit', byForce);
    signalGroup(pid, 'SIGTERM');
    for (let waited = 0; waited < GRACE_MS && signalGroup(pid, 0); waited += 50) await sleep(50);
    byForce();
    process.off('exit', byForce);
  }
}

/** False when nothing of the group is left. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

function textOf(output: unknown): string {
  return typeof output === 'string' ? output : '';
}
