import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What the stand-ins for `docker`, `kind` and `k3d` work on: a folder that the environment variable
 * `SWITCHYARD_PROGRAMS` names. A test writes the scenario and reads what was done; the stand-ins keep what a real
 * engine would keep.
 */
export const FOLDER_VARIABLE = 'SWITCHYARD_PROGRAMS';

/** How a command goes, other than well. The first rule whose words the command line begins with is taken. */
export interface Rule {
  /** `kind create cluster`, `docker pull`. */
  on: string;
  /** The recording to replay; the command's own success when left out. */
  replay?: string;
  /** Milliseconds between lines. Default 0. `recorded`: as it was. */
  pace?: number | 'recorded';
  /** Stop before the first line that contains this; at the end when left out. */
  until?: string;
  /** What happens then. `hang`: it never ends, nor does what it has started. `die`: it kills itself. */
  then?: 'hang' | 'die';
  /** Bytes without meaning in place of words; the exit status goes with it. */
  garbage?: number;
  /** So many times only. */
  times?: number;
}

export interface StandInContainer {
  id: string;
  name: string;
  labels: Record<string, string>;
  status: 'running' | 'exited' | 'paused';
  /** ISO 8601. */
  createdAt: string;
}

/** What a container engine remembers. */
export interface EngineState {
  /** References of the images in its store. */
  images: string[];
  containers: StandInContainer[];
}

/** One run of a stand-in. */
export interface Call {
  line: string;
  env: Record<string, string>;
  pid: number;
}

export class ProgramFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  get rules(): Rule[] {
    return (this.#read('rules.json') as Rule[] | undefined) ?? [];
  }

  set rules(rules: readonly Rule[]) {
    this.#write('rules.json', rules);
  }

  get state(): EngineState {
    return (this.#read('state.json') as EngineState | undefined) ?? { images: [], containers: [] };
  }

  /** Reads, changes and writes what the engine remembers. */
  change(change: (state: EngineState) => void): void {
    const { state } = this;
    change(state);
    this.#write('state.json', state);
  }

  /** The engine is not running while this file is there. */
  get engineStopped(): boolean {
    return existsSync(join(this.path, 'engine-stopped'));
  }

  /** The kubeconfig of the cluster that `kind` and `k3d` pretend to make. */
  get kubeconfig(): string {
    return readFileSync(join(this.path, 'kubeconfig'), 'utf8');
  }

  get calls(): Call[] {
    const file = join(this.path, 'calls.jsonl');
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    return lines.map((line) => JSON.parse(line) as Call);
  }

  note(call: Call): void {
    appendFileSync(join(this.path, 'calls.jsonl'), `${JSON.stringify(call)}\n`);
  }

  /** Processes that were started and never end by themselves. */
  get hanging(): number[] {
    return (this.#read('hanging.json') as number[] | undefined) ?? [];
  }

  noteHanging(pids: readonly number[]): void {
    this.#write('hanging.json', [...this.hanging, ...pids]);
  }

  /** How often a rule has been followed. */
  countUse(rule: Rule): number {
    const uses = (this.#read('uses.json') as Record<string, number> | undefined) ?? {};
    const key = JSON.stringify(rule);
    uses[key] = (uses[key] ?? 0) + 1;
    this.#write('uses.json', uses);
    return uses[key];
  }

  #read(name: string): unknown {
    const file = join(this.path, name);
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  }

  #write(name: string, value: unknown): void {
    const file = join(this.path, name);
    const own = `${file}.${process.pid}`;
    writeFileSync(own, JSON.stringify(value));
    renameSync(own, file);
  }
}
