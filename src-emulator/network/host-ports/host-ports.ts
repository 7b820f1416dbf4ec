import type { ClusterApi } from '../../api/cluster-api.ts';
import type { Service } from '../../api/objects.ts';
import { SERVICES } from '../../api/resources.ts';
import type { Clock } from '../../clock.ts';
import type { HostPort } from '../../process-host-ports.ts';
import type { NetworkStack, SocketAddress } from '../types.ts';
import { claimsOf, entryKey, type HostPortClaim, type PublishedNode } from './claims.ts';
import { openTcpPort } from './tcp-relay.ts';
import { openUdpPort } from './udp-relay.ts';

/** A real socket that takes traffic for the cluster. */
export interface OpenPort {
  readonly port: number;
  /** Takes no more; what goes through it already may go on. */
  close(): void;
}

export interface HostPortsOptions {
  api: ClusterApi;
  clock: Clock;
  /** The learner's machine in the emulated network: where the traffic seems to come from. */
  host: NetworkStack;
  /** In this order: the first has its NodePorts at their own numbers. */
  nodes: readonly PublishedNode[];
  /** What an earlier run had opened: tried first, so that addresses stay as they were told. */
  remembered?: readonly HostPort[];
  /** Told at the start and of every change, with all ports that are open. */
  onChange: (ports: readonly HostPort[]) => void;
}

interface Opened {
  port: OpenPort;
  target: SocketAddress;
  told: HostPort;
}

/**
 * Real sockets on 127.0.0.1 for what a cluster shows to the outside: they open and close with the Services. The
 * emulated network does the rest, so what a node drops is silent here too.
 */
export class HostPorts {
  readonly #options: HostPortsOptions;
  readonly #services = new Map<string, Service>();
  readonly #opened = new Map<string, Opened>();
  readonly #remembered: ReadonlyMap<string, number>;
  readonly #watch: Disposable;
  #work: Promise<void> = Promise.resolve();
  #isWaiting = false;
  #isClosed = false;
  #hasTold = false;

  constructor(options: HostPortsOptions) {
    this.#options = options;
    this.#remembered = new Map(
      (options.remembered ?? []).map((entry) => [entryKey(entry), entry.hostPort] as const),
    );
    this.#watch = options.api.watch(SERVICES, ({ type, object }) => {
      const { namespace = '', name } = object.metadata;
      if (type === 'DELETED') this.#services.delete(`${namespace}/${name}`);
      else this.#services.set(`${namespace}/${name}`, object);
      this.#follow();
    });
  }

  /** Resolves when every port that Services ask for at this moment has been opened, or could not be. */
  async settled(): Promise<void> {
    let awaited: Promise<void> | undefined;
    while (awaited !== this.#work) {
      awaited = this.#work;
      await awaited;
    }
  }

  /** Closes every port. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#watch[Symbol.dispose]();
    await this.#work;
    for (const { port } of this.#opened.values()) port.close();
    this.#opened.clear();
  }

  /** Opening takes a turn or two; changes that come meanwhile are looked at together afterwards. */
  #follow(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#work = this.#work.then(() => {
      this.#isWaiting = false;
      return this.#reconcile();
    });
  }

  async #reconcile(): Promise<void> {
    const claims = new Map(
      claimsOf(this.#services.values(), this.#options.nodes).map((claim) => [entryKey(claim.entry), claim]),
    );
    let hasChanged = !this.#hasTold;
    for (const [key, { port, target }] of this.#opened) {
      const wanted = claims.get(key)?.target;
      if (wanted?.address === target.address && wanted.port === target.port) continue;
      port.close();
      this.#opened.delete(key);
      hasChanged = true;
    }
    for (const [key, claim] of claims) {
      if (this.#isClosed) return;
      if (this.#opened.has(key)) continue;
      const port = await this.#open(key, claim);
      if (port === undefined) continue;
      const told = { ...claim.entry, hostPort: port.port };
      this.#opened.set(key, { port, target: claim.target, told });
      hasChanged = true;
    }
    if (!hasChanged || this.#isClosed) return;
    this.#hasTold = true;
    this.#options.onChange([...this.#opened.values()].map(({ told }) => told));
  }

  /** Undefined when this machine has no port left. */
  async #open(key: string, { preferred, target, entry }: HostPortClaim): Promise<OpenPort | undefined> {
    const { host, clock } = this.#options;
    const earlier = this.#remembered.get(key);
    for (const port of [...(earlier === undefined ? [] : [earlier]), ...preferred, 0]) {
      try {
        return entry.protocol === 'TCP'
          ? await openTcpPort(port, host, target)
          : await openUdpPort(port, host, target, clock);
      } catch {
        // Somebody else has it, or an ordinary user may not: the next one.
      }
    }
    return undefined;
  }
}
