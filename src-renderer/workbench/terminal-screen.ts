import type { Terminal } from '@xterm/xterm';
import type { Connection } from '../transport.ts';
import { toProblem } from '../problems.ts';
import type { Problem } from '#shared/app-error.ts';

/** Milliseconds before an attachment that failed is tried again. */
const AGAIN_AFTER = 500;

export interface AttachHandlers {
  /** Another window shows this terminal now. Nothing more is drawn here until `attachScreen` is called again. */
  readonly takenOver: () => void;
  readonly failed: (problem: Problem | undefined) => void;
}

/**
 * Shows the session `id` on `screen` until `signal` aborts, across reconnections. Each attachment begins with a
 * replay of what main keeps, so the screen is cleared first.
 */
export async function attachScreen(
  connection: Connection,
  id: string,
  screen: Screen,
  handlers: AttachHandlers,
  signal: AbortSignal,
): Promise<void> {
  const ended = (): boolean => signal.aborted;
  while (!ended()) {
    await connection.whenOpen(signal);
    if (ended()) return;
    try {
      const events = await connection.main.terminals.attach({ id }, { signal });
      screen.begin();
      handlers.failed(undefined);
      for await (const event of events) {
        if (ended()) return;
        if (event.type === 'data')
          screen.draw(event.bytes, (bytes) => {
            // Acknowledgements of a connection that is gone have nobody left to wait for them.
            connection.main.terminals.acknowledge({ id, bytes }).catch(() => undefined);
          });
      }
      if (ended()) return;
      handlers.takenOver();
      return;
    } catch (error) {
      if (ended()) return;
      const problem = toProblem(error);
      if (problem.code !== 'connection-lost') {
        handlers.failed(problem);
        return;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER));
  }
}

/** An xterm that knows whether it is drawing what happened before. */
export class Screen {
  readonly #terminal: Terminal;
  #replaying = false;
  #first = true;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** While old output is drawn again, the answers that xterm gives to its queries must not be typed again. */
  get replaying(): boolean {
    return this.#replaying;
  }

  begin(): void {
    this.#terminal.reset();
    this.#first = true;
  }

  draw(bytes: Uint8Array, drawn: (bytes: number) => void): void {
    const replay = this.#first;
    this.#first = false;
    if (replay) this.#replaying = true;
    this.#terminal.write(bytes, () => {
      if (replay) this.#replaying = false;
      drawn(bytes.length);
    });
  }
}

/** The lines on the screen, with lines that were wrapped joined again. */
export function visibleText(terminal: Terminal): string {
  const buffer = terminal.buffer.active;
  let text = '';
  for (let row = 0; row < terminal.rows; row += 1) {
    const line = buffer.getLine(buffer.viewportY + row);
    if (line === undefined) break;
    text += (row === 0 || line.isWrapped ? '' : '\n') + line.translateToString(true);
  }
  return text.trimEnd();
}

/** What xterm hands over as a binary string, byte for byte. */
export function bytesOfBinary(binary: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(binary, (character) => character.charCodeAt(0) & 0xff);
}
