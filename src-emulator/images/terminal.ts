import type { ByteSink, ByteSource } from '../streams.ts';
import { isWide } from './character-width.ts';
import { SharedSink, SharedSource } from './descriptors.ts';
import { toBytes } from './pipe.ts';
import type { Signal, TerminalHandle, TerminalSize } from './types.ts';

const CTRL_C = 0x03;
const CTRL_D = 0x04;
const BACKSPACE = 0x08;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const CTRL_U = 0x15;
const CTRL_W = 0x17;
const CTRL_BACKSLASH = 0x1c;
const ESCAPE = 0x1b;
const DELETE = 0x7f;

/**
 * A pseudo-terminal with the line discipline of Linux's N_TTY (termios(3)): cooked mode collects a line, echoes it,
 * lets it be edited and turns Ctrl+C into SIGINT and Ctrl+D into the end of input; raw mode hands every byte on.
 * Output has its newlines turned into CR LF.
 */
export class Terminal implements TerminalHandle {
  readonly input: SharedSource;
  readonly output: SharedSink;
  readonly #queue: (Uint8Array | undefined)[] = [];
  readonly #outside: ByteSink;
  readonly #onSignal: (signal: Signal) => void;
  readonly #resizeHandlers = new Set<(size: TerminalSize) => void>();
  #size: TerminalSize;
  #raw = false;
  #echoes = true;
  #line: number[] = [];
  #wake: (() => void) | undefined;
  #closed = false;
  #hungUp = false;

  /** @param onSignal what a key like Ctrl+C, or the loss of the line (SIGHUP), sends to the foreground. */
  constructor(
    source: ByteSource | undefined,
    sink: ByteSink,
    size: TerminalSize,
    onSignal: (signal: Signal) => void,
  ) {
    this.#size = size;
    this.#outside = sink;
    this.#onSignal = onSignal;
    this.input = new SharedSource({ read: () => this.#read(), cancel: () => source?.cancel() }, false);
    this.output = new SharedSink({
      write: (data) => sink.write(withCarriageReturns(toBytes(data))),
      end: () => {
        this.#closed = true;
        sink.end();
      },
    });
    if (source !== undefined) void this.#pump(source);
  }

  get size(): TerminalSize {
    return this.#size;
  }

  onResize(handler: (size: TerminalSize) => void): Disposable {
    this.#resizeHandlers.add(handler);
    return { [Symbol.dispose]: () => this.#resizeHandlers.delete(handler) };
  }

  resize(size: TerminalSize): void {
    this.#size = size;
    for (const handler of this.#resizeHandlers) handler(size);
  }

  setRaw(raw: boolean): void {
    this.#raw = raw;
    if (raw && this.#line.length > 0) this.#deliverLine();
  }

  setEcho(echo: boolean): void {
    this.#echoes = echo;
  }

  async #read(): Promise<Uint8Array | undefined> {
    while (this.#queue.length === 0) {
      if (this.#closed || this.#hungUp) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.#queue.shift();
  }

  async #pump(source: ByteSource): Promise<void> {
    try {
      for (let chunk = await source.read(); chunk !== undefined; chunk = await source.read())
        this.#accept(chunk);
    } catch {
      // A line that breaks is a line that ends.
    }
    if (this.#closed) return;
    if (this.#line.length > 0) this.#deliverLine();
    this.#hungUp = true;
    this.#deliver(undefined);
    this.#onSignal('SIGHUP');
  }

  #accept(chunk: Uint8Array): void {
    if (this.#raw) {
      this.#deliver(chunk);
      return;
    }
    for (const byte of chunk) this.#cook(byte);
  }

  #cook(byte: number): void {
    switch (byte) {
      case CTRL_C:
      case CTRL_BACKSLASH:
        this.#line = [];
        this.#queue.length = 0;
        this.#echo(byte === CTRL_C ? '^C' : '^\\');
        this.#onSignal(byte === CTRL_C ? 'SIGINT' : 'SIGQUIT');
        return;
      case CTRL_D:
        if (this.#line.length > 0) this.#deliverLine();
        else this.#deliver(undefined);
        return;
      case BACKSPACE:
      case DELETE:
        this.#erase();
        return;
      case CTRL_U:
        while (this.#line.length > 0) this.#erase();
        return;
      case CTRL_W:
        while (this.#line.at(-1) === 0x20) this.#erase();
        while (this.#line.length > 0 && this.#line.at(-1) !== 0x20) this.#erase();
        return;
      case RETURN:
      case NEWLINE:
        this.#line.push(NEWLINE);
        this.#echo('\n');
        this.#deliverLine();
        return;
      default:
        this.#line.push(byte);
        if (byte === ESCAPE) this.#echo('^[');
        else if (byte < 0x20 && byte !== 0x09) this.#echo(`^${String.fromCharCode(byte + 0x40)}`);
        else this.#echo(Uint8Array.of(byte));
    }
  }

  /** Takes back one character: all bytes of a UTF-8 sequence. */
  #erase(): void {
    let from = this.#line.length - 1;
    if (from < 0) return;
    while (from > 0 && ((this.#line[from] ?? 0) & 0xc0) === 0x80) from--;
    const character = new TextDecoder().decode(Uint8Array.from(this.#line.splice(from)));
    this.#echo(isWide(character) ? '\b\b  \b\b' : '\b \b');
  }

  #deliverLine(): void {
    const line = Uint8Array.from(this.#line);
    this.#line = [];
    this.#deliver(line);
  }

  #deliver(data: Uint8Array | undefined): void {
    this.#queue.push(data);
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  #echo(data: Uint8Array | string): void {
    if (!this.#echoes) return;
    this.#outside.write(withCarriageReturns(toBytes(data))).catch(() => undefined);
  }
}

function withCarriageReturns(data: Uint8Array): Uint8Array {
  let newlines = 0;
  for (const byte of data) if (byte === NEWLINE) newlines++;
  if (newlines === 0) return data;
  const result = new Uint8Array(data.length + newlines);
  let at = 0;
  for (const byte of data) {
    if (byte === NEWLINE) result[at++] = RETURN;
    result[at++] = byte;
  }
  return result;
}
