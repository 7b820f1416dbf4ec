import type { Clock } from '../../clock.ts';

const FIRST_MS = 1000;
const LONGEST_MS = 900_000;

/** How soon a failed pod of a DaemonSet may be deleted, so that it does not fight with what makes it fail. */
export class FailedPodBackoff {
  readonly #clock: Clock;
  readonly #entries = new Map<string, { delayMs: number; atMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns the milliseconds to wait; 0 when it may be done now, which makes the next wait longer. */
  take(key: string): number {
    const now = this.#clock.now();
    const entry = this.#entries.get(key);
    if (entry !== undefined && now - entry.atMs < entry.delayMs) return entry.delayMs;
    const stale = entry === undefined || now - entry.atMs > 2 * LONGEST_MS;
    this.#entries.set(key, {
      delayMs: stale ? FIRST_MS : Math.min(entry.delayMs * 2, LONGEST_MS),
      atMs: now,
    });
    return 0;
  }
}
