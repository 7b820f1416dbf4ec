import { test as base, type Page } from '@playwright/test';
import { execa } from 'execa';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const CLI = join(import.meta.dirname, '..', 'out', 'main', 'cli.js');

/** The product as its user runs it: a process of its own, with a data folder that nobody else uses. */
export class RunningApp {
  readonly dataDirectory = mkdtempSync(join(tmpdir(), 'switchyard-e2e-'));
  #process: ChildProcess | undefined;
  #address = '';

  /** Where the page is, with its token. */
  get address(): string {
    return this.#address;
  }

  get #environment(): NodeJS.ProcessEnv {
    return { ...process.env, SWITCHYARD_DATA: this.dataDirectory, LANG: 'C.UTF-8' };
  }

  /** Starts the web host on a free port and resolves when it serves. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [CLI, 'start', '--web', '--no-open', '--json', '--port', '0'], {
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#process = child;
    for await (const line of createInterface({ input: child.stdout })) {
      this.#address = (JSON.parse(line) as { address: string }).address;
      return;
    }
    throw new Error('The app ended before it said where it serves.');
  }

  /** Ends the app without a chance to tidy up, as a crash or `kill -9` does. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  /** Runs the command line on the same data folder. */
  async cli(...args: string[]): Promise<string> {
    const { stdout } = await execa(process.execPath, [CLI, ...args], { env: this.#environment });
    return stdout;
  }

  /** Runs the learner's own kubectl against the cluster that the app made. */
  async kubectl(args: string[], stdin?: string): Promise<string> {
    const kubeconfig = (await this.cli('cluster', 'kubeconfig')).trim();
    const { stdout } = await execa('kubectl', args, {
      env: { KUBECONFIG: kubeconfig, HOME: this.dataDirectory },
      ...(stdin === undefined ? { stdin: 'ignore' as const } : { input: stdin }),
    });
    return stdout;
  }

  /** Ends the app and its cluster and removes what they left. */
  async dispose(): Promise<void> {
    await this.#end('SIGTERM');
    await execa(process.execPath, [CLI, 'cluster', 'delete'], { env: this.#environment, reject: false });
    rmSync(this.dataDirectory, { recursive: true, force: true });
  }
}

/** Everything the page says to the console that a careful reader would not want to see there. */
export function watchConsole(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return complaints;
}

/** `test` with an app of its own for each spec file's worker. */
export const test = base.extend<object, { app: RunningApp }>({
  app: [
    async ({}, use) => {
      const app = new RunningApp();
      await app.start();
      await use(app);
      await app.dispose();
    },
    { scope: 'worker' },
  ],
});

export { expect } from '@playwright/test';
