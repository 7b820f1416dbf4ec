import { Duplex } from 'node:stream';
import type { Clock, Timer } from '../clock.ts';
import { deliverSoon } from './delivery.ts';
import type { SocketAddress, VirtualSocket } from './types.ts';

/** The addresses that one end of a connection sees. */
export interface EndAddresses {
  local: SocketAddress;
  remote: SocketAddress;
}

export interface SocketPairOptions {
  /** For idle time-outs. */
  clock: Clock;
  /** Called once for each end when it is gone. */
  onClosed?: (end: VirtualSocketEnd) => void;
  /** What the end that dialled sees. */
  client: EndAddresses;
  /** What the end that accepted sees; differs from the client's view where addresses were translated. */
  server: EndAddresses;
}

/** A segment on its way: bytes, or `undefined` for FIN. */
interface Segment {
  data: Buffer | undefined;
  /** Tells the sender that there is room again, or that the connection broke. */
  settle: ((error?: Error) => void) | undefined;
}

function resetError(syscall: 'read' | 'write'): Error {
  return Object.assign(new Error(`${syscall} ECONNRESET`), { code: 'ECONNRESET', errno: -104, syscall });
}

/**
 * One end of an in-memory TCP connection. It carries what Node's http and tls use of a net.Socket, so
 * `http.Server.emit('connection', socket)`, `http.request({ createConnection: () => socket })` and
 * `tls.connect({ socket })` work on it.
 *
 * Closing follows Linux: `end()` sends FIN and the other direction stays open; `destroy()` sends FIN, or RST when
 * received bytes were left unread; writing to an end that is gone brings ECONNRESET. Chunks are handed over, not
 * copied: a writer must not change a buffer after writing it.
 */
export class VirtualSocketEnd extends Duplex implements VirtualSocket {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localFamily = 'IPv4';
  readonly remoteFamily = 'IPv4';
  readonly connecting = false;
  readonly pending = false;
  bytesRead = 0;
  bytesWritten = 0;
  /** The idle time-out in ms; 0 when there is none. */
  timeout = 0;
  readonly #clock: Clock;
  #peer: VirtualSocketEnd | undefined;
  readonly #inbox: Segment[] = [];
  #hasRoom = true;
  #deliveryPending = false;
  #finSent = false;
  #aborting = false;
  #idleTimer: Timer | undefined;
  #activeAt = 0;

  readonly #onClosed: ((end: VirtualSocketEnd) => void) | undefined;

  private constructor(addresses: EndAddresses, options: SocketPairOptions) {
    super({ allowHalfOpen: true });
    this.localAddress = addresses.local.address;
    this.localPort = addresses.local.port;
    this.remoteAddress = addresses.remote.address;
    this.remotePort = addresses.remote.port;
    this.#clock = options.clock;
    this.#onClosed = options.onClosed;
    // A reset that a program does not listen for must not end the process that emulates the whole cluster.
    this.on('error', ignore);
  }

  /** Makes both ends of an established connection. */
  static pair(options: SocketPairOptions): { client: VirtualSocketEnd; server: VirtualSocketEnd } {
    const client = new VirtualSocketEnd(options.client, options);
    const server = new VirtualSocketEnd(options.server, options);
    client.#peer = server;
    server.#peer = client;
    return { client, server };
  }

  get readyState(): 'open' | 'readOnly' | 'writeOnly' | 'closed' {
    if (this.readable && this.writable) return 'open';
    if (this.readable) return 'readOnly';
    return this.writable ? 'writeOnly' : 'closed';
  }

  address(): { address: string; family: string; port: number } {
    return { address: this.localAddress, family: this.localFamily, port: this.localPort };
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  /** Emits 'timeout' after `ms` without traffic, as net.Socket does; 0 turns it off. */
  setTimeout(ms: number, callback?: () => void): this {
    this.timeout = ms;
    this.#idleTimer?.cancel();
    this.#idleTimer = undefined;
    if (ms > 0 && !this.destroyed) {
      this.#activeAt = this.#clock.now();
      this.#armIdleTimer(ms);
      if (callback !== undefined) this.once('timeout', callback);
    } else if (callback !== undefined) {
      this.off('timeout', callback);
    }
    return this;
  }

  /** Ends, and destroys once everything is written. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  resetAndDestroy(): this {
    this.#aborting = true;
    return this.destroy();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#send(chunk, callback);
  }

  override _writev(
    chunks: { chunk: Buffer; encoding: BufferEncoding }[],
    callback: (error?: Error | null) => void,
  ): void {
    this.#send(Buffer.concat(chunks.map((entry) => entry.chunk)), callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#sendFin();
    callback();
  }

  override _read(): void {
    this.#hasRoom = true;
    if (this.#inbox.length > 0) this.#scheduleDelivery();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#idleTimer?.cancel();
    this.#idleTimer = undefined;
    const peer = this.#peer;
    if (peer !== undefined && !peer.destroyed) {
      const unread = this.readableLength > 0 || this.#inbox.some((segment) => segment.data !== undefined);
      if (this.#aborting || unread) peer.#receiveReset();
      else this.#sendFin();
    }
    for (const segment of this.#inbox.splice(0)) segment.settle?.(resetError('write'));
    this.#onClosed?.(this);
    callback(error);
  }

  #send(data: Buffer, settle: (error?: Error | null) => void): void {
    const peer = this.#peer;
    this.#touch();
    this.bytesWritten += data.length;
    if (peer === undefined || peer.destroyed) {
      deliverSoon(() => settle(resetError('write')));
      return;
    }
    peer.#receive({ data, settle });
  }

  #sendFin(): void {
    if (this.#finSent) return;
    this.#finSent = true;
    if (this.#peer?.destroyed === false) this.#peer.#receive({ data: undefined, settle: undefined });
  }

  #receive(segment: Segment): void {
    this.#inbox.push(segment);
    this.#scheduleDelivery();
  }

  #receiveReset(): void {
    this.#finSent = true;
    deliverSoon(() => this.destroy(resetError('read')));
  }

  #scheduleDelivery(): void {
    if (this.#deliveryPending) return;
    this.#deliveryPending = true;
    deliverSoon(() => {
      this.#deliveryPending = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    while (!this.destroyed) {
      const segment = this.#inbox[0];
      if (segment === undefined) return;
      if (segment.data === undefined) {
        this.#inbox.shift();
        this.push(null);
        return;
      }
      if (!this.#hasRoom) return;
      this.#inbox.shift();
      this.#touch();
      this.bytesRead += segment.data.length;
      this.#hasRoom = this.push(segment.data);
      segment.settle?.();
    }
  }

  #touch(): void {
    if (this.timeout > 0) this.#activeAt = this.#clock.now();
  }

  #armIdleTimer(ms: number): void {
    this.#idleTimer = this.#clock.setTimeout(() => {
      const idle = this.#clock.now() - this.#activeAt;
      if (idle < this.timeout) this.#armIdleTimer(this.timeout - idle);
      else this.emit('timeout');
    }, ms);
  }
}

function ignore(): void {
  // The error reaches those who listen; see the constructor.
}
