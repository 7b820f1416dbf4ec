import { createWriteStream, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectory } from '#emulator/make-directory.ts';

/** A longer line is cut: nothing that a person looks for stands behind. */
const LONGEST_LINE = 4000;

/**
 * Everything that commands printed while one thing was done, in one file. Lines are also kept in memory, so that
 * a failure can be explained without reading the file again. A file that cannot be written (the disk is full)
 * is no reason to fail.
 */
export class CommandLog {
  readonly file: string;
  readonly #lines: string[] = [];
  readonly #stream: WriteStream;
  readonly #now: () => Date;

  private constructor(file: string, now: () => Date) {
    this.file = file;
    this.#now = now;
    this.#stream = createWriteStream(file, { mode: 0o600 });
    this.#stream.on('error', () => undefined);
  }

  /** Begins a file; its folder is made when it is missing. */
  static async open(file: string, now: () => Date = () => new Date()): Promise<CommandLog> {
    await makeDirectory(dirname(file)).catch(() => undefined);
    return new CommandLog(file, now);
  }

  /** Every line so far, without times. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  add(line: string): void {
    const text = withoutControls(line).slice(0, LONGEST_LINE);
    this.#lines.push(text);
    this.#stream.write(`${this.#now().toISOString()} ${text}\n`);
  }

  /** Resolves when everything is in the file. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#stream.destroyed) resolve();
      else this.#stream.end(() => resolve());
      this.#stream.once('error', () => resolve());
    });
  }
}

/** Colours and cursor movements say nothing in a file. Nothing else that a terminal would obey is kept either. */
function withoutControls(line: string): string {
  return line.replaceAll(/\u001b\[[0-9;?]*[A-Za-z]|[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
}
