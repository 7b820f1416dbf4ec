/** The last bytes of an output, for replay. Keeps what it is given; callers must not change it afterwards. */
export class RingBuffer {
  readonly #capacity: number;
  readonly #chunks: Uint8Array[] = [];
  #size = 0;

  /** @param capacity in bytes */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  push(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#size += bytes.length;
    while (this.#size > this.#capacity) {
      const first = this.#chunks[0];
      if (first === undefined) return;
      const excess = this.#size - this.#capacity;
      if (first.length <= excess) this.#chunks.shift();
      else this.#chunks[0] = first.subarray(excess);
      this.#size -= Math.min(first.length, excess);
    }
  }

  /** Everything kept, oldest first. */
  bytes(): Uint8Array<ArrayBuffer> {
    return concatenate(this.#chunks, this.#size);
  }
}

/** Copies chunks of `size` bytes altogether into one. */
export function concatenate(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
