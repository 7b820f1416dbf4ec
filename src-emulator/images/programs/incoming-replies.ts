import type { VirtualSocket } from '../../network/types.ts';

/** What comes in over a connection, cut into replies by a reader of the protocol: one at a time, as they are whole. */
export class IncomingReplies<T> {
  readonly #next: () => T | undefined;
  #wake: () => void = () => undefined;
  #closed = false;

  /** @param reader takes bytes, and gives the next reply or undefined while it has not all come */
  constructor(socket: VirtualSocket, reader: { push(chunk: Uint8Array): void; next(): T | undefined }) {
    this.#next = () => reader.next();
    socket.on('data', (chunk: Uint8Array) => {
      reader.push(chunk);
      this.#wake();
    });
    for (const event of ['end', 'close'])
      socket.once(event, () => {
        this.#closed = true;
        this.#wake();
      });
  }

  /** The other end says no more. */
  get isClosed(): boolean {
    return this.#closed;
  }

  /** The next reply; undefined when the connection is closed before it has come. */
  async next(): Promise<T | undefined> {
    for (;;) {
      const reply = this.#next();
      if (reply !== undefined || this.#closed) return reply;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
