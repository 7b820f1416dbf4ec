import { BrokenPipe, type ByteSink, type ByteSource } from '../streams.ts';

/** Settles as `promise` does, or rejects with the signal's reason when that aborts first. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) {
      promise.catch(() => undefined);
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** Stands for an end of input among chunks. */
const END = new Uint8Array(0);

/**
 * An open input that several processes hold, as descriptors of one open file do. It closes when the last holder
 * lets go. A read that is abandoned loses nothing: what it would have got goes to the next reader.
 */
export class SharedSource implements ByteSource {
  readonly #inner: ByteSource;
  readonly #endIsFinal: boolean;
  readonly #ready: Uint8Array[] = [];
  #holders = 0;
  #ended = false;
  #filling: Promise<void> | undefined;

  /** @param endIsFinal false for a terminal, where Ctrl+D ends one reader's input and the next one reads on. */
  constructor(inner: ByteSource, endIsFinal = true) {
    this.#inner = inner;
    this.#endIsFinal = endIsFinal;
  }

  /** `source` itself when it can be shared already. */
  static of(source: ByteSource): SharedSource {
    return source instanceof SharedSource ? source : new SharedSource(source);
  }

  async read(signal?: AbortSignal): Promise<Uint8Array | undefined> {
    for (;;) {
      signal?.throwIfAborted();
      const chunk = this.#ready.pop();
      if (chunk !== undefined) return chunk.length === 0 ? undefined : chunk;
      if (this.#ended) return undefined;
      this.#filling ??= this.#fill();
      await (signal === undefined ? this.#filling : untilAborted(this.#filling, signal));
    }
  }

  /** Gives back bytes that were read too far, for the next reader. */
  unread(chunk: Uint8Array): void {
    if (chunk.length > 0) this.#ready.push(chunk);
  }

  cancel(): void {
    this.#ended = true;
    this.#ready.length = 0;
    this.#inner.cancel();
  }

  retain(): this {
    this.#holders++;
    return this;
  }

  release(): void {
    if (--this.#holders === 0) this.cancel();
  }

  async #fill(): Promise<void> {
    try {
      const chunk = await this.#inner.read();
      if (chunk === undefined && this.#endIsFinal) this.#ended = true;
      else if (chunk === undefined) this.#ready.push(END);
      else if (!this.#ended && chunk.length > 0) this.#ready.push(chunk);
    } catch {
      this.#ended = true;
    } finally {
      this.#filling = undefined;
    }
  }
}

/** An open output that several processes hold. It ends when the last holder lets go. */
export class SharedSink implements ByteSink {
  readonly #inner: ByteSink;
  #holders = 0;
  #ended = false;

  constructor(inner: ByteSink) {
    this.#inner = inner;
  }

  /** `sink` itself when it can be shared already. */
  static of(sink: ByteSink): SharedSink {
    return sink instanceof SharedSink ? sink : new SharedSink(sink);
  }

  async write(data: Uint8Array | string): Promise<void> {
    if (this.#ended) throw new BrokenPipe();
    await this.#inner.write(data);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#inner.end();
  }

  retain(): this {
    this.#holders++;
    return this;
  }

  release(): void {
    if (--this.#holders === 0) this.end();
  }
}

/** After so many writes a process lets others run, so that `yes >/dev/null` cannot hold up the rest. */
const WRITES_PER_TURN = 16;

/** One process's descriptor for reading. */
export class ProcessInput implements ByteSource {
  readonly shared: SharedSource;
  readonly #ended: AbortSignal;
  #open = true;

  constructor(shared: SharedSource, ended: AbortSignal) {
    this.shared = shared.retain();
    this.#ended = ended;
  }

  read(): Promise<Uint8Array | undefined> {
    return this.#open ? this.shared.read(this.#ended) : Promise.resolve(undefined);
  }

  cancel(): void {
    if (!this.#open) return;
    this.#open = false;
    this.shared.release();
  }
}

/** One process's descriptor for writing. */
export class ProcessOutput implements ByteSink {
  readonly shared: SharedSink;
  readonly #ended: AbortSignal;
  #open = true;
  #writes = 0;

  constructor(shared: SharedSink, ended: AbortSignal) {
    this.shared = shared.retain();
    this.#ended = ended;
  }

  async write(data: Uint8Array | string): Promise<void> {
    this.#ended.throwIfAborted();
    if (!this.#open) throw new BrokenPipe();
    await untilAborted(this.shared.write(data), this.#ended);
    if (++this.#writes % WRITES_PER_TURN === 0) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      this.#ended.throwIfAborted();
    }
  }

  end(): void {
    if (!this.#open) return;
    this.#open = false;
    this.shared.release();
  }
}
