import { SharedSink, type SharedSource, untilAborted } from '../descriptors.ts';
import { createPipe, readAll } from '../pipe.ts';
import type { ContainerContext } from '../process.ts';
import { type ExitStatus, FileError, type Process } from '../types.ts';
import { BrokenPipe } from '../../streams.ts';
import { builtins } from './builtins.ts';
import { runCompound } from './compound.ts';
import { describeSyntaxError, type Dialect, messagePrefix, type ShellPlace } from './dialect.ts';
import { ExpansionFailure, type ExpansionScope } from './expansion.ts';
import { BreakLoop, ContinueLoop, ExitShell, Interrupted, ReturnFromFunction } from './flow.ts';
import { Parser } from './parser.ts';
import { runPipeline, startBackground } from './pipeline.ts';
import { DescriptorTable, withRedirects } from './redirections.ts';
import { runProgram, runSimple } from './simple-command.ts';
import { type Command, type List, SyntaxFailure } from './syntax-tree.ts';
import { timed } from './timed.ts';
import { Variables } from './variables.ts';

export interface ShellOptions {
  errexit: boolean;
  xtrace: boolean;
  nounset: boolean;
  pipefail: boolean;
}

export interface Job {
  process: Process;
  status: ExitStatus | undefined;
  /** What `jobs` shows. */
  command: string;
}

/** After so many commands a shell lets others run: `while true; do :; done` must not hold up the emulator. */
const COMMANDS_PER_TURN = 32;

/** A shell: its state, and the walk over the syntax tree. */
export class Shell implements ExpansionScope {
  readonly context: ContainerContext;
  readonly dialect: Dialect;
  readonly variables: Variables;
  readonly functions: Map<string, Command>;
  readonly options: ShellOptions;
  readonly jobs: Job[] = [];
  /** Commands to run at a signal or at the end (`EXIT`), by the signal's name without SIG. */
  readonly traps: Map<string, string>;
  /** Signals that have come and whose traps are still to run. */
  readonly pendingTraps: string[] = [];
  readonly interactive: boolean;
  /** The lines entered at the terminal, oldest first. */
  readonly history: string[];
  /** `$0`, and what its messages start with. */
  name: string;
  /** The line of the script that is being run, and whether that is a file. */
  line = 1;
  isScript = false;
  positional: string[];
  cwd: string;
  descriptors: DescriptorTable;
  lastStatus = 0;
  lastBackground: number | undefined;
  /** The process number that `$$` gives: that of the outermost shell. */
  readonly shellPid: number;
  /** Above 0 where a failure is being looked at, so that `set -e` leaves it alone. */
  #guarded = 0;
  #commands = 0;
  #functionDepth = 0;
  #interrupted = false;

  constructor(
    context: ContainerContext,
    dialect: Dialect,
    name: string,
    positional: string[],
    parent?: Shell,
    interactive = false,
  ) {
    this.context = context;
    this.dialect = dialect;
    this.name = name;
    this.positional = positional;
    this.interactive = interactive;
    this.history = parent?.history ?? [];
    this.cwd = parent?.cwd ?? context.cwd;
    this.variables = parent === undefined ? new Variables(context.env) : parent.variables.clone();
    this.functions = new Map(parent?.functions);
    this.options = { errexit: false, xtrace: false, nounset: false, pipefail: false, ...parent?.options };
    this.traps = new Map();
    this.shellPid = parent?.shellPid ?? context.pid;
    this.lastStatus = parent?.lastStatus ?? 0;
    this.lastBackground = parent?.lastBackground;
    this.line = parent?.line ?? 1;
    this.isScript = parent?.isScript ?? false;
    this.descriptors = new DescriptorTable([
      [0, context.stdin.shared],
      [1, context.stdout.shared],
      [2, context.stderr.shared],
      ...(parent?.descriptors.inherited() ?? []),
    ]);
    if (parent === undefined) this.variables.set('PWD', this.cwd);
    if (parent === undefined && dialect === 'bash') this.variables.set('BASH_VERSION', '5.2.37(1)-release');
  }

  get fs(): ContainerContext['fs'] {
    return this.context.fs;
  }

