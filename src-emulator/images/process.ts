import type { Clock } from '../clock.ts';
import type { NetworkStack, ResolveHost } from '../network/types.ts';
import { BrokenPipe } from '../streams.ts';
import { ProcessInput, ProcessOutput, SharedSink, SharedSource } from './descriptors.ts';
import type { ContainerFileSystem } from './container-file-system.ts';
import { findProgram } from './find-program.ts';
import { processClock, processNetwork } from './process-resources.ts';
import type { Terminal } from './terminal.ts';
import type {
  ExitStatus,
  Process,
  ProcessContext,
  ProcessEntry,
  Signal,
  SpawnOptions,
  TerminalHandle,
} from './types.ts';

const SIGNAL_NUMBERS: Record<Signal, number> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGKILL: 9,
  SIGPIPE: 13,
  SIGTERM: 15,
};

/** Signals by number, as `kill -9` names them. */
export const SIGNALS: readonly (readonly [Signal, number])[] = Object.entries(SIGNAL_NUMBERS) as [
  Signal,
  number,
][];

/** Thrown into a program whose process has ended, wherever it waits. */
class ProcessEnded extends Error {
  override readonly name = 'ProcessEnded';
}

/** A program that may know how processes are made: the shell. Every {@link Program} is one. */
type ContainerProgram = (context: ContainerContext) => Promise<number>;

/** What the processes of one container share. */
export interface ProcessWorld {
  readonly fs: ContainerFileSystem;
  readonly network: NetworkStack;
  readonly resolve: ResolveHost;
  readonly clock: Clock;
  readonly hostname: string;
  /** Every running process by pid. */
  readonly table: Map<number, ContainerProcess>;
  nextPid(): number;
  /** Called once for each process that has ended. */
  onExit(process: ContainerProcess): void;
}

export interface ProcessStart {
  argv: readonly string[];
  /** Puts the environment together for who looks: each pod of a namespace with many Services has hundreds of variables. */
  environment: () => Record<string, string>;
  cwd: string;
  stdin: SharedSource;
  stdout: SharedSink;
  stderr: SharedSink;
  terminal: Terminal | undefined;
  background: boolean;
  parentPid: number;
}

/** A process of a container. */
export class ContainerProcess implements Process, ProcessEntry {
  readonly pid: number;
  readonly parentPid: number;
  readonly startedMs: number;
  readonly exit: Promise<ExitStatus>;
  readonly terminal: Terminal | undefined;
  readonly background: boolean;
  readonly world: ProcessWorld;
  argv: readonly string[];
  environment: () => Record<string, string>;
  readonly #handlers = new Map<Signal, Set<() => void>>();
  readonly #controller = new AbortController();
  readonly #descriptors: (ProcessInput | ProcessOutput)[] = [];
  #finished = false;
  #resolveExit: (status: ExitStatus) => void = () => undefined;

