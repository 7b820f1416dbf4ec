import type { ByteSource } from '../../streams.ts';

/** A ByteSource that is fed from a socket. `onLevel` hears how many bytes wait, so that the socket can be paused. */
export class QueueSource implements ByteSource {
  readonly #chunks: Uint8Array[] = [];
  readonly #onLevel: (bytes: number) => void;
  #level = 0;
  #ended = false;
  #waiting: ((chunk: Uint8Array | undefined) => void) | undefined;

  constructor(onLevel: (bytes: number) => void = () => {}) {
    this.#onLevel = onLevel;
  }

  push(chunk: Uint8Array): void {
    if (this.#ended || chunk.length === 0) return;
    const waiting = this.#waiting;
    if (waiting !== undefined) {
      this.#waiting = undefined;
      waiting(chunk);
      return;
    }
    this.#chunks.push(chunk);
    this.#level += chunk.length;
    this.#onLevel(this.#level);
  }

  end(): void {
    this.#ended = true;
    this.#waiting?.(undefined);
    this.#waiting = undefined;
  }

  read(): Promise<Uint8Array | undefined> {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      this.#level -= chunk.length;
      this.#onLevel(this.#level);
      return Promise.resolve(chunk);
    }
    if (this.#ended) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  cancel(): void {
    this.#chunks.length = 0;
    this.#level = 0;
    this.#onLevel(0);
    this.end();
  }
}
