import type { Duplex } from 'node:stream';
import { BrokenPipe, type ByteSink } from '../../../streams.ts';
import { QueueSource } from '../queue-source.ts';
import { HeaderReader, emptyHeaderBlock } from './headers.ts';

const SYN_STREAM = 1;
const SYN_REPLY = 2;
const RST_STREAM = 3;
const PING = 6;
const GOAWAY = 7;
const WINDOW_UPDATE = 9;
const FIN = 1;
const CANCEL = 5;
const MAX_DATA = 32 * 1024;
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** One stream that the client opened. */
export interface SpdyStream {
  readonly id: number;
  /** `streamtype`, `port`, `requestid`, … in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly source: QueueSource;
  readonly sink: ByteSink;
  /** Drops the stream in both directions. */
  reset(): void;
}

/**
 * The server's side of SPDY/3.1 as kubectl speaks it: the client opens all streams, headers come with
 * SYN_STREAM only. Received bytes are credited at once; what is sent is held back by the socket alone, because
 * the clients never grant credit of their own.
 */
export class SpdyConnection {
  readonly #socket: Duplex;
  readonly #onStream: (stream: SpdyStream) => void;
  readonly #headers = new HeaderReader();
  readonly #streams = new Map<number, QueueSource>();
  readonly #gone = new AbortController();
  #waiting = 0;
  #buffer: Buffer;
  #replied = false;
  #lastStream = 0;
  #work: Promise<void> = Promise.resolve();

  constructor(socket: Duplex, head: Buffer, onStream: (stream: SpdyStream) => void) {
    this.#socket = socket;
    this.#onStream = onStream;
    this.#buffer = head;
    socket.on('data', (chunk: Buffer) => {
      this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
      this.#consume();
    });
    socket.on('end', () => socket.end());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#closed());
    this.#consume();
  }

  /** Aborts when the connection has gone. */
  get closed(): AbortSignal {
    return this.#gone.signal;
  }

  /** Says goodbye and closes. */
  close(): void {
    const body = Buffer.alloc(8);
    body.writeUInt32BE(this.#lastStream);
    this.#sendControl(GOAWAY, 0, body);
    this.#socket.end();
  }

  #closed(): void {
    for (const source of this.#streams.values()) source.end();
    this.#streams.clear();
    this.#headers.close();
    this.#gone.abort();
  }

  /** Takes whole frames off the buffer. They are worked on in order, since header blocks take a moment. */
  #consume(): void {
    while (this.#buffer.length >= 8) {
      const length = this.#buffer.readUIntBE(5, 3);
      if (this.#buffer.length < 8 + length) return;
      const frame = this.#buffer.subarray(0, 8 + length);
      this.#buffer = this.#buffer.subarray(8 + length);
      this.#work = this.#work
        .then(() => this.#take(frame))
        .catch(() => {
          this.#socket.destroy();
        });
    }
  }

  async #take(frame: Buffer): Promise<void> {
    const flags = frame[4] ?? 0;
    const body = frame.subarray(8);
    if (((frame[0] ?? 0) & 0x80) === 0) {
      this.#takeData(frame.readUInt32BE(0), body, flags);
      return;
    }
    switch (frame.readUInt16BE(2)) {
      case SYN_STREAM: {
        const id = body.readUInt32BE(0) & 0x7fffffff;
        const headers = await this.#headers.read(body.subarray(10));
        // What is opened after the client has gone would never be closed.
        if (!this.closed.aborted) this.#open(id, headers, flags);
        break;
      }
      case RST_STREAM:
        this.#forget(body.readUInt32BE(0));
        break;
      case PING:
        this.#sendControl(PING, 0, body);
        break;
      case GOAWAY:
        break;
      default:
      // SETTINGS, HEADERS and WINDOW_UPDATE ask nothing of this side.
    }
  }

  #takeData(id: number, data: Buffer, flags: number): void {
    const source = this.#streams.get(id);
    if (data.length > 0) {
      this.#credit(id, data.length);
      this.#credit(0, data.length);
      source?.push(data);
    }
    // Nothing more comes: a port that is forwarded for days has many streams.
    if ((flags & FIN) !== 0) this.#forget(id);
  }

  #open(id: number, headers: ReadonlyMap<string, string>, flags: number): void {
    let level = 0;
    const source = new QueueSource((bytes) => {
      this.#waiting += bytes - level;
      level = bytes;
      if (this.#waiting > MAX_WAITING_BYTES) this.#socket.pause();
      else if (this.#socket.isPaused()) this.#socket.resume();
    });
    this.#lastStream = id;
    if ((flags & FIN) === 0) this.#streams.set(id, source);
    else source.end();
    const number = Buffer.alloc(4);
    number.writeUInt32BE(id);
    this.#sendControl(SYN_REPLY, 0, Buffer.concat([number, emptyHeaderBlock(!this.#replied)]));
    this.#replied = true;
    this.#onStream({
      id,
      headers,
      source,
      sink: this.#sinkOf(id),
      reset: () => {
        const body = Buffer.alloc(8);
        body.writeUInt32BE(id);
        body.writeUInt32BE(CANCEL, 4);
        this.#sendControl(RST_STREAM, 0, body);
        this.#forget(id);
      },
    });
  }

  #forget(id: number): void {
    this.#streams.get(id)?.end();
    this.#streams.delete(id);
  }

  #sinkOf(id: number): ByteSink {
    let ended = false;
    return {
      write: async (data) => {
        const bytes = typeof data === 'string' ? Buffer.from(data) : data;
        for (let at = 0; at < bytes.length; at += MAX_DATA) {
          if (ended || this.closed.aborted) throw new BrokenPipe();
          await this.#sendData(id, 0, bytes.subarray(at, at + MAX_DATA));
        }
      },
      end: () => {
        if (ended) return;
        ended = true;
        this.#sendData(id, FIN, new Uint8Array()).catch(() => undefined);
      },
    };
  }

  #sendData(id: number, flags: number, data: Uint8Array): Promise<void> {
    const header = Buffer.alloc(8);
    header.writeUInt32BE(id);
    header.writeUInt32BE(((flags << 24) | data.length) >>> 0, 4);
    return new Promise((resolve, reject) => {
      this.#socket.write(Buffer.concat([header, data]), (error) => {
        if (error) reject(new BrokenPipe());
        else resolve();
      });
    });
  }

  #credit(id: number, bytes: number): void {
    const body = Buffer.alloc(8);
    body.writeUInt32BE(id);
    body.writeUInt32BE(bytes, 4);
    this.#sendControl(WINDOW_UPDATE, 0, body);
  }

  #sendControl(type: number, flags: number, body: Buffer): void {
    if (this.#socket.destroyed || this.#socket.writableEnded) return;
    const header = Buffer.alloc(8);
    header.writeUInt32BE(0x80030000 + type);
    header.writeUInt32BE(((flags << 24) | body.length) >>> 0, 4);
    this.#socket.write(Buffer.concat([header, body]));
  }
}
