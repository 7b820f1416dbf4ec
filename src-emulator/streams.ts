/** Where bytes come from. */
export interface ByteSource {
  /** The next chunk, or undefined at the end. Only one read may be under way. */
  read(): Promise<Uint8Array | undefined>;
  /** Tells the writer that nobody will read any more: its writes then reject with {@link BrokenPipe}. */
  cancel(): void;
}

/** Where bytes go. */
export interface ByteSink {
  /** Resolves when there is room for more. @throws BrokenPipe when the reader has gone. */
  write(data: Uint8Array | string): Promise<void>;
  /** Marks the end. Safe to call twice. */
  end(): void;
}

/** The reader has gone (EPIPE). */
export class BrokenPipe extends Error {
  readonly code = 'EPIPE';
  constructor() {
    super('broken pipe');
    this.name = 'BrokenPipe';
  }
}
