import { execa, type ResultPromise } from 'execa';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { execFileSync } from 'node:child_process';

/** Answer of one kubectl command. */
export interface KubectlResult {
  stdout: string;
  stderr: string;
  exitCode: number;
}

/** A kubectl program pointed at one cluster by a kubeconfig of its own. */
export class Kubectl {
  readonly label: string;
  readonly #program: string;
  readonly #environment: Record<string, string>;

  constructor(program: string, kubeconfig: string) {
    this.label = basename(program);
    this.#program = program;
    const home = mkdtempSync(join(tmpdir(), 'switchyard-kubectl-'));
    const file = join(home, 'kubeconfig');
    writeFileSync(file, kubeconfig, { mode: 0o600 });
    // HOME, so that kubectl's discovery cache belongs to this cluster alone.
    this.#environment = { KUBECONFIG: file, HOME: home };
  }

  /** Runs `kubectl <args>`; never rejects. `stdin` is what kubectl reads, for `-f -`. */
  async run(args: string[], stdin?: string): Promise<KubectlResult> {
    const result = await this.start(args, stdin);
    return { stdout: result.stdout, stderr: result.stderr, exitCode: result.exitCode ?? -1 };
  }

  /** Runs `kubectl <args>` and returns its output; throws with kubectl's words when it fails. */
  async ok(args: string[], stdin?: string): Promise<string> {
    const result = await this.run(args, stdin);
    if (result.exitCode !== 0)
      throw new Error(
        `kubectl ${args.join(' ')} ended with ${result.exitCode}:\n${result.stderr}\n${result.stdout}`,
      );
    return result.stdout;
  }

  /** Starts `kubectl <args>` and hands over the running process, for -w and -f. */
  start(args: string[], stdin?: string): ResultPromise<{ reject: false }> {
    return execa(this.#program, args, {
      reject: false,
      timeout: 60_000,
      env: this.#environment,
      ...(stdin === undefined ? { stdin: 'ignore' as const } : { input: stdin }),
    }) as ResultPromise<{ reject: false }>;
  }

  /** Runs `kubectl <args>` in a terminal of its own (util-linux `script`), typing `input` into it. */
  async inTerminal(args: string[], input: string): Promise<string> {
    const command = [this.#program, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
    const { stdout } = await execa('script', ['-qec', command, '/dev/null'], {
      reject: false,
      timeout: 30_000,
      env: this.#environment,
      input,
    });
    return stdout;
  }
}

/**
 * The kubectl programs to test with: every path in SWITCHYARD_KUBECTLS (separated as in PATH), else the one on
 * PATH, else none.
 */
export function availableKubectls(): string[] {
  const listed = process.env['SWITCHYARD_KUBECTLS'];
  if (listed !== undefined && listed !== '') return listed.split(delimiter);
  try {
    return [execFileSync('which', ['kubectl'], { encoding: 'utf8' }).trim()];
  } catch {
    return [];
  }
}
