import { createPipe, readAll, sourceOf, toBytes } from '../pipe.ts';
import { SharedSink, SharedSource, untilAborted } from '../descriptors.ts';
import { resolvePath } from '../file-system.ts';
import { findCommandPath } from '../find-program.ts';
import { openSink, openSource } from '../open.ts';
import type { ContainerContext } from '../process.ts';
import { type ExitStatus, FileError, type Process } from '../types.ts';
import { BrokenPipe } from '../../streams.ts';
import { builtins } from './builtins.ts';
import { type Dialect, describeOpenFailure, notFound } from './dialect.ts';
import { ExpansionFailure, type ExpansionScope, expandPieces, expandText, expandWords } from './expansion.ts';
import { BreakLoop, ContinueLoop, ExitShell, Interrupted, ReturnFromFunction } from './flow.ts';
import { Parser } from './parser.ts';
import { matchesPattern } from './pattern.ts';
import {
  type Command,
  type CompoundCommand,
  type List,
  type Redirect,
  type SimpleCommand,
  SyntaxFailure,
} from './syntax-tree.ts';
import { Variables } from './variables.ts';

/** The open descriptors of a shell by number. */
type Descriptors = Map<number, SharedSource | SharedSink>;

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
  /** `$0`, and what its messages start with. */
  name: string;
  positional: string[];
  cwd: string;
  lastStatus = 0;
  lastBackground: number | undefined;
  /** The process number that `$$` gives: that of the outermost shell. */
  readonly shellPid: number;
  /** Above 0 where a failure is being looked at, so that `set -e` leaves it alone. */
  #guarded = 0;
  #commands = 0;
  #functionDepth = 0;
  #descriptors: Descriptors;
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
    this.cwd = parent?.cwd ?? context.cwd;
    this.variables = parent === undefined ? new Variables(context.env) : parent.variables.clone();
    this.functions = new Map(parent?.functions);
    this.options = { errexit: false, xtrace: false, nounset: false, pipefail: false, ...parent?.options };
    this.traps = new Map();
    this.shellPid = parent?.shellPid ?? context.pid;
    this.lastStatus = parent?.lastStatus ?? 0;
    this.lastBackground = parent?.lastBackground;
    this.#descriptors = new Map<number, SharedSource | SharedSink>(parent?.descriptorsFrom(3));
    this.#descriptors.set(0, context.stdin.shared);
    this.#descriptors.set(1, context.stdout.shared);
    this.#descriptors.set(2, context.stderr.shared);
    if (parent === undefined) this.variables.set('PWD', this.cwd);
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

  get stdin(): SharedSource {
    const stdin = this.#descriptors.get(0);
    return stdin instanceof SharedSource ? stdin : new SharedSource(sourceOf(''));
  }

  async out(text: string | Uint8Array): Promise<void> {
    await this.#sink(1).write(text);
  }

  /** Prints a message of the shell itself: `sh: …`. */
  async complain(message: string): Promise<void> {
    await this.#sink(2)
      .write(`${this.name}: ${message}\n`)
      .catch(() => undefined);
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
    const process = this.#fork((shell) => shell.runScript(script), { stdout: new SharedSink(pipe.sink) });
    const output = await untilAborted(readAll(pipe.source), this.context.ended);
    this.lastStatus = await this.waitFor(process);
    return new TextDecoder().decode(output);
  }

  /** Runs a whole script, line by line. Resolves with its exit code. */
  async runScript(script: string): Promise<number> {
    try {
      const parser = new Parser(script);
      for (let list = parser.next(); list !== undefined; list = parser.next()) await this.execute(list);
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
      await this.complain(`syntax error: ${error.message}`);
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
          if (item.background) this.#startBackground(item.command);
          else await this.execute(item.command);
        }
        return this.lastStatus;
      case 'and-or': {
        const left = await this.#guard(() => this.execute(command.left));
        return (left === 0) === (command.operator === '&&') ? this.execute(command.right) : left;
      }
      case 'pipeline':
        return this.#pipeline(command.commands, command.negated);
      case 'function':
        this.functions.set(command.name, command.body);
        return (this.lastStatus = 0);
      case 'simple':
        return this.#checked(await this.#simple(command));
      default:
        return this.#withRedirects(command.redirects, () => this.#compound(command));
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
      await this.#sink(2)
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
    const builtin = builtins[name];
    if (builtin !== undefined) {
      const restore = this.variables.assignTemporarily(env);
      try {
        return await builtin(this, argv.slice(1));
      } finally {
        restore();
      }
    }
    return this.#external(argv, env);
  }

  /** Replaces the shell by a program (`exec`). Resolves with that program's code. */
  async replace(argv: readonly string[]): Promise<number> {
    try {
      const env = this.variables.exported();
      const status = await this.context.exec(argv, { env, cwd: this.cwd, ...this.#streams() });
      throw new ExitShell(status);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      await this.complain(`exec: ${argv[0] ?? ''}: ${error.code === 'ENOENT' ? 'not found' : error.message}`);
      throw new ExitShell(error.code === 'ENOENT' ? 127 : 126);
    }
  }

  /** Runs a script as part of this shell (`eval`). */
  async evaluate(script: string): Promise<number> {
    const parser = new Parser(script);
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

  /** Makes the redirections stay (`exec >file`). */
  keepRedirects(): void {
    this.#keep = true;
  }

  #keep = false;

  #sink(descriptor: number): SharedSink {
    const sink = this.#descriptors.get(descriptor);
    return sink instanceof SharedSink
      ? sink
      : new SharedSink({ write: () => Promise.resolve(), end: () => undefined });
  }

  #streams(): { stdin: SharedSource; stdout: SharedSink; stderr: SharedSink } {
    return { stdin: this.stdin, stdout: this.#sink(1), stderr: this.#sink(2) };
  }

  /** The descriptors that a subshell inherits besides the three standard ones. */
  descriptorsFrom(first: number): [number, SharedSource | SharedSink][] {
    return [...this.#descriptors].filter(([number]) => number >= first);
  }

  async #guard<T>(action: () => Promise<T>): Promise<T> {
    this.#guarded++;
    try {
      return await action();
    } finally {
      this.#guarded--;
    }
  }

  /** `set -e`: a failure that nobody looks at ends the shell. */
  #checked(status: number): number {
    this.lastStatus = status;
    if (status !== 0 && this.options.errexit && this.#guarded === 0) throw new ExitShell(status);
    return status;
  }

  /** A child process that goes on as a copy of this shell. */
  #fork(
    action: (shell: Shell) => Promise<number>,
    streams: { stdin?: SharedSource; stdout?: SharedSink; background?: boolean } = {},
  ): Process {
    return this.context.fork(
      async (context) => {
        const shell = new Shell(context as ContainerContext, this.dialect, this.name, this.positional, this);
        try {
          return await action(shell);
        } catch (error) {
          const status = await shell.handleFailure(error);
          if (status === undefined) throw error;
          return status;
        }
      },
      this.context.argv,
      { env: this.variables.exported(), cwd: this.cwd, ...this.#streams(), ...streams },
    );
  }

  /** In a child made for one command there is no need for the shell to stay around a program. */
  async #runForked(command: Command): Promise<number> {
    if (command.type !== 'simple' || command.redirects.length > 0 || this.options.xtrace)
      return this.execute(command);
    const argv = await expandWords(command.words, this);
    const [name] = argv;
    if (name === undefined || name in builtins || this.functions.has(name) || !this.#isProgram(name)) {
      const env = await this.#assignments(command);
      return name === undefined ? 0 : this.run(argv, env);
    }
    for (const [variable, value] of Object.entries(await this.#assignments(command)))
      this.variables.export(variable, value);
    return this.replace(argv);
  }

  #isProgram(name: string): boolean {
    const path = findCommandPath(this.fs, name, this.variables.exported(), this.cwd);
    return path !== undefined && this.fs.programAt(path) !== undefined;
  }

  #startBackground(command: Command): void {
    const process = this.#fork((shell) => shell.#runForked(command), {
      background: true,
      ...(this.interactive ? {} : { stdin: new SharedSource(sourceOf('')) }),
    });
    const job: Job = { process, status: undefined, command: describeCommand(command) };
    this.jobs.push(job);
    void process.exit.then((status) => (job.status = status));
    this.lastBackground = process.pid;
    this.lastStatus = 0;
  }

  async #pipeline(commands: readonly Command[], negated: boolean): Promise<number> {
    if (commands.length === 1 && commands[0] !== undefined) {
      const only = commands[0];
      const status = await this.#guard(() => this.execute(only));
      return (this.lastStatus = negated ? Number(status === 0) : status);
    }
    const processes: Process[] = [];
    let stdin = this.stdin.retain();
    for (const [index, command] of commands.entries()) {
      const pipe = index < commands.length - 1 ? createPipe() : undefined;
      const stdout = pipe === undefined ? this.#sink(1) : new SharedSink(pipe.sink);
      processes.push(this.#fork((shell) => shell.#runForked(command), { stdin, stdout }));
      // The child holds its end now; the shell lets go, so that the pipe closes with the child.
      stdin.release();
      if (pipe !== undefined) stdin = new SharedSource(pipe.source).retain();
    }
    let status = 0;
    for (const [index, process] of processes.entries()) {
      const code =
        index === processes.length - 1
          ? await this.waitFor(process)
          : (await untilAborted(process.exit, this.context.ended)).code;
      if (!this.options.pipefail || code !== 0) status = code;
    }
    if (negated) return (this.lastStatus = Number(status === 0));
    return this.#checked(status);
  }

  async #compound(command: CompoundCommand): Promise<number> {
    switch (command.type) {
      case 'group':
        return this.execute(command.body);
      case 'subshell':
        return this.#checked(await this.waitFor(this.#fork((shell) => shell.execute(command.body))));
      case 'if': {
        for (const branch of command.branches) {
          if ((await this.#guard(() => this.execute(branch.condition))) === 0)
            return this.execute(branch.body);
        }
        return command.otherwise === undefined ? (this.lastStatus = 0) : this.execute(command.otherwise);
      }
      case 'for': {
        const values =
          command.words === undefined ? [...this.positional] : await expandWords(command.words, this);
        this.lastStatus = 0;
        for (const value of values) {
          this.variables.set(command.name, value);
          if (await this.#loopBody(command.body)) break;
        }
        return this.lastStatus;
      }
      case 'while': {
        let status = 0;
        for (;;) {
          const condition = await this.#guard(() => this.execute(command.condition));
          if ((condition === 0) === command.until) break;
          const left = await this.#loopBody(command.body);
          status = this.lastStatus;
          if (left) break;
        }
        return (this.lastStatus = status);
      }
      case 'case': {
        const subject = await expandText(command.subject, this);
        for (const item of command.items) {
          for (const pattern of item.patterns) {
            if (matchesPattern(await expandPieces(pattern, this), subject)) return this.execute(item.body);
          }
        }
        return (this.lastStatus = 0);
      }
    }
  }

  /** Tells whether the loop is to be left. */
  async #loopBody(body: List): Promise<boolean> {
    try {
      await this.execute(body);
      return false;
    } catch (error) {
      if (!(error instanceof BreakLoop) && !(error instanceof ContinueLoop)) throw error;
      this.lastStatus = 0;
      if (error.levels > 1) {
        error.levels--;
        throw error;
      }
      return error instanceof BreakLoop;
    }
  }

  async #simple(command: SimpleCommand): Promise<number> {
    this.lastStatus = command.words.length === 0 ? 0 : this.lastStatus;
    const argv = await expandWords(command.words, this);
    const substitutionStatus = this.lastStatus;
    return this.#withRedirects(command.redirects, async () => {
      const env = await this.#assignments(command);
      if (this.options.xtrace) await this.#trace(argv, env);
      if (argv.length === 0) {
        for (const [name, value] of Object.entries(env)) this.variables.set(name, value);
        const substituted = command.assignments.some((each) =>
          each.value.some((part) => part.type === 'command'),
        );
        return substituted ? this.lastStatus : command.words.length > 0 ? substitutionStatus : 0;
      }
      return this.run(argv, env);
    });
  }

  async #assignments(command: SimpleCommand): Promise<Record<string, string>> {
    const env: Record<string, string> = {};
    for (const { name, append, value } of command.assignments) {
      const text = await expandText(value, this);
      env[name] = append ? `${env[name] ?? this.variables.get(name) ?? ''}${text}` : text;
      if (command.words.length === 0) this.variables.set(name, env[name]);
    }
    return env;
  }

  async #trace(argv: readonly string[], env: Record<string, string>): Promise<void> {
    const words = [...Object.entries(env).map(([name, value]) => `${name}=${value}`), ...argv];
    const quoted = words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`));
    await this.#sink(2).write(`+ ${quoted.join(' ')}\n`);
  }

  async #external(argv: readonly string[], env: Record<string, string>): Promise<number> {
    const [name = ''] = argv;
    const fullEnv = { ...this.variables.exported(), ...env };
    try {
      const process = this.context.spawn(argv, { env: fullEnv, cwd: this.cwd, ...this.#streams() });
      return await this.waitFor(process);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      if (error.code === 'ENOEXEC') {
        const path = findCommandPath(this.fs, name, fullEnv, this.cwd) ?? name;
        const script = new TextDecoder().decode(this.fs.readFile(path));
        const process = this.#fork((shell) => {
          shell.name = name;
          shell.positional = argv.slice(1);
          return shell.runScript(script);
        });
        return this.waitFor(process);
      }
      await this.#sink(2).write(`${notFound(this.dialect, this.name, name, error)}\n`);
      return error.code === 'ENOENT' ? 127 : 126;
    }
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

  async #withRedirects(redirects: readonly Redirect[], action: () => Promise<number>): Promise<number> {
    if (redirects.length === 0) return action();
    const saved = this.#descriptors;
    const opened: (SharedSource | SharedSink)[] = [];
    this.#descriptors = new Map(saved);
    try {
      for (const redirect of redirects) {
        const failure = await this.#redirect(redirect, opened);
        if (failure !== undefined) {
          this.#descriptors = saved;
          await this.complain(failure);
          return this.#checked(1);
        }
      }
      return await action();
    } finally {
      if (this.#keep) this.#keep = false;
      else {
        this.#descriptors = saved;
        for (const descriptor of opened) descriptor.release();
      }
    }
  }

  /** Opens one redirection. Resolves with what to complain of when that fails. */
  async #redirect(redirect: Redirect, opened: (SharedSource | SharedSink)[]): Promise<string | undefined> {
    const { operator } = redirect;
    const target = await expandText(redirect.target, this);
    const open = <T extends SharedSource | SharedSink>(descriptor: T): T => {
      opened.push(descriptor.retain());
      return descriptor;
    };
    if (operator === '<<' || operator === '<<<') {
      const text = operator === '<<<' ? `${target}\n` : target;
      this.#descriptors.set(redirect.descriptor ?? 0, open(new SharedSource(sourceOf(toBytes(text)))));
      return undefined;
    }
    if (operator === '<&' || (operator === '>&' && /^(\d+|-)$/.test(target))) {
      const number = redirect.descriptor ?? (operator === '<&' ? 0 : 1);
      if (target === '-') {
        this.#descriptors.delete(number);
        return undefined;
      }
      const other = this.#descriptors.get(Number(target));
      if (other === undefined) return `${target}: Bad file descriptor`;
      this.#descriptors.set(number, other);
      return undefined;
    }
    const both = operator.startsWith('&') || operator === '>&';
    const number = redirect.descriptor ?? (operator.startsWith('<') ? 0 : 1);
    try {
      const descriptor = this.#openTarget(operator, target, open);
      this.#descriptors.set(number, descriptor);
      if (both) this.#descriptors.set(2, descriptor);
      return undefined;
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      return describeOpenFailure(this.dialect, target, operator.startsWith('<'), error);
    }
  }

  #openTarget(
    operator: string,
    target: string,
    open: <T extends SharedSource | SharedSink>(descriptor: T) => T,
  ): SharedSource | SharedSink {
    const path = resolvePath(this.cwd, target);
    const standard = ['/dev/stdin', '/dev/stdout', '/dev/stderr'].indexOf(path);
    const existing = standard === -1 ? undefined : this.#descriptors.get(standard);
    if (existing !== undefined) return existing;
    if (operator === '<') return open(new SharedSource(openSource(this.fs, path)));
    return open(new SharedSink(openSink(this.fs, path, operator.endsWith('>>'))));
  }
}

/** A word or two for `jobs`. */
function describeCommand(command: Command): string {
  if (command.type !== 'simple') return command.type === 'pipeline' ? 'pipeline' : '(…)';
  return command.words
    .map((word) => word.map((part) => (part.type === 'literal' ? part.text : '…')).join(''))
    .join(' ');
}
