import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeDirectory } from '#emulator/make-directory.ts';
import { unwritableError } from './problems.ts';

/** Two writes of one file may be under way at once: each has a temporary of its own, the last rename wins. */
let writes = 0;

/**
 * Replaces a file so that a kill at any moment leaves either the old content or the new one: written beside
 * it, flushed to the disk, renamed over it. The folder is made when it is missing (mode 0700).
 * @param mode permissions of the file; default 0600, since everything here is the learner's own.
 * @throws AppError `data-folder-unwritable` or `disk-full`.
 */
export async function writeAtomically(path: string, content: string, mode = 0o600): Promise<void> {
  const temporary = `${path}.${process.pid}-${++writes}.tmp`;
  try {
    await makeDirectory(dirname(path));
    const file = await open(temporary, 'w', mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw unwritableError(path, error);
  }
}
