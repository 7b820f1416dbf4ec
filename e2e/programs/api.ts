import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROCESS = join(import.meta.dirname, '..', '..', 'src-emulator', 'process.ts');

/** The API of the cluster that the stand-ins pretend to have made: the project's own, as a process that can be killed. */
export class ClusterApi {
  readonly #folder = mkdtempSync(join(tmpdir(), 'switchyard-api-'));
  #process: ChildProcess | undefined;
  #port = 0;

  static async start(): Promise<ClusterApi> {
    const api = new ClusterApi();
    await api.startAgain();
    return api;
  }

  get kubeconfig(): string {
    return readFileSync(join(this.#folder, 'kubeconfig'), 'utf8');
  }

  /** Starts it with the objects, and on the port, that it had. */
  async startAgain(): Promise<void> {
    const child = fork(
      PROCESS,
      ['--state-directory', this.#folder, '--name', 'switchyard', '--port', String(this.#port)],
      { execArgv: [], stdio: 'ignore' },
    );
    this.#process = child;
    const url = await new Promise<string>((resolve, reject) => {
      child.once('exit', (status) => reject(new Error(`The cluster's API ended with ${status ?? '?'}.`)));
      child.on('message', (message: { type: string; url?: string }) => {
        if (message.type === 'ready') resolve(message.url ?? '');
      });
    });
    this.#port = Number(new URL(url).port);
  }

  /** Ends it as a machine does that is switched off. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  async dispose(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
