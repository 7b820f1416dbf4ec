import type { TerminalEvent, TerminalInfo } from '#shared/contract.ts';
import { concatenate } from './ring-buffer.ts';

/** Above this many bytes that were sent and not yet drawn, the program is made to wait … */
export const PAUSE_AT_BYTES = 100_000;
/** … until fewer than this remain. */
export const RESUME_AT_BYTES = 5_000;

/** Pauses and resumes the program's output. */
export interface Flow {
  pause(): void;
  resume(): void;
}

/** One screen that shows a terminal: events in order, with flow control. */
export class Attachment {
  readonly #flow: Flow;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #info: TerminalInfo | undefined;
  #unacknowledged = 0;
  #paused = false;
  #ended = false;
  #wake: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  data(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#ended) return;
    this.#chunks.push(bytes);
    this.#size += bytes.length;
    this.#unacknowledged += bytes.length;
    if (!this.#paused && this.#unacknowledged > PAUSE_AT_BYTES) {
      this.#paused = true;
      this.#flow.pause();
    }
    this.#wake.resolve();
  }

  info(info: TerminalInfo): void {
    this.#info = info;
    this.#wake.resolve();
  }

  acknowledge(bytes: number): void {
    this.#unacknowledged = Math.max(0, this.#unacknowledged - bytes);
    if (this.#paused && this.#unacknowledged < RESUME_AT_BYTES) {
      this.#paused = false;
      this.#flow.resume();
    }
  }

  /** Ends the events after those that wait; the program is not kept waiting for a screen that has gone. */
  end(): void {
    this.#ended = true;
    if (this.#paused) {
      this.#paused = false;
      this.#flow.resume();
    }
    this.#wake.resolve();
  }

  async *events(): AsyncGenerator<TerminalEvent, void, void> {
    for (;;) {
      if (this.#chunks.length > 0) {
        const bytes = concatenate(this.#chunks, this.#size);
        this.#chunks = [];
        this.#size = 0;
        yield { type: 'data', bytes };
      } else if (this.#info !== undefined) {
        // After the output that came before it: "the shell ended" belongs below its last words.
        const info = this.#info;
        this.#info = undefined;
        yield { type: 'info', info };
      } else if (this.#ended) return;
      else {
        await this.#wake.promise;
        this.#wake = Promise.withResolvers();
      }
    }
  }
}
