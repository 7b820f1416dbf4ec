import type { Clock } from '../clock.ts';
import type { ByteSink, ByteSource } from '../streams.ts';
import type { LogOptions } from './types.ts';

/** What is kept of one container's output, in bytes; the oldest lines go first. */
const CAPACITY_BYTES = 512 * 1024;
/** A line without an end is cut here, as containerd does. */
const LONGEST_LINE = 16 * 1024;
const NEWLINE = 10;

interface LogLine {
  ms: number;
  /** With its newline. */
  bytes: Uint8Array;
}

/** The log of one instance of a container: lines with the time at which they were written. */
export class LogBuffer {
  readonly #clock: Clock;
  #lines: LogLine[] = [];
  #bytes = 0;
  #closed = false;
  readonly #followers = new Set<(line: LogLine | undefined) => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A sink for one of the container's streams; lines of different streams are not mixed up. */
  sink(): ByteSink {
    let partial: Uint8Array[] = [];
    let length = 0;
    const flush = (): void => {
      if (length === 0) return;
      this.#append(Buffer.concat(partial));
      partial = [];
      length = 0;
    };
    return {
      write: (data) => {
        let rest = typeof data === 'string' ? new TextEncoder().encode(data) : data;
        while (rest.length > 0) {
          const newline = rest.indexOf(NEWLINE);
          const end = newline === -1 ? Math.min(rest.length, LONGEST_LINE - length) : newline + 1;
          partial.push(rest.slice(0, end));
          length += end;
          rest = rest.subarray(end);
          if (newline !== -1 || length >= LONGEST_LINE) flush();
        }
        return Promise.resolve();
      },
      end: flush,
    };
  }

  /** The container has ended: readers that follow come to their end. */
  close(): void {
    this.#closed = true;
    for (const follower of [...this.#followers]) follower(undefined);
  }

  /** Reads as `kubectl logs` asks. The source ends after the last line, or with `follow` when the log is closed. */
  read(options: LogOptions): ByteSource {
    const since = sinceOf(options, this.#clock.now());
    const chosen = this.#lines.filter((line) => line.ms >= since);
    const first =
      options.tailLines === undefined || options.tailLines < 0
        ? 0
        : Math.max(0, chosen.length - options.tailLines);
    const waiting = chosen.slice(first);
    let left = options.limitBytes ?? Infinity;
    let ended = !options.follow || this.#closed;
    let wake: (() => void) | undefined;
    const follower = (line: LogLine | undefined): void => {
      if (line === undefined) {
        ended = true;
        this.#followers.delete(follower);
      } else waiting.push(line);
      wake?.();
    };
    if (!ended) this.#followers.add(follower);
    return {
      read: async () => {
        while (waiting.length === 0 && !ended && left > 0)
          await new Promise<void>((resolve) => (wake = resolve));
        if (left <= 0 || waiting.length === 0) return undefined;
        const chunk = Buffer.concat(waiting.splice(0).map((line) => render(line, options.timestamps)));
        const cut = chunk.subarray(0, Math.min(chunk.length, left));
        left -= cut.length;
        return cut;
      },
      cancel: () => follower(undefined),
    };
  }

  /** The end of what was written, at most so many lines and bytes. */
  tail(lines: number, bytes: number): string {
    const text = Buffer.concat(this.#lines.slice(-lines).map((line) => line.bytes));
    return text.subarray(Math.max(0, text.length - bytes)).toString();
  }

  #append(bytes: Uint8Array): void {
    // A copy of its own: small buffers are slices of large ones, which one kept line would keep whole.
    const line = { ms: this.#clock.now(), bytes: new Uint8Array(bytes) };
    this.#lines.push(line);
    this.#bytes += bytes.length;
    if (this.#bytes > CAPACITY_BYTES) {
      let drop = 0;
      // A good part at once, so that a chatty container does not shift the array with every line.
      while (this.#bytes > CAPACITY_BYTES * 0.75)
        this.#bytes -= this.#lines[drop++]?.bytes.length ?? Infinity;
      this.#lines = this.#lines.slice(drop);
    }
    for (const follower of this.#followers) follower(line);
  }
}

function sinceOf({ sinceSeconds, sinceTime }: LogOptions, now: number): number {
  if (sinceTime !== undefined) return Date.parse(sinceTime);
  return sinceSeconds === undefined ? -Infinity : now - sinceSeconds * 1000;
}

function render({ ms, bytes }: LogLine, timestamps: boolean): Uint8Array {
  if (!timestamps) return bytes;
  return Buffer.concat([new TextEncoder().encode(`${new Date(ms).toISOString()} `), bytes]);
}

/**
 * What a container writes: into its log, and to whoever is attached at the moment. An attached reader that
 * leaves is forgotten; one that is slow does not hold the container up.
 */
export class OutputHub {
  readonly #attached = new Set<ByteSink>();
  readonly sink: ByteSink;

  constructor(log: ByteSink) {
    this.sink = {
      write: async (data) => {
        for (const sink of this.#attached) sink.write(data).catch(() => this.#attached.delete(sink));
        await log.write(data);
      },
      end: () => {
        log.end();
        for (const sink of this.#attached) sink.end();
        this.#attached.clear();
      },
    };
  }

  attach(sink: ByteSink): void {
    this.#attached.add(sink);
  }
}
