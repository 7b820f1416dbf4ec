import type { Clock, Timer } from '../clock.ts';

/** First delay after a failed sync, in ms; it doubles with every further failure of the same key. */
const FIRST_RETRY_MS = 5;
const LONGEST_RETRY_MS = 60_000;

/**
 * A controller's queue of object keys, as client-go's workqueue: a key that is waiting is not added twice, so a
 * burst of changes leads to one sync, and a sync that throws is tried again with exponential back-off.
 * Keys are handled in the order in which they were first added.
 */
export class WorkQueue implements Disposable {
  readonly #clock: Clock;
  readonly #sync: (key: string) => void;
  readonly #waiting = new Set<string>();
  readonly #delayed = new Map<string, { at: number; timer: Timer }>();
  readonly #failures = new Map<string, number>();
  #tick: Timer | undefined;
  #closed = false;

  constructor(clock: Clock, sync: (key: string) => void) {
    this.#clock = clock;
    this.#sync = sync;
  }

  /** Has `key` synced as soon as the current turn is over. */
  add(key: string): void {
    if (this.#closed) return;
    this.#waiting.add(key);
    this.#tick ??= this.#clock.setTimeout(() => this.#drain(), 0);
  }

  /** Has `key` synced `ms` milliseconds from now; an earlier appointment of the same key is kept. */
  addAfter(key: string, ms: number): void {
    if (this.#closed) return;
    const at = this.#clock.now() + ms;
    const existing = this.#delayed.get(key);
    if (existing !== undefined) {
      if (existing.at <= at) return;
      existing.timer.cancel();
    }
    const timer = this.#clock.setTimeout(() => {
      this.#delayed.delete(key);
      this.add(key);
    }, ms);
    this.#delayed.set(key, { at, timer });
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#tick?.cancel();
    for (const { timer } of this.#delayed.values()) timer.cancel();
    this.#delayed.clear();
    this.#waiting.clear();
  }

  #drain(): void {
    this.#tick = undefined;
    const batch = [...this.#waiting];
    this.#waiting.clear();
    for (const key of batch) {
      if (this.#closed) return;
      try {
        this.#sync(key);
        this.#failures.delete(key);
      } catch {
        // The next sync starts from what is stored then, so the cause is worth no more than another try.
        const failures = this.#failures.get(key) ?? 0;
        this.#failures.set(key, failures + 1);
        this.addAfter(key, Math.min(FIRST_RETRY_MS * 2 ** failures, LONGEST_RETRY_MS));
      }
    }
  }
}

/** `namespace/name`, or the name alone for what has no namespace. */
export function keyOf(object: { metadata: { namespace?: string; name: string } }): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** Takes a key of a namespaced object apart. */
export function splitKey(key: string): { namespace: string; name: string } {
  const slash = key.indexOf('/');
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
