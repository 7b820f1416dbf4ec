const FIRST_MS = 10_000;
const LONGEST_MS = 300_000;

interface Entry {
  delayMs: number;
  updatedAt: number;
}

/**
 * The kubelet's back-off for restarts and image pulls: 10 s, doubling to 5 min, forgotten after 10 min of peace
 * (client-go's flowcontrol.Backoff). Times are milliseconds since the epoch.
 */
export class BackOff {
  readonly #entries = new Map<string, Entry>();

  /** Counts one more failure and returns how long to wait from now on. */
  next(key: string, eventAt: number, now: number): number {
    const entry = this.#entries.get(key);
    const fresh = entry === undefined || eventAt - entry.updatedAt > 2 * LONGEST_MS;
    const delayMs = fresh ? FIRST_MS : Math.min(entry.delayMs * 2, LONGEST_MS);
    this.#entries.set(key, { delayMs, updatedAt: now });
    return delayMs;
  }

  /** How long it lasts from the failure on; 0 when there is none. */
  delay(key: string, eventAt: number): number {
    const entry = this.#entries.get(key);
    return entry === undefined || eventAt - entry.updatedAt > 2 * LONGEST_MS ? 0 : entry.delayMs;
  }

  /** When the last failure was counted; undefined when there was none. */
  updatedAt(key: string): number | undefined {
    return this.#entries.get(key)?.updatedAt;
  }

  forget(key: string): void {
    this.#entries.delete(key);
  }
}

/** A duration in Go's notation, whole seconds: `10s`, `1m20s`, `5m0s`. */
export function goSeconds(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

/** A duration in Go's notation as image pulls are told: `112ms`, `1.204s`. */
export function goMilliseconds(ms: number): string {
  const whole = Math.round(ms);
  return whole < 1000 ? `${whole}ms` : `${whole / 1000}s`;
}
