import { BrokenPipe, type ByteSink, type ByteSource } from '../streams.ts';

/** The two ends of a pipe. */
export interface Pipe {
  readonly source: ByteSource;
  readonly sink: ByteSink;
}

/** As much as a Linux pipe holds before its writer waits. */
const PIPE_CAPACITY_BYTES = 65_536;

const encoder = new TextEncoder();

/** Text as UTF-8; bytes as they are. */
export function toBytes(data: Uint8Array | string): Uint8Array {
  return typeof data === 'string' ? encoder.encode(data) : data;
}

interface Waiting {
  resolve: () => void;
  reject: (error: Error) => void;
}

class BytePipe implements ByteSource, ByteSink {
  readonly #capacity: number;
  readonly #chunks: Uint8Array[] = [];
  #buffered = 0;
  #ended = false;
  #cancelled = false;
  #reader: (() => void) | undefined;
  #writers: Waiting[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  async read(): Promise<Uint8Array | undefined> {
    while (this.#chunks.length === 0) {
      if (this.#ended || this.#cancelled) return undefined;
      await new Promise<void>((resolve) => (this.#reader = resolve));
    }
    const chunk = this.#chunks.shift();
    this.#buffered -= chunk?.length ?? 0;
    if (this.#buffered < this.#capacity) {
      const writers = this.#writers;
      this.#writers = [];
      for (const writer of writers) writer.resolve();
    }
    return chunk;
  }

  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    this.#chunks.length = 0;
    this.#buffered = 0;
    const writers = this.#writers;
    this.#writers = [];
    for (const writer of writers) writer.reject(new BrokenPipe());
    this.#wakeReader();
  }

  async write(data: Uint8Array | string): Promise<void> {
    if (this.#cancelled || this.#ended) throw new BrokenPipe();
    const bytes = toBytes(data);
    if (bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#buffered += bytes.length;
    this.#wakeReader();
    if (this.#buffered >= this.#capacity)
      await new Promise<void>((resolve, reject) => this.#writers.push({ resolve, reject }));
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#wakeReader();
  }

  #wakeReader(): void {
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.();
  }
}

/**
 * A bounded byte pipe. A write beyond `capacityBytes` waits until the reader has made room; after `cancel` writes
 * reject with BrokenPipe. Written arrays are handed over, not copied.
 */
export function createPipe(capacityBytes = PIPE_CAPACITY_BYTES): Pipe {
  const pipe = new BytePipe(capacityBytes);
  return { source: pipe, sink: pipe };
}

/** Everything that `source` yields until its end. */
export async function readAll(source: ByteSource): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for (let chunk = await source.read(); chunk !== undefined; chunk = await source.read()) chunks.push(chunk);
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

/** A source that yields `data` once. */
export function sourceOf(data: Uint8Array | string): ByteSource {
  let rest: Uint8Array | undefined = toBytes(data);
  return {
    read: () => {
      const chunk = rest;
      rest = undefined;
      return Promise.resolve(chunk?.length === 0 ? undefined : chunk);
    },
    cancel: () => (rest = undefined),
  };
}
