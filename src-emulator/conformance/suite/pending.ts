import { readFileSync } from 'node:fs';

/**
 * What the emulated cluster does not do as it should yet; what has come right has to leave the list. One a line:
 * a scenario and a command of it by its name in the recording, or a scenario as a whole.
 */
export interface Pending {
  readonly scenario: string;
  readonly command?: string;
}

/** The list, from `pending.txt`. */
export const PENDING: readonly Pending[] = readFileSync(new URL('../pending.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [scenario = '', command] = line.split(/ \$ (.*)/);
    return command === undefined ? { scenario } : { scenario, command };
  });