  constructor(world: ProcessWorld, program: ContainerProgram, start: ProcessStart) {
    this.world = world;
    this.pid = world.nextPid();
    this.parentPid = start.parentPid;
    this.startedMs = world.clock.now();
    this.argv = start.argv;
    this.environment = start.environment;
    this.terminal = start.terminal;
    this.background = start.background;
    this.exit = new Promise((resolve) => (this.#resolveExit = resolve));
    world.table.set(this.pid, this);
    void this.#run(program, this.context(start));
  }

  get env(): Record<string, string> {
    return this.environment();
  }

  get ended(): AbortSignal {
    return this.#controller.signal;
  }

  signal(signal: Signal): void {
    if (this.#finished) return;
    const handlers = this.#handlers.get(signal);
    if (signal !== 'SIGKILL') {
      if (handlers !== undefined && handlers.size > 0) {
        for (const handler of [...handlers]) handler();
        return;
      }
      if (this.pid === 1) return;
    }
    this.#finish({ code: 128 + SIGNAL_NUMBERS[signal], signal });
  }

  onSignal(signal: Signal, handler: () => void): Disposable {
    let handlers = this.#handlers.get(signal);
    if (handlers === undefined) this.#handlers.set(signal, (handlers = new Set()));
    const set = handlers;
    set.add(handler);
    return { [Symbol.dispose]: () => set.delete(handler) };
  }

  /** Forgets the handlers, as exec(2) does. */
  resetSignals(): void {
    this.#handlers.clear();
  }

  /** A context for the program that this process runs now. */
  context(
    start: Pick<ProcessStart, 'argv' | 'environment' | 'cwd' | 'stdin' | 'stdout' | 'stderr'>,
  ): ContainerContext {
    const stdin = new ProcessInput(start.stdin, this.ended);
    const stdout = new ProcessOutput(start.stdout, this.ended);
    const stderr = new ProcessOutput(start.stderr, this.ended);
    this.#descriptors.push(stdin, stdout, stderr);
    return new ContainerContext(this, start, { stdin, stdout, stderr });
  }

  async #run(program: ContainerProgram, context: ContainerContext): Promise<void> {
    // One turn later, so that whoever starts a process knows it before it does anything.
    await Promise.resolve();
    try {
      const code = await program(context);
      this.#finish({ code: code & 0xff });
    } catch (error) {
      if (this.#finished) return;
      if (error instanceof BrokenPipe) {
        this.#finish({ code: 128 + SIGNAL_NUMBERS.SIGPIPE, signal: 'SIGPIPE' });
        return;
      }
      const message = error instanceof Error ? error.message : String(error);
      await context.stderr.write(`${this.argv[0] ?? ''}: ${message}\n`).catch(() => undefined);
      this.#finish({ code: 1 });
    }
  }

  #finish(status: ExitStatus): void {
    if (this.#finished) return;
    this.#finished = true;
    this.world.table.delete(this.pid);
    this.#controller.abort(new ProcessEnded('process ended'));
    for (const descriptor of this.#descriptors) {
      if (descriptor instanceof ProcessInput) descriptor.cancel();
      else descriptor.end();
    }
    this.world.onExit(this);
    this.#resolveExit(status);
  }
}

/** What a program of a container sees. Made by the runtime only. */
export class ContainerContext implements ProcessContext {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly stdin: ProcessInput;
  readonly stdout: ProcessOutput;
  readonly stderr: ProcessOutput;
  readonly clock: Clock;
  readonly network: NetworkStack;
  readonly resolve: ResolveHost;
  readonly #process: ContainerProcess;
  readonly #environment: () => Record<string, string>;

  constructor(
    process: ContainerProcess,
    start: Pick<ProcessStart, 'argv' | 'environment' | 'cwd'>,
    streams: { stdin: ProcessInput; stdout: ProcessOutput; stderr: ProcessOutput },
  ) {
    const { world, ended } = process;
    this.#process = process;
    this.argv = start.argv;
    this.#environment = start.environment;
    this.cwd = start.cwd;
    this.stdin = streams.stdin;
    this.stdout = streams.stdout;
    this.stderr = streams.stderr;
    this.clock = processClock(world.clock, ended);
    this.network = processNetwork(world.network, ended);
    this.resolve = (name, signal) =>
      world.resolve(name, signal === undefined ? ended : AbortSignal.any([ended, signal]));
  }

  get pid(): number {
    return this.#process.pid;
  }

  get env(): Record<string, string> {
    return this.#environment();
  }

  get hostname(): string {
    return this.#process.world.hostname;
  }

  get fs(): ContainerFileSystem {
    return this.#process.world.fs;
  }

  get terminal(): TerminalHandle | undefined {
    return this.#process.terminal;
  }

  get ended(): AbortSignal {
    return this.#process.ended;
  }

  /** Whether the descriptor is the terminal, as isatty(3) tells. */
  isTerminal(descriptor: 0 | 1 | 2): boolean {
    const terminal = this.#process.terminal;
    if (terminal === undefined) return false;
    if (descriptor === 0) return this.stdin.shared === terminal.input;
    return (descriptor === 1 ? this.stdout : this.stderr).shared === terminal.output;
  }

  onSignal(signal: Signal, handler: () => void): Disposable {
    return this.#process.onSignal(signal, handler);
  }

  spawn(argv: readonly string[], options: SpawnOptions = {}): Process {
    const found = findProgram(this.fs, argv, options.env ?? this.env, options.cwd ?? this.cwd);
    return this.fork(found.program, found.argv, options);
  }

  /** Starts a program for which `folder` is the root of all files. Rejects as {@link spawn} does. */
  spawnIn(folder: string, argv: readonly string[]): Process {
    const fs = this.fs.rootedAt(folder);
    const found = findProgram(fs, argv, this.env, '/');
    return this.#launch({ ...this.#process.world, fs }, found.program, found.argv, { cwd: '/' });
  }

  fork(program: ContainerProgram, argv: readonly string[], options: SpawnOptions = {}): Process {
    return this.#launch(this.#process.world, program, argv, options);
  }

  #launch(
    world: ProcessWorld,
    program: ContainerProgram,
    argv: readonly string[],
    options: SpawnOptions,
  ): Process {
    this.ended.throwIfAborted();
    return new ContainerProcess(world, program, {
      ...this.#start(argv, options),
      terminal: this.#process.terminal,
      background: options.background ?? this.#process.background,
      parentPid: this.pid,
    });
  }

  async exec(argv: readonly string[], options: SpawnOptions = {}): Promise<number> {
    const start = this.#start(argv, options);
    const found = findProgram(this.fs, argv, start.environment(), start.cwd);
    this.#process.argv = found.argv;
    this.#process.environment = start.environment;
    this.#process.resetSignals();
    const context = this.#process.context({ ...start, argv: found.argv });
    this.stdin.cancel();
    this.stdout.end();
    this.stderr.end();
    return found.program(context);
  }

  processes(): ProcessEntry[] {
    return [...this.#process.world.table.values()];
  }

  #start(
    argv: readonly string[],
    options: SpawnOptions,
  ): Omit<ProcessStart, 'terminal' | 'background' | 'parentPid'> {
    const env = { ...(options.env ?? this.env) };
    return {
      argv,
      environment: () => env,
      cwd: options.cwd ?? this.cwd,
      stdin: options.stdin === undefined ? this.stdin.shared : sharedSource(options.stdin),
      stdout: options.stdout === undefined ? this.stdout.shared : sharedSink(options.stdout),
      stderr: options.stderr === undefined ? this.stderr.shared : sharedSink(options.stderr),
    };
  }
}

function sharedSource(source: SpawnOptions['stdin'] & object): SharedSource {
  return source instanceof ProcessInput ? source.shared : SharedSource.of(source);
}

function sharedSink(sink: SpawnOptions['stdout'] & object): SharedSink {
  return sink instanceof ProcessOutput ? sink.shared : SharedSink.of(sink);
}

/** Whether a descriptor of the process is its terminal. */
export function isTerminal(context: ProcessContext, descriptor: 0 | 1 | 2): boolean {
  return context instanceof ContainerContext && context.isTerminal(descriptor);
}
