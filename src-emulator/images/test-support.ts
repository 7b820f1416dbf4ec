import { type Clock, RealClock } from '../clock.ts';
import { EMPTY_KERNEL } from '../network/kernel-view.ts';
import type { NetworkStack, ResolveHost } from '../network/types.ts';
import { NetworkError, ResolveError } from '../network/types.ts';
import type { ByteSink } from '../streams.ts';
import { createPipe, readAll, sourceOf } from './pipe.ts';
import { createContainerRuntime } from './runtime.ts';
import type { AttachedProcess, Container, ContainerConfig, ExitStatus } from './types.ts';

/** A network namespace with nobody else in it. */
function lonelyStack(): NetworkStack {
  return {
    kind: 'pod',
    nodeName: 'node-1',
    address: '10.244.1.2',
    listen: () => ({ [Symbol.dispose]: () => undefined }),
    connect: (to) =>
      Promise.reject(new NetworkError('ECONNREFUSED', `connect ECONNREFUSED ${to.address}:${to.port}`)),
    bindUdp: () => ({
      localPort: 40_000,
      send: () => undefined,
      onMessage: () => undefined,
      onRefused: () => undefined,
      close: () => undefined,
    }),
    ping: () => Promise.resolve(undefined),
    kernel: EMPTY_KERNEL,
    listeners: () => [],
    udpPorts: () => [],
    close: () => undefined,
  };
}

export interface TestContainerOptions extends Partial<Omit<ContainerConfig, 'image' | 'network'>> {
  image?: string;
  network?: NetworkStack;
}

/** A sink that forgets what it gets. */
export const nowhere: ByteSink = { write: () => Promise.resolve(), end: () => undefined };

/** A running container for tests: it sleeps unless `command` says otherwise. Its network is empty unless one is given. */
export function testContainer(options: TestContainerOptions = {}): Container {
  const clock: Clock = options.clock ?? new RealClock();
  const runtime = createContainerRuntime({ clock });
  const { image: reference = 'busybox:1.36', ...rest } = options;
  const image = runtime.images.lookup(reference);
  if (image === undefined) throw new Error(`no image ${reference}`);
  const nobody: ResolveHost = (name) => Promise.reject(new ResolveError('ENOTFOUND', name));
  const container = runtime.createContainer({
    command: ['sleep', 'infinity'],
    env: {},
    hostname: 'web-0',
    network: lonelyStack(),
    resolve: nobody,
    mounts: [],
    ...rest,
    clock,
    image,
  });
  container.start({ stdout: nowhere, stderr: nowhere });
  return container;
}

export interface RunResult {
  stdout: string;
  stderr: string;
  status: ExitStatus;
}

/** Runs a command to its end and collects what it prints. */
export async function run(container: Container, argv: readonly string[], stdin = ''): Promise<RunResult> {
  const out = createPipe();
  const err = createPipe();
  const process = container.exec(argv, { stdin: sourceOf(stdin), stdout: out.sink, stderr: err.sink });
  const [stdout, stderr, status] = await Promise.all([
    readAll(out.source),
    readAll(err.source),
    process.exit,
  ]);
  return { stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr), status };
}

/** Runs `sh -c script`. */
export function sh(container: Container, script: string, stdin = ''): Promise<RunResult> {
  return run(container, ['sh', '-c', script], stdin);
}

/** A process with a terminal, and what stands on the screen. */
export class TerminalSession {
  readonly process: AttachedProcess;
  #screen = '';
  readonly #input = createPipe();
  #waiting: (() => void) | undefined;

  constructor(container: Container, argv: readonly string[], size = { columns: 80, rows: 24 }) {
    const output = createPipe();
    this.process = container.exec(argv, { stdin: this.#input.source, stdout: output.sink, terminal: size });
    void this.#follow(output.source);
  }

  /** Everything printed so far, with newlines as the terminal got them. */
  get screen(): string {
    return this.#screen;
  }

  async type(keys: string): Promise<void> {
    await this.#input.sink.write(keys);
  }

  hangUp(): void {
    this.#input.sink.end();
  }

  /** Waits until `text` has been printed after what earlier waits have seen; resolves with what was printed up to it. */
  async see(text: string): Promise<string> {
    for (;;) {
      const at = this.#screen.indexOf(text, this.#seen);
      if (at !== -1) {
        const part = this.#screen.slice(this.#seen, at + text.length);
        this.#seen = at + text.length;
        return part;
      }
      await new Promise<void>((resolve) => (this.#waiting = resolve));
    }
  }

  #seen = 0;

  async #follow(source: ReturnType<typeof createPipe>['source']): Promise<void> {
    const decoder = new TextDecoder();
    for (let chunk = await source.read(); chunk !== undefined; chunk = await source.read()) {
      this.#screen += decoder.decode(chunk, { stream: true });
      this.#waiting?.();
    }
  }
}
