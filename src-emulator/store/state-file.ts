import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../clock.ts';

/** What reading a state file gave. */
export interface StateFileContent {
  /** The parsed content, or undefined when there is nothing (yet) to go by. */
  value: unknown;
  /** Set when the file could not be understood: where it was moved, for the message to the user. */
  setAside?: { path: string; reason: string };
}

/**
 * Reads a JSON file. One that is not JSON, or that `check` refuses by throwing, is renamed to
 * `<path>.corrupt-<milliseconds since the epoch>` and named in the result.
 *
 * @throws the file system's error when the file exists and cannot be read or moved.
 */
export function readStateFile(
  path: string,
  clock: Clock,
  check: (value: unknown) => void = () => {},
): StateFileContent {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { value: undefined };
    throw error;
  }
  try {
    const value: unknown = JSON.parse(text);
    check(value);
    return { value };
  } catch (error) {
    const aside = `${path}.corrupt-${clock.now()}`;
    renameSync(path, aside);
    return { value: undefined, setAside: { path: aside, reason: (error as Error).message } };
  }
}

/** Writes a file so that a reader, or a crash at any moment, sees either the old content or the new. Mode 0600. */
export function writeFileAtomically(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.tmp`;
  const handle = openSync(temporary, 'w', 0o600);
  try {
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, path);
}
