import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { bytesSerializer } from '#shared/codec.ts';
import type { Contract } from '#shared/contract.ts';

export const CLI = join(import.meta.dirname, '..', 'out', 'main', 'cli.js');

type Main = ContractRouterClient<Contract>;

/** The built app behind its web host, and what a page of it has: the contract over a WebSocket. */
export interface WebApp {
  main: Main;
  stop(): Promise<void>;
}

/** Starts the app in a process of its own and is let in as a browser is. */
export async function startWebApp(env: NodeJS.ProcessEnv): Promise<WebApp> {
  const child = spawn(process.execPath, [CLI, 'start', '--web', '--no-open', '--json', '--port', '0'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { address } = JSON.parse(line) as { address: string };
  const { origin, host } = new URL(address);
  const letIn = await fetch(address, { redirect: 'manual' });
  const [cookie = ''] = (letIn.headers.get('set-cookie') ?? '').split(';');
  const socket = new WebSocket(`ws://${host}/rpc`, { headers: { cookie, origin } });
  socket.binaryType = 'arraybuffer';
  await once(socket, 'open');
  const main: Main = createORPCClient(
    new RPCLink({ websocket: socket as never, customJsonSerializers: [bytesSerializer] }),
  );
  return {
    main,
    stop: async () => {
      socket.close();
      await ended(child);
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}

/**
 * What is said from now on: `shows` resolves when something is said that fulfils a condition, which may have been
 * the last thing that was said before.
 */
export class Following<T> {
  #last: T | undefined;
  readonly #lookers = new Set<() => void>();
  readonly #stop = new AbortController();
  readonly #over: Promise<void>;

  constructor(follow: (options: { signal: AbortSignal }) => Promise<AsyncIterable<T>>) {
    this.#over = this.#run(follow).catch((error: unknown) => {
      if (!this.#stop.signal.aborted) throw error;
    });
  }

  async #run(follow: (options: { signal: AbortSignal }) => Promise<AsyncIterable<T>>): Promise<void> {
    for await (const said of await follow({ signal: this.#stop.signal })) {
      this.#last = said;
      for (const look of this.#lookers) look();
    }
  }

  /** @param what for the error, should it not come within two minutes */
  async shows(what: string, condition: (said: T) => boolean): Promise<T> {
    const seen = Promise.withResolvers<T>();
    const look = (): void => {
      if (this.#last !== undefined && condition(this.#last)) seen.resolve(this.#last);
    };
    const timer = setTimeout(() => {
      seen.reject(new Error(`${what} was not seen in two minutes. Last: ${JSON.stringify(this.#last)}`));
    }, 120_000);
    this.#lookers.add(look);
    look();
    try {
      return await Promise.race([seen.promise, this.#over.then(() => seen.promise)]);
    } finally {
      clearTimeout(timer);
      this.#lookers.delete(look);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#over;
  }
}
