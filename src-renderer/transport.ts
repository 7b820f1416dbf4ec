import { createORPCClient, DynamicLink } from '@orpc/client';
import type { ClientContext, ClientLink } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { ref } from 'vue';
import type { Ref } from 'vue';
import { bytesSerializer } from '#shared/codec.ts';
import type { Contract } from '#shared/contract.ts';

/** Everything that main answers. */
export type Main = ContractRouterClient<Contract>;

/** `lost` is shown to the learner: it means that the page is trying again, and since when. */
export type ConnectionState = 'connecting' | 'open' | 'lost';

/** A client that survives the loss of its transport: calls made while it is lost fail, followers wait. */
export interface Connection {
  readonly main: Main;
  readonly state: Readonly<Ref<ConnectionState>>;
  /** Resolves at once when open, else when it opens next. */
  whenOpen(signal: AbortSignal): Promise<void>;
  /** Tries now instead of at the next interval. */
  retryNow(): void;
}

const serializers = { customJsonSerializers: [bytesSerializer] };
/** Milliseconds between attempts; the last one repeats. */
const RETRY_AFTER = [200, 500, 1000, 2000, 3000];

/** Connects over the WebSocket of the web host, or over the MessagePort that Electron's preload hands in. */
export function connect(): Connection {
  return navigator.userAgent.includes('Electron')
    ? connectToPort(window)
    : connectToSocket(new URL('/rpc', location.href.replace(/^http/, 'ws')).href);
}

/** Keeps one socket open to `url`, for ever. */
function connectToSocket(url: string): Connection {
  const door = new Door();
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const dial = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    const link = new SocketLink<ClientContext>({ websocket: socket, ...serializers });
    socket.addEventListener('open', () => {
      attempt = 0;
      door.open(link);
    });
    socket.addEventListener('close', () => {
      door.lose();
      const wait = RETRY_AFTER[Math.min(attempt, RETRY_AFTER.length - 1)] ?? 3000;
      attempt += 1;
      timer = setTimeout(dial, wait);
    });
  };
  dial();
  return door.connection(() => {
    if (timer !== undefined) dial();
  });
}

/** Waits for the port that the preload posts as `switchyard:port`; a later one replaces it. */
function connectToPort(target: Window): Connection {
  const door = new Door();
  target.addEventListener('message', (event: MessageEvent<unknown>) => {
    const data = event.data;
    if (event.source !== target || typeof data !== 'object' || data === null) return;
    if (!('type' in data) || data.type !== 'switchyard:port') return;
    const port = event.ports[0];
    if (port === undefined) return;
    port.addEventListener('close', () => door.lose());
    const link = new PortLink<ClientContext>({ port, ...serializers });
    port.start();
    door.open(link);
  });
  return door.connection(() => undefined);
}

/** The link in use, the state that goes with it, and whoever waits for the next one. */
class Door {
  readonly #state = ref<ConnectionState>('connecting');
  #link: ClientLink<ClientContext> | undefined;
  #waiting = new Set<() => void>();

  open(link: ClientLink<ClientContext>): void {
    this.#link = link;
    this.#state.value = 'open';
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const resolve of waiting) resolve();
  }

  lose(): void {
    this.#link = undefined;
    this.#state.value = 'lost';
  }

  connection(retryNow: () => void): Connection {
    const link = new DynamicLink<ClientContext>(() => {
      if (this.#link === undefined) throw new ConnectionLost();
      return this.#link;
    });
    return {
      main: createORPCClient<Main>(link),
      state: this.#state,
      retryNow,
      whenOpen: (signal) =>
        new Promise((resolve) => {
          if (this.#link !== undefined || signal.aborted) {
            resolve();
            return;
          }
          this.#waiting.add(resolve);
          signal.addEventListener('abort', () => resolve(), { once: true });
        }),
    };
  }
}

/** A call was made while there was no connection. */
export class ConnectionLost extends Error {
  constructor() {
    super('The connection to Switchyard is lost.');
    this.name = 'ConnectionLost';
  }
}
