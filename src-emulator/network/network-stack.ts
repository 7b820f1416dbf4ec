import type { Clock } from '../clock.ts';
import type { ConnectionTable } from './connection-table.ts';
import { EphemeralPorts, translatedPort } from './ephemeral-ports.ts';
import { EMPTY_KERNEL } from './kernel-view.ts';
import type { Route } from './router.ts';
import type { TransportProtocol } from './service-rules.ts';
import { NetworkError } from './types.ts';
import type {
  KernelView,
  NetworkErrorCode,
  NetworkStack,
  SocketAddress,
  UdpSocket,
  VirtualSocket,
} from './types.ts';
import { UdpEnd } from './udp.ts';
import type { UdpNat } from './udp.ts';
import { VirtualSocketEnd } from './virtual-socket.ts';

/** Linux gives up a connection attempt after its sixth SYN retry (net.ipv4.tcp_syn_retries). */
const CONNECT_TIMEOUT_MS = 127_000;
/** The first retry comes after a second; the interval doubles each time. */
const FIRST_RETRY_MS = 1000;
/** How long the kernel asks for a neighbour before it reports the host as unreachable. */
const NEIGHBOUR_TIMEOUT_MS = 3000;

/** What a stack needs of the network around it. */
export interface Fabric {
  readonly clock: Clock;
  readonly udpNat: UdpNat;
  readonly connections: ConnectionTable;
  random(): number;
  route(origin: Stack, to: SocketAddress, protocol: TransportProtocol | 'ICMP'): Route<Stack>;
}

interface Listener {
  address: string;
  port: number;
  onConnection: (socket: VirtualSocket) => void;
}

export interface StackOptions {
  kind: NetworkStack['kind'];
  nodeName: string | undefined;
  address: string;
  fabric: Fabric;
  /** Default: nothing but loopback. */
  kernel?: KernelView;
  onClosed?: () => void;
}

/** A network namespace: its listening sockets, its connections, its UDP sockets. */
export class Stack implements NetworkStack {
  readonly kind: NetworkStack['kind'];
  readonly nodeName: string | undefined;
  readonly address: string;
  readonly kernel: KernelView;
  readonly #fabric: Fabric;
  readonly #onClosed: (() => void) | undefined;
  readonly #closed = new AbortController();
  readonly #listeners = new Map<number, Listener[]>();
  readonly #udpSockets = new Map<number, UdpEnd>();
  readonly #sockets = new Set<VirtualSocketEnd>();
  readonly #ports: EphemeralPorts;

  constructor(options: StackOptions) {
    this.kind = options.kind;
    this.nodeName = options.nodeName;
    this.address = options.address;
    this.#fabric = options.fabric;
    this.kernel = options.kernel ?? EMPTY_KERNEL;
    this.#onClosed = options.onClosed;
    this.#ports = new EphemeralPorts(options.fabric.random());
  }

