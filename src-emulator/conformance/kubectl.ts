import { execa } from 'execa';
import { execFileSync, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { RealClock } from '../clock.ts';

/** How long a command may take to end, or to print what is waited for. */
const DEADLINE_MS = 30_000;

/** Answer of one kubectl command. */
export interface KubectlResult {
  stdout: string;
  stderr: string;
  exitCode: number;
}

export interface RunOptions {
  /** What kubectl reads, for `-f -`. */
  stdin?: string;
  environment?: Record<string, string>;
  /** The folder that it runs in. */
  cwd?: string;
  /** Default: half a minute. */
  deadlineMs?: number;
}

/** A kubectl program pointed at one cluster by a kubeconfig of its own, in one namespace. */
export class Kubectl {
  readonly label: string;
  readonly namespace: string;
  readonly #program: string;
  readonly #home: string;

  constructor(program: string, kubeconfig: string, namespace: string, home = makeHome(kubeconfig)) {
    this.label = basename(program);
    this.namespace = namespace;
    this.#program = program;
    this.#home = home;
  }

  /** The same kubectl in another namespace. */
  within(namespace: string): Kubectl {
    return new Kubectl(this.#program, '', namespace, this.#home);
  }

  /** Its own version, as `1.33`. */
  async version(): Promise<string> {
    const { clientVersion } = JSON.parse(await this.ok(['version', '--client', '-o', 'json'])) as {
      clientVersion: { gitVersion: string };
    };
    return /^v(\d+\.\d+)/.exec(clientVersion.gitVersion)?.[1] ?? clientVersion.gitVersion;
  }

  /** A folder of this kubectl's own, for the files of a test. */
  get folder(): string {
    return this.#home;
  }

  /** Runs `kubectl -n <namespace> <args>`; never rejects. */
  async run(args: string[], options: RunOptions = {}): Promise<KubectlResult> {
    const result = await execa(this.#program, this.#arguments(args), {
      reject: false,
      timeout: options.deadlineMs ?? DEADLINE_MS,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...this.#environment(), ...options.environment },
      ...(options.stdin === undefined ? { stdin: 'ignore' as const } : { input: options.stdin }),
    });
    return { stdout: result.stdout, stderr: result.stderr, exitCode: result.exitCode ?? -1 };
  }

  /** Runs `kubectl <args>` and returns its output; throws with kubectl's words when it fails. */
  async ok(args: string[], options: RunOptions = {}): Promise<string> {
    const result = await this.run(args, options);
    if (result.exitCode !== 0)
      throw new Error(
        `kubectl ${args.join(' ')} ended with ${result.exitCode}:\n${result.stderr}\n${result.stdout}`,
      );
    return result.stdout;
  }

  /** Runs `kubectl <args>`, which must fail, and returns what it says. */
  async refused(args: string[], options: RunOptions = {}): Promise<string> {
    const result = await this.run(args, options);
    if (result.exitCode === 0)
      throw new Error(`kubectl ${args.join(' ')} should have failed:\n${result.stdout}`);
    return result.stderr;
  }

  /** `kubectl apply -f -`. */
  apply(manifest: string, ...args: string[]): Promise<string> {
    return this.ok(['apply', ...args, '-f', '-'], { stdin: manifest });
  }

  /** One value of an object, by a JSONPath without its braces: `kubectl get <what> -o jsonpath={<path>}`. */
  value(what: string, path: string): Promise<string> {
    return this.ok(['get', ...what.split(' '), '-o', `jsonpath={${path}}`]);
  }

  /** Runs a command line with `sh` in a pod; never rejects. */
  shell(pod: string, script: string): Promise<KubectlResult> {
    return this.run(['exec', pod, '--', 'sh', '-c', script]);
  }

  /** Starts `kubectl <args>`, for -w and -f. */
  start(args: string[]): Following {
    return this.#follow(this.#program, this.#arguments(args));
  }

  /** Starts `kubectl <args>` in a terminal of its own (util-linux `script`). */
  terminal(args: string[]): Following {
    const words = [this.#program, ...this.#arguments(args)];
    const command = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
    return this.#follow('script', ['-qec', command, '/dev/null']);
  }

  #follow(program: string, args: string[]): Following {
    const env = { ...process.env, ...this.#environment() };
    return new Following(spawn(program, args, { timeout: 2 * DEADLINE_MS, env }));
  }

  #arguments(args: string[]): string[] {
    return ['-n', this.namespace, ...args];
  }

  /** HOME is set so that kubectl's discovery cache belongs to this cluster alone. */
  #environment(): Record<string, string> {
    return { KUBECONFIG: join(this.#home, 'kubeconfig'), HOME: this.#home };
  }
}

/** A folder with a kubeconfig, for kubectl's own files too. */
function makeHome(kubeconfig: string): string {
  const home = mkdtempSync(join(tmpdir(), 'switchyard-kubectl-'));
  writeFileSync(join(home, 'kubeconfig'), kubeconfig, { mode: 0o600 });
  return home;
}

/** A command that keeps running, with what it has printed so far on either output. */
export class Following {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #closed: Promise<unknown>;
  readonly #onOutput = new Set<() => void>();
  #output = '';

  constructor(process: ChildProcessWithoutNullStreams) {
    this.#process = process;
    this.#closed = once(process, 'close');
    for (const stream of [process.stdout, process.stderr])
      stream.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString();
        for (const changed of this.#onOutput) changed();
      });
    process.stdin.on('error', () => undefined);
  }

  get output(): string {
    return this.#output;
  }

  /** Waits until the output matches. Rejects, with the output, when the command ends or the deadline passes first. */
  until(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const settle = (outcome: () => void): void => {
        deadline.cancel();
        this.#onOutput.delete(look);
        outcome();
      };
      const fail = (why: string): void =>
        settle(() =>
          reject(new Error(`${why} before it printed ${String(pattern)}; it printed:\n${this.#output}`)),
        );
      const look = (): void => {
        const match = pattern.exec(this.#output);
        if (match !== null) settle(() => resolve(match));
      };
      const deadline = new RealClock().setTimeout(() => fail('the deadline passed'), DEADLINE_MS);
      this.#onOutput.add(look);
      void this.#closed.then(() => fail('the command ended'));
      look();
    });
  }

  type(text: string): void {
    this.#process.stdin.write(text);
  }

  /** Waits for the command to end by itself, and gives its exit code. */
  async ended(): Promise<number> {
    await this.#closed;
    return this.#process.exitCode ?? -1;
  }

  async stop(): Promise<void> {
    this.#process.kill();
    await this.#closed;
  }
}

/**
 * The kubectl programs to test with: every path in SWITCHYARD_KUBECTLS (separated as in PATH), else the one on
 * PATH, else none, which is said loudly.
 */
export function availableKubectls(): string[] {
  const listed = process.env['SWITCHYARD_KUBECTLS'];
  if (listed !== undefined && listed !== '') return listed.split(delimiter);
  try {
    return [execFileSync('which', ['kubectl'], { encoding: 'utf8' }).trim()];
  } catch {
    process.stderr.write(
      '\nNO KUBECTL FOUND: THE EMULATED CLUSTER IS NOT TESTED WITH A REAL CLIENT.\n' +
        'Put kubectl on PATH or list programs in SWITCHYARD_KUBECTLS.\n',
    );
    return [];
  }
}