  get braces(): boolean {
    return this.dialect === 'bash';
  }

  get nounset(): boolean {
    return this.options.nounset;
  }

  get inFunction(): boolean {
    return this.#functionDepth > 0;
  }

  async out(text: string | Uint8Array): Promise<void> {
    await this.descriptors.sink(1).write(text);
  }

  /** Prints a message of the shell itself: `sh: …`. */
  async complain(message: string): Promise<void> {
    await this.descriptors
      .sink(2)
      .write(`${messagePrefix(this)}${message}\n`)
      .catch(() => undefined);
  }

  get source(): ShellPlace['source'] {
    if (this.interactive) return 'prompt';
    return this.isScript ? 'script' : 'string';
  }

  parameter(name: string): string | undefined {
    switch (name) {
      case '?':
        return String(this.lastStatus);
      case '$':
        return String(this.shellPid);
      case '#':
        return String(this.positional.length);
      case '!':
        return this.lastBackground === undefined ? '' : String(this.lastBackground);
      case '-':
        return `${this.options.errexit ? 'e' : ''}${this.interactive ? 'i' : ''}`;
      case '0':
        return this.name;
      case 'RANDOM':
        return String(Math.floor(Math.random() * 32_768));
      default:
        return /^\d+$/.test(name) ? this.positional[Number(name) - 1] : this.variables.get(name);
    }
  }

  assign(name: string, value: string): void {
    this.variables.set(name, value);
  }

  /** Tells the shell of a Ctrl+C: what it does now is given up at the next command. */
  interrupt(): void {
    this.#interrupted = true;
  }

  async substitute(script: string): Promise<string> {
    const pipe = createPipe();
    const process = this.fork((shell) => shell.runScript(script), { stdout: new SharedSink(pipe.sink) });
    const output = await untilAborted(readAll(pipe.source), this.context.ended);
    this.lastStatus = await this.waitFor(process);
    return new TextDecoder().decode(output);
  }

  /** Runs a whole script, line by line. Resolves with its exit code. */
  async runScript(script: string): Promise<number> {
    try {
      const parser = new Parser(script, this.dialect);
      const next = (): List | undefined => {
        try {
          return parser.next();
        } finally {
          this.line = parser.line;
        }
      };
      for (let list = next(); list !== undefined; list = next()) await this.execute(list);
    } catch (error) {
      const status = await this.handleFailure(error);
      if (status === undefined) throw error;
      this.lastStatus = status;
    }
    return this.lastStatus;
  }

  /** The status that an error of a script stands for, printed if need be; undefined when it is none of the script's. */
  async handleFailure(error: unknown): Promise<number | undefined> {
    if (error instanceof ExitShell) return error.status;
    if (error instanceof ReturnFromFunction) return error.status;
    if (error instanceof BreakLoop || error instanceof ContinueLoop) return 0;
    if (error instanceof Interrupted) return 130;
    if (error instanceof SyntaxFailure) {
      await this.complain(describeSyntaxError(this.dialect, error.message));
      return 2;
    }
    if (error instanceof BrokenPipe || this.context.ended.aborted) return undefined;
    if (error instanceof Error) {
      await this.complain(error.message);
      return error instanceof ExpansionFailure && !this.interactive ? 2 : error instanceof FileError ? 1 : 2;
    }
    return undefined;
  }