  get isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  listen(port: number, onConnection: (socket: VirtualSocket) => void, address = '0.0.0.0'): Disposable {
    this.#assertOpen();
    const chosen = port === 0 ? this.#ports.take((candidate) => this.#listeners.has(candidate)) : port;
    const others = this.#listeners.get(chosen) ?? [];
    const isTaken = others.some(
      (other) => [other.address, address].includes('0.0.0.0') || other.address === address,
    );
    if (isTaken)
      throw new NetworkError('EADDRINUSE', `listen EADDRINUSE: address already in use ${address}:${chosen}`);
    const listener: Listener = { address, port: chosen, onConnection };
    this.#listeners.set(chosen, [...others, listener]);
    return {
      [Symbol.dispose]: () => {
        const left = (this.#listeners.get(chosen) ?? []).filter((other) => other !== listener);
        if (left.length > 0) this.#listeners.set(chosen, left);
        else this.#listeners.delete(chosen);
      },
    };
  }

  async connect(
    to: SocketAddress,
    { signal, timeoutMs = CONNECT_TIMEOUT_MS }: { signal?: AbortSignal; timeoutMs?: number } = {},
  ): Promise<VirtualSocket> {
    signal?.throwIfAborted();
    this.#assertOpen();
    const deadline = this.#fabric.clock.now() + timeoutMs;
    for (let retryMs = FIRST_RETRY_MS; ; retryMs *= 2) {
      const route = this.#fabric.route(this, to, 'TCP');
      if (route.kind === 'refused') throw connectError('ECONNREFUSED', to);
      if (route.kind === 'deliver') return this.#establish(to, route);
      const patienceMs = route.kind === 'unreachable' ? NEIGHBOUR_TIMEOUT_MS : retryMs;
      const leftMs = deadline - this.#fabric.clock.now();
      await this.#sleep(Math.min(patienceMs, leftMs), signal);
      if (patienceMs >= leftMs) throw connectError('ETIMEDOUT', to);
      if (route.kind === 'unreachable') throw connectError('EHOSTUNREACH', to);
    }
  }

  #establish(to: SocketAddress, route: Route<Stack> & { kind: 'deliver' }): VirtualSocket {
    const { stack: target, destination, source, localAddress } = route;
    const listener = target.#listenerFor(destination);
    if (listener === undefined) throw connectError('ECONNREFUSED', to);
    const port = this.#ports.take((candidate) => this.#listeners.has(candidate));
    const sourcePort = route.masqueraded ? translatedPort(this.#fabric.random()) : port;
    const [dialled, peer] = [
      { address: localAddress, port },
      { address: source, port: sourcePort },
    ];
    const tracked = {
      original: { source: dialled, destination: to },
      reply: { source: destination, destination: peer },
      via: route.via,
      to: target.nodeName,
    };
    this.#fabric.connections.opened(tracked);
    const { client, server } = VirtualSocketEnd.pair({
      clock: this.#fabric.clock,
      client: { local: dialled, remote: { address: to.address, port: to.port } },
      server: { local: destination, remote: peer },
      onClosed: (end) => {
        this.#fabric.connections.closed(tracked);
        if (end === client) this.#ports.release(port);
        (end === client ? this : target).#sockets.delete(end);
      },
    });
    this.#sockets.add(client);
    target.#sockets.add(server);
    listener.onConnection(server);
    return client;
  }

  #listenerFor({ address, port }: SocketAddress): Listener | undefined {
    return this.#listeners.get(port)?.find((it) => it.address === '0.0.0.0' || it.address === address);
  }

  bindUdp(port: number): UdpSocket {
    this.#assertOpen();
    const chosen = port === 0 ? this.#ports.take((candidate) => this.#udpSockets.has(candidate)) : port;
    if (this.#udpSockets.has(chosen))
      throw new NetworkError('EADDRINUSE', `bind EADDRINUSE: address already in use 0.0.0.0:${chosen}`);
    const socket = new UdpEnd(this, chosen, this.#fabric, () => {
      this.#udpSockets.delete(chosen);
      if (port === 0) this.#ports.release(chosen);
    });
    this.#udpSockets.set(chosen, socket);
    return socket;
  }

  /** The socket that is bound to a UDP port. */
  udpSocketAt(port: number): UdpEnd | undefined {
    return this.#udpSockets.get(port);
  }

  async ping(
    address: string,
    { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal },
  ): Promise<number | undefined> {
    signal?.throwIfAborted();
    this.#assertOpen();
    const route = this.#fabric.route(this, { address, port: 0 }, 'ICMP');
    if (route.kind !== 'deliver') {
      await this.#sleep(timeoutMs, signal);
      return undefined;
    }
    await this.#sleep(1, signal);
    const hops = route.stack === this ? 0 : route.stack.nodeName === this.nodeName ? 1 : 2;
    return 0.03 + hops * 0.03 + this.#fabric.random() * 0.04;
  }

  listeners(): SocketAddress[] {
    const all = [...this.#listeners.values()].flat();
    return all.map(({ address, port }) => ({ address, port })).sort((a, b) => a.port - b.port);
  }

  udpPorts(): number[] {
    return [...this.#udpSockets.keys()].sort((a, b) => a - b);
  }

  close(): void {
    if (this.isClosed) return;
    this.#closed.abort(new NetworkError('ENETUNREACH', 'the network namespace is gone'));
    this.#listeners.clear();
    for (const socket of [...this.#sockets]) socket.resetAndDestroy();
    for (const socket of [...this.#udpSockets.values()]) socket.close();
    this.#onClosed?.();
  }

  #assertOpen(): void {
    this.#closed.signal.throwIfAborted();
  }

  #sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const closed = this.#closed.signal;
    return this.#fabric.clock.sleep(ms, signal === undefined ? closed : AbortSignal.any([closed, signal]));
  }
}

function connectError(code: NetworkErrorCode, to: SocketAddress): NetworkError {
  return new NetworkError(code, `connect ${code} ${to.address}:${to.port}`);
}
