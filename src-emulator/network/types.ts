import type { Duplex } from 'node:stream';
import type { TrackedConnection } from './connection-table.ts';
import type { IptablesTable } from './iptables/table.ts';

/** An IPv4 address in dotted form, and a port. */
export interface SocketAddress {
  address: string;
  port: number;
}

/**
 * One end of an established connection. An ordinary Duplex, so that Node's http and tls run on top of it; the
 * addresses are those that this end sees (after any translation by the service proxy).
 */
export interface VirtualSocket extends Duplex {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Aborts the connection: the other end meets ECONNRESET. */
  resetAndDestroy(): this;
}

export type NetworkErrorCode =
  'ECONNREFUSED' | 'ECONNRESET' | 'ETIMEDOUT' | 'EHOSTUNREACH' | 'ENETUNREACH' | 'EADDRINUSE' | 'EACCES';

/** A failed network call, with the code that the kernel would give. */
export class NetworkError extends Error {
  readonly code: NetworkErrorCode;
  constructor(code: NetworkErrorCode, message: string) {
    super(message);
    this.name = 'NetworkError';
    this.code = code;
  }
}

export interface UdpSocket {
  readonly localPort: number;
  send(data: Uint8Array, to: SocketAddress): void;
  onMessage(handler: (data: Uint8Array, from: SocketAddress) => void): void;
  /** A datagram to `to` was refused (ICMP port unreachable). */
  onRefused(handler: (to: SocketAddress) => void): void;
  close(): void;
}

/** What `ip addr` shows. */
export interface NetworkInterface {
  index: number;
  name: string;
  /** The index of the other end of a link; undefined for loopback. */
  peerIndex: number | undefined;
  macAddress: string;
  address: string;
  prefixLength: number;
}

/** A line of `ip route`. */
export interface RouteEntry {
  /** An address, a range, or `default`. */
  destination: string;
  via?: string;
  device: string;
  protocol?: 'kernel';
  scope?: 'link' | 'host';
  source?: string;
}

/** What programs in a network namespace ask the kernel about it. Everything is computed when it is asked for. */
export interface KernelView {
  /** The tables of iptables, in the order in which `iptables-save` prints them: a pod has none. */
  iptables(): IptablesTable[];
  interfaces(): NetworkInterface[];
  routes(): RouteEntry[];
  /** What `conntrack -L` lists, the newest first: nodes only. */
  connections(): TrackedConnection[];
}

/** One network namespace: a pod's, a node's, that of the learner's machine or of a host outside. */
export interface NetworkStack {
  /** What it is, for messages and for the proxy: which node's rules apply to its packets. */
  readonly kind: 'pod' | 'node' | 'host' | 'outside';
  /** The node it is on; undefined for the learner's machine and hosts outside. */
  readonly nodeName: string | undefined;
  /** Its own address besides 127.0.0.1. */
  readonly address: string;
  /** @throws NetworkError EADDRINUSE. `address` defaults to 0.0.0.0; 127.0.0.1 is reachable from inside only. */
  listen(port: number, onConnection: (socket: VirtualSocket) => void, address?: string): Disposable;
  /**
   * Opens a connection. Rejects with ECONNREFUSED when something answers with a reset, with ETIMEDOUT after
   * `timeoutMs` (default 127 s, Linux's default for SYN retries) of silence, with the signal's reason on abort.
   */
  connect(to: SocketAddress, options?: { signal?: AbortSignal; timeoutMs?: number }): Promise<VirtualSocket>;
  /** Port 0 picks a free one. @throws NetworkError EADDRINUSE. */
  bindUdp(port: number): UdpSocket;
  /** One ICMP echo. Resolves with the round trip in ms, or undefined when nothing came back within `timeoutMs`. */
  ping(address: string, options: { timeoutMs: number; signal?: AbortSignal }): Promise<number | undefined>;
  /** Ports in LISTEN state, for `ss` and `netstat`. */
  listeners(): SocketAddress[];
  /** UDP ports that somebody has bound, for /proc/net/udp. */
  udpPorts(): number[];
  /** For `ip`, `iptables-save`, `conntrack`. */
  readonly kernel: KernelView;
  /** Frees the address, resets every connection. */
  close(): void;
}

/** Why a name did not resolve: no such name, or no answer from the server. */
export class ResolveError extends Error {
  readonly code: 'ENOTFOUND' | 'EAI_AGAIN';
  constructor(code: 'ENOTFOUND' | 'EAI_AGAIN', message: string) {
    super(message);
    this.name = 'ResolveError';
    this.code = code;
  }
}

/** getaddrinfo for one network namespace: /etc/hosts, then DNS with search domains and ndots. */
export type ResolveHost = (name: string, signal?: AbortSignal) => Promise<string[]>;