  async execute(command: Command): Promise<number> {
    if (++this.#commands % COMMANDS_PER_TURN === 0)
      await new Promise<void>((resolve) => setImmediate(resolve));
    this.context.ended.throwIfAborted();
    if (this.pendingTraps.length > 0) await this.#runTraps();
    if (this.#interrupted) {
      this.#interrupted = false;
      throw new Interrupted();
    }
    switch (command.type) {
      case 'list':
        for (const item of command.items) {
          if (item.background) startBackground(this, item.command);
          else await this.execute(item.command);
        }
        return this.lastStatus;
      case 'and-or': {
        const left = await this.guard(() => this.execute(command.left));
        return (left === 0) === (command.operator === '&&') ? this.execute(command.right) : left;
      }
      case 'pipeline':
        return runPipeline(this, command.commands, command.negated);
      case 'function':
        this.functions.set(command.name, command.body);
        return (this.lastStatus = 0);
      case 'simple':
        return this.checked(await runSimple(this, command));
      default:
        return withRedirects(this, command.redirects, () => runCompound(this, command));
    }
  }

  /** Waits for a child; a Ctrl+C that ended it also ends what the shell was at. */
  async waitFor(process: Process): Promise<number> {
    const status = await untilAborted(process.exit, this.context.ended);
    if (status.signal === 'SIGINT' && this.interactive) {
      this.#interrupted = false;
      throw new Interrupted();
    }
    if (status.signal === 'SIGTERM' || status.signal === 'SIGKILL')
      await this.descriptors
        .sink(2)
        .write(status.signal === 'SIGTERM' ? 'Terminated\n' : 'Killed\n')
        .catch(() => undefined);
    this.#interrupted = false;
    return status.code;
  }

  /** Runs a command line that has been expanded already: function, builtin or program. */
  async run(argv: readonly string[], env: Record<string, string>, useFunctions = true): Promise<number> {
    const [name = ''] = argv;
    const body = useFunctions ? this.functions.get(name) : undefined;
    if (body !== undefined) return this.#callFunction(body, argv.slice(1), env);
    // A word of bash's grammar; other shells have a program of that name or none.
    if (name === 'time' && this.dialect === 'bash') return timed(this, argv.slice(1), env);
    // dash has no `[[`, and bash reads it as grammar.
    const builtin = name === '[[' && this.dialect === 'dash' ? undefined : builtins[name];
    if (builtin !== undefined) {
      const restore = this.variables.assignTemporarily(env);
      try {
        return await builtin(this, argv.slice(1));
      } finally {
        restore();
      }
    }
    return runProgram(this, argv, env);
  }

  /** Runs a script as part of this shell (`eval`). */
  async evaluate(script: string): Promise<number> {
    const parser = new Parser(script, this.dialect);
    let status = 0;
    for (let list = parser.next(); list !== undefined; list = parser.next())
      status = await this.execute(list);
    return status;
  }

  /** Runs what `trap … EXIT` asked for. */
  async runExitTrap(): Promise<void> {
    const action = this.traps.get('EXIT');
    this.traps.delete('EXIT');
    if (action !== undefined) await this.runScript(action);
  }

  async #runTraps(): Promise<void> {
    for (let name = this.pendingTraps.shift(); name !== undefined; name = this.pendingTraps.shift()) {
      const status = this.lastStatus;
      await this.evaluate(this.traps.get(name) ?? '');
      this.lastStatus = status;
    }
  }

  /** Runs what may fail without ending the shell under `set -e`: a condition. */
  async guard<T>(action: () => Promise<T>): Promise<T> {
    this.#guarded++;
    try {
      return await action();
    } finally {
      this.#guarded--;
    }
  }

  /** `set -e`: a failure that nobody looks at ends the shell. */
  checked(status: number): number {
    this.lastStatus = status;
    if (status !== 0 && this.options.errexit && this.#guarded === 0) throw new ExitShell(status);
    return status;
  }

  /** A child process that goes on as a copy of this shell. */
  fork(
    action: (shell: Shell) => Promise<number>,
    streams: { stdin?: SharedSource; stdout?: SharedSink; background?: boolean } = {},
  ): Process {
    return this.context.fork(
      async (context) => {
        const shell = new Shell(context, this.dialect, this.name, this.positional, this);
        try {
          return await action(shell);
        } catch (error) {
          const status = await shell.handleFailure(error);
          if (status === undefined) throw error;
          return status;
        }
      },
      this.context.argv,
      { env: this.variables.exported(), cwd: this.cwd, ...this.descriptors.streams(), ...streams },
    );
  }

  async #callFunction(body: Command, args: string[], env: Record<string, string>): Promise<number> {
    const positional = this.positional;
    const restore = this.variables.enterScope(env);
    this.positional = args;
    this.#functionDepth++;
    try {
      return await this.execute(body);
    } catch (error) {
      if (error instanceof ReturnFromFunction) return error.status;
      throw error;
    } finally {
      this.#functionDepth--;
      this.positional = positional;
      restore();
    }
  }
}
