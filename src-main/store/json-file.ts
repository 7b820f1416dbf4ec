import { readFile, rename } from 'node:fs/promises';
import type { z } from 'zod';
import type { Problem } from '#shared/app-error.ts';
import { writeAtomically } from './atomic-write.ts';
import { corruptFileProblem, systemErrorCode, unwritableError, wordsOf } from './problems.ts';

export interface JsonFileOptions<T> {
  path: string;
  schema: z.ZodType<T>;
  /** Content of a file that does not exist yet. */
  initial: T;
  /** For the name of a file that is set aside. Default: the present time. */
  now?: () => Date;
}

/**
 * One JSON document on disk that survives a kill at any moment. Reads are from memory. Writes happen in order,
 * and changes that arrive during a write are written together by the next.
 */
export class JsonFile<T> {
  readonly path: string;
  /** Set when the file found on disk could not be understood and was set aside. */
  readonly problem: Problem | undefined;
  #value: T;
  #written: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  private constructor(path: string, value: T, problem: Problem | undefined) {
    this.path = path;
    this.#value = value;
    this.problem = problem;
  }

  /**
   * Reads the file. A file that is not JSON, or not of the schema, is renamed to `<name>.corrupt-<time>` and
   * named in {@link JsonFile.problem}.
   * @throws AppError `data-folder-unwritable` when the file cannot be read or set aside.
   */
  static async open<T>({
    path,
    schema,
    initial,
    now = () => new Date(),
  }: JsonFileOptions<T>): Promise<JsonFile<T>> {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return new JsonFile(path, initial, undefined);
      throw unwritableError(path, error);
    }
    try {
      return new JsonFile(path, schema.parse(JSON.parse(text)), undefined);
    } catch (error) {
      const setAside = `${path}.corrupt-${now().toISOString().replaceAll(/[:.]/g, '-')}`;
      await rename(path, setAside).catch((cause: unknown) => {
        throw unwritableError(path, cause);
      });
      return new JsonFile(path, initial, corruptFileProblem(path, setAside, wordsOf(error)));
    }
  }

  get value(): T {
    return this.#value;
  }

  /**
   * Changes the value at once in memory, and resolves when it is on disk.
   * @throws AppError `data-folder-unwritable` or `disk-full`; the value in memory stays changed.
   */
  update(change: (value: T) => T): Promise<void> {
    this.#value = change(this.#value);
    this.#next ??= this.#written.then(() => {
      this.#next = undefined;
      const write = writeAtomically(this.path, `${JSON.stringify(this.#value, undefined, 2)}\n`);
      this.#written = write.catch(() => undefined);
      return write;
    });
    return this.#next;
  }

  /** Resolves when every change made so far has been written (or has failed to be). */
  async flush(): Promise<void> {
    await this.#next?.catch(() => undefined);
    await this.#written;
  }
}
