import { deliverSoon } from './delivery.ts';
import { translatedPort } from './ephemeral-ports.ts';
import type { Fabric, Stack } from './network-stack.ts';
import type { SocketAddress, UdpSocket } from './types.ts';

/** How long a translated flow is remembered without traffic (nf_conntrack_udp_timeout_stream). */
const FLOW_TIMEOUT_MS = 120_000;

/** Flows that one socket keeps at most. */
const MOST_FLOWS = 1024;

/** A flow: its datagrams go on to the same backend, and answers find the way back, whatever rules say by then. */
interface Flow {
  stack: Stack;
  destination: SocketAddress;
  source: SocketAddress;
  replyKey: string;
  lastUsed: number;
  rulesVersion: number;
}

/** The table of UDP flows, of all nodes: what conntrack is for UDP. */
export interface UdpNat {
  /** Grows with every change of the service rules; older flows are then looked at again. */
  readonly rulesVersion: number;
  /** Whether a flow to `to` that was given this backend has to be given another one. */
  isStale(to: SocketAddress, backend: SocketAddress): boolean;
  /** By the answering socket and the address that it answers to. */
  readonly replies: Map<string, { socket: UdpEnd; from: SocketAddress }>;
}

/** A bound UDP socket. Datagrams are never delivered inside `send`. */
export class UdpEnd implements UdpSocket {
  readonly localPort: number;
  readonly #stack: Stack;
  readonly #fabric: Fabric;
  readonly #onClosed: () => void;
  readonly #messageHandlers: ((data: Uint8Array, from: SocketAddress) => void)[] = [];
  readonly #refusedHandlers: ((to: SocketAddress) => void)[] = [];
  readonly #flows = new Map<string, Flow>();
  #isClosed = false;

  constructor(stack: Stack, localPort: number, fabric: Fabric, onClosed: () => void) {
    this.#stack = stack;
    this.localPort = localPort;
    this.#fabric = fabric;
    this.#onClosed = onClosed;
  }

  send(data: Uint8Array, to: SocketAddress): void {
    if (this.#isClosed) return;
    const reply = this.#fabric.udpNat.replies.get(replyKey(this.#stack, this.localPort, to));
    if (reply !== undefined) {
      deliverSoon(() => reply.socket.#receive(data, reply.from));
      return;
    }
    const flow = this.#flowTo(to);
    if (flow === 'refused') this.#refuse(to);
    if (typeof flow === 'string') return;
    deliverSoon(() => {
      const target = flow.stack.udpSocketAt(flow.destination.port);
      if (target !== undefined) target.#receive(data, flow.source);
      else if (!flow.stack.isClosed) this.#refuse(to);
    });
  }

  onMessage(handler: (data: Uint8Array, from: SocketAddress) => void): void {
    this.#messageHandlers.push(handler);
  }

  onRefused(handler: (to: SocketAddress) => void): void {
    this.#refusedHandlers.push(handler);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const key of [...this.#flows.keys()]) this.#forget(key);
    this.#onClosed();
  }

  #receive(data: Uint8Array, from: SocketAddress): void {
    if (!this.#isClosed) for (const handler of this.#messageHandlers) handler(data, from);
  }

  #refuse(to: SocketAddress): void {
    deliverSoon(() => {
      if (!this.#isClosed) for (const handler of this.#refusedHandlers) handler(to);
    });
  }

  #flowTo(to: SocketAddress): Flow | 'refused' | 'silent' {
    const key = `${to.address}:${to.port}`;
    const now = this.#fabric.clock.now();
    const known = this.#flows.get(key);
    if (known !== undefined) {
      const { udpNat } = this.#fabric;
      const isStale = known.rulesVersion !== udpNat.rulesVersion && udpNat.isStale(to, known.destination);
      const isCurrent = !isStale && now - known.lastUsed < FLOW_TIMEOUT_MS && !known.stack.isClosed;
      known.lastUsed = now;
      known.rulesVersion = udpNat.rulesVersion;
      if (isCurrent) return known;
      this.#forget(key);
    }
    const route = this.#fabric.route(this.#stack, to, 'UDP');
    if (route.kind !== 'deliver') return route.kind === 'refused' ? 'refused' : 'silent';
    const { stack, destination } = route;
    const { rulesVersion, replies } = this.#fabric.udpNat;
    const source = { address: route.source, port: this.localPort };
    if (route.masqueraded) source.port = translatedPort(this.#fabric.random());
    while (replies.has(replyKey(stack, destination.port, source)))
      source.port = translatedPort(this.#fabric.random());
    const answerKey = replyKey(stack, destination.port, source);
    const flow: Flow = { stack, destination, source, replyKey: answerKey, lastUsed: now, rulesVersion };
    replies.set(answerKey, { socket: this, from: to });
    const [oldest] = this.#flows.keys();
    if (oldest !== undefined && this.#flows.size >= MOST_FLOWS) this.#forget(oldest);
    this.#flows.set(key, flow);
    return flow;
  }

  #forget(key: string): void {
    const flow = this.#flows.get(key);
    if (flow !== undefined) this.#fabric.udpNat.replies.delete(flow.replyKey);
    this.#flows.delete(key);
  }
}

/** Identifies a flow from the side that answers. */
function replyKey(stack: Stack, localPort: number, to: SocketAddress): string {
  return `${stack.kind}/${stack.address}:${localPort}>${to.address}:${to.port}`;
}
