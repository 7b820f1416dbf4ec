import type { Pod } from '../../api/objects.ts';
import { finishTimeOf } from './pods.ts';

const FIRST_MS = 10_000;
const LONGEST_MS = 600_000;

/** Milliseconds to wait before the next pod, after `failures` failures in a row. */
export function remainingBackoff(failures: number, lastFailure: number, now: number): number {
  if (failures === 0) return 0;
  return Math.max(0, lastFailure + Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS) - now);
}

/** Counts the failures of each Job since its last success: with each of them its pods come back more slowly. */
export class JobBackoff {
  readonly #records = new Map<string, { failures: number; lastFailure: number }>();

  /** Takes in pods that have just ended. */
  record(key: string, succeeded: readonly Pod[], failed: readonly Pod[]): void {
    if (succeeded.length + failed.length === 0) return;
    const lastSuccess = Math.max(...succeeded.map(finishTimeOf));
    const since = succeeded.length === 0 ? failed : failed.filter((pod) => finishTimeOf(pod) > lastSuccess);
    const before = succeeded.length === 0 ? this.#records.get(key) : undefined;
    if (since.length === 0) this.#records.delete(key);
    else
      this.#records.set(key, {
        failures: (before?.failures ?? 0) + since.length,
        lastFailure: Math.max(...since.map(finishTimeOf)),
      });
  }

  /** Milliseconds to wait before the next pod. */
  remaining(key: string, now: number): number {
    const record = this.#records.get(key);
    return record === undefined ? 0 : remainingBackoff(record.failures, record.lastFailure, now);
  }

  forget(key: string): void {
    this.#records.delete(key);
  }
}
