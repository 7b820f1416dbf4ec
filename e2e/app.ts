import { test as base, type Page } from '@playwright/test';
import { execa } from 'execa';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { clearExceptCluster, CLUSTER_UNDER_TEST } from './cluster-under-test.ts';

const CLI = join(import.meta.dirname, '..', 'out', 'main', 'cli.js');

/** How a command of the product ended. */
export interface Ended {
  status: number | undefined;
  out: string;
  err: string;
}

/** The product on a machine where nobody has used it: a home and a data folder that nobody else uses. */
export class Installation {
  readonly #root = mkdtempSync(join(tmpdir(), 'switchyard-e2e-'));
  /** The user's home: the product has no business in it. */
  readonly home = join(this.#root, 'home');
  readonly dataDirectory: string;
  readonly #environment: Record<string, string>;

  /**
   * @param environment beside what every user has
   * @param dataDirectory one that others have used, and that stays
   */
  constructor(environment: Record<string, string> = {}, dataDirectory?: string) {
    this.dataDirectory = dataDirectory ?? join(this.#root, 'data');
    this.#environment = environment;
    mkdirSync(this.home);
  }

  get environment(): Record<string, string> {
    const { PATH = '' } = process.env;
    const own = { HOME: this.home, SWITCHYARD_DATA: this.dataDirectory, LANG: 'C.UTF-8' };
    return { PATH, ...own, ...this.#environment };
  }

  /** Starts a command of the product and leaves it running. */
  spawn(...args: string[]): ChildProcess {
    return spawn(process.execPath, [CLI, ...args], {
      env: this.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Runs a command of the product on this data folder. */
  async cli(...args: string[]): Promise<Ended> {
    const { exitCode, stdout, stderr } = await execa(process.execPath, [CLI, ...args], {
      env: this.environment,
      extendEnv: false,
      reject: false,
    });
    return { status: exitCode, out: stdout, err: stderr };
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}

/** The product as its user runs it: a process of its own. */
export class RunningApp extends Installation {
  readonly kubeconfig = join(this.dataDirectory, CLUSTER_UNDER_TEST.kubeconfig);
  #process: ChildProcess | undefined;
  #address = '';
  #port = 0;

  /** Starts the web host on a free port, on a data folder that does not exist yet, or is as good as new. */
  static async start(environment: Record<string, string> = {}): Promise<RunningApp> {
    const { sharedData } = CLUSTER_UNDER_TEST;
    const app = new RunningApp({ ...CLUSTER_UNDER_TEST.environment, ...environment }, sharedData);
    try {
      if (existsSync(app.dataDirectory)) await clearExceptCluster(app.dataDirectory, app.kubeconfig);
      await app.startAgain();
    } catch (error) {
      await app.dispose();
      throw error;
    }
    return app;
  }

  /** Where the page is, with its token. */
  get address(): string {
    return this.#address;
  }

  get port(): number {
    return this.#port;
  }

  /** Starts the app on the same data folder, and on the same port if it has run before. */
  async startAgain(): Promise<void> {
    const child = this.spawn('start', '--web', '--no-open', '--json', '--port', String(this.#port));
    this.#process = child;
    let complaint = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    for await (const line of createInterface({ input: child.stdout ?? Readable.from([]) })) {
      const { address, port } = JSON.parse(line) as { address: string; port: number };
      this.#address = address;
      this.#port = port;
      return;
    }
    throw new Error(`The app ended before it said where it serves. ${complaint}`);
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

  /** What the page calls the cluster that the app has made. */
  get clusterTitle(): string {
    return CLUSTER_UNDER_TEST.title(this.dataDirectory);
  }

  /** Ends the cluster without a chance to tidy up. */
  killCluster(): Promise<void> {
    return CLUSTER_UNDER_TEST.kill(this.dataDirectory);
  }

  /** Runs the real kubectl against the cluster that the app made, and gives what it prints. */
  async kubectl(command: string, manifest?: string): Promise<string> {
    const { stdout } = await execa('kubectl', command.split(' '), {
      env: { ...this.environment, KUBECONFIG: this.kubeconfig },
      extendEnv: false,
      ...(manifest === undefined ? { stdin: 'ignore' as const } : { input: manifest }),
    });
    return stdout;
  }

  /** Names of the pods with a label, in namespace shop. */
  async podsWith(label: string): Promise<string[]> {
    const names = await this.kubectl(`get pods -n shop -l ${label} -o jsonpath={.items[*].metadata.name}`);
    return names.split(' ').filter((name) => name !== '');
  }

  /** Ends the app and its cluster and removes what they left. A cluster that others use goes on. */
  async dispose(): Promise<void> {
    await this.#end('SIGTERM');
    const { provider, sharedData } = CLUSTER_UNDER_TEST;
    if (sharedData === undefined) await this.cli('cluster', 'delete', '--provider', provider);
    this.remove();
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

/** `test` with a fresh app for each test that asks for one. */
export const test = base.extend<{ app: RunningApp }>({
  app: async ({ browserName: _ }, use) => {
    const app = await RunningApp.start();
    await use(app);
    await app.dispose();
  },
});

export { expect } from '@playwright/test';
