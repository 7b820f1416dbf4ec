import { readRecording } from '../../src-main/providers/testing/recording.ts';
import { FOLDER_VARIABLE, ProgramFolder, type Rule } from './scenario.ts';

/** One run of a stand-in: what it was asked, and how the scenario wants it to go. */
export class Run {
  readonly folder: ProgramFolder;
  readonly program: string;
  readonly args: readonly string[];
  readonly #rule: Rule | undefined;

  constructor(program: string, args: readonly string[]) {
    const path = process.env[FOLDER_VARIABLE];
    if (path === undefined) throw new Error(`${FOLDER_VARIABLE} does not name a folder`);
    this.folder = new ProgramFolder(path);
    this.program = program;
    this.args = args;
    const line = [program, ...args].join(' ');
    const env = Object.fromEntries(
      ['KIND_EXPERIMENTAL_PROVIDER', 'KUBECONFIG', 'LOG_COLORS', 'LOG_LEVEL'].flatMap((name) => {
        const value = process.env[name];
        return value === undefined ? [] : [[name, value]];
      }),
    );
    this.folder.note({ line, env, pid: process.pid });
    this.#rule = this.folder.rules.find(
      (rule) => line.startsWith(rule.on) && this.folder.countUse(rule) <= (rule.times ?? Infinity),
    );
  }

  /** What follows an option. */
  option(name: string): string {
    return this.args[this.args.indexOf(name) + 1] ?? '';
  }

  /** What stands behind the last option and its value. */
  rest(...optionsWithValue: string[]): string[] {
    return this.args.filter(
      (word, index) => !word.startsWith('--') && !optionsWithValue.includes(this.args[index - 1] ?? ''),
    );
  }

  /**
   * Prints a recording, the scenario's or else this one, and ends as it ended.
   * @param onLine does what the line says
   * @param words puts the run's own words in place of those of the recording
   */
  async replay(
    name: string,
    { onLine = () => undefined, words = (text) => text }: ReplayOptions = {},
  ): Promise<number> {
    const { replay = name, pace = 0, until, then, garbage } = this.#rule ?? {};
    if (garbage !== undefined) return await printGarbage(garbage);
    const recording = readRecording(replay);
    let before = 0;
    for (const { at, from, text } of recording.lines) {
      if (until !== undefined && text.includes(until)) break;
      const pause = pace === 'recorded' ? at - before : pace;
      before = at;
      if (pause > 0) await sleep(pause);
      await print(from, `${words(text)}\n`);
      onLine(text);
    }
    if (then === 'hang') await this.#hang();
    if (then === 'die') await die('SIGKILL');
    if (typeof recording.end === 'string') await die(recording.end);
    return typeof recording.end === 'number' ? recording.end : 1;
  }

  /** As {@link replay}, for what is put together in place of being recorded. */
  async answer(output: string | Buffer, { status = 0, complaint = '' } = {}): Promise<number> {
    const { replay, then, garbage } = this.#rule ?? {};
    if (replay !== undefined || garbage !== undefined || then !== undefined)
      return await this.replay(replay ?? 'docker/ps-none');
    await print('out', output);
    if (complaint !== '') await print('err', complaint);
    return status;
  }

  /** As programs hang that wait for a child of their own; a signal to both ends the child first. */
  async #hang(): Promise<void> {
    const { spawn } = await import('node:child_process');
    const child = spawn('/bin/sleep', ['600'], { stdio: 'inherit' });
    this.folder.noteHanging([process.pid, child.pid ?? 0]);
    process.on('SIGTERM', () => undefined);
    child.once('exit', () => process.exit(143));
    await sleep(600_000);
  }
}

interface ReplayOptions {
  onLine?: (text: string) => void;
  words?: (text: string) => string;
}

function print(from: 'out' | 'err', text: string | Buffer): Promise<void> {
  const stream = from === 'out' ? process.stdout : process.stderr;
  return new Promise((resolve) => stream.write(text, () => resolve()));
}

async function printGarbage(status: number): Promise<number> {
  const { randomBytes } = await import('node:crypto');
  await print('out', randomBytes(4000));
  await print('err', Buffer.concat([randomBytes(4000), Buffer.from('\n{"half": [\n\u001b]0;title\u0007')]));
  return status;
}

async function die(signal: NodeJS.Signals): Promise<void> {
  process.kill(process.pid, signal);
  await sleep(10_000);
}

// A stand-in is started a dozen times for each cluster: it loads nothing that it does not need.
function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
