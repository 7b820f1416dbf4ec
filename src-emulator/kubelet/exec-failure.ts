import { randomBytes } from 'node:crypto';
import type { FileError } from '../images/types.ts';

/** containerd's words for a command that could not be started in a running container. */
export function execFailure({ message }: FileError): string {
  return (
    `failed to exec in container: failed to start exec "${randomBytes(32).toString('hex')}": ` +
    `OCI runtime exec failed: exec failed: unable to start container process: ${message}: unknown`
  );
}
