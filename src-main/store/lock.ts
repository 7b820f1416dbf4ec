import { join } from 'node:path';
import { makeDirectory } from '#emulator/make-directory.ts';
import { claimProcessFile, type ProcessClaim } from '#emulator/process-file.ts';
import { alreadyRunningError, unwritableError } from './problems.ts';

/**
 * Takes the data folder for this process, until released or until the process ends: a lock left by a process
 * that was killed is recognised and replaced.
 * @throws AppError `already-running`, `data-folder-unwritable`, `disk-full`.
 */
export async function lockDataDirectory(directory: string): Promise<ProcessClaim> {
  const path = join(directory, 'switchyard.lock');
  const claim = await makeDirectory(directory)
    .then(() => claimProcessFile(path))
    .catch((error: unknown) => {
      throw unwritableError(directory, error);
    });
  if ('pid' in claim) throw alreadyRunningError(directory, claim.pid, claim.url);
  return claim;
}
