import type { LiveBatch, ObjectView } from '#shared/live.ts';
import type { Clock, Timer } from '#emulator/clock.ts';

/** A burst of changes reaches the screen together; the first change of a burst does not wait. */
const BATCH_MS = 100;

/**
 * Collects changes for one subscriber. The first change after a pause is handed over at once, what follows
 * within {@link BATCH_MS} comes together. While the subscriber is busy, changes to the same object merge.
 */
export class Batcher {
  readonly #clock: Clock;
  readonly #upserts = new Map<string, ObjectView>();
  readonly #deletes = new Set<string>();
  #seq = 0;
  #snapshot = false;
  #notBefore = 0;
  #timer: Timer | undefined;
  #wake: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Replaces everything the subscriber has. */
  snapshot(views: Iterable<ObjectView>): void {
    this.#snapshot = true;
    this.#deletes.clear();
    this.#upserts.clear();
    for (const view of views) this.#upserts.set(view.uid, view);
    this.#wakeAfterPause();
  }

  upsert(view: ObjectView): void {
    this.#deletes.delete(view.uid);
    this.#upserts.set(view.uid, view);
    this.#wakeAfterPause();
  }

  delete(uid: string): void {
    this.#upserts.delete(uid);
    if (!this.#snapshot) this.#deletes.add(uid);
    this.#wakeAfterPause();
  }

  /** Batches until `signal`. */
  async *batches(signal: AbortSignal): AsyncGenerator<LiveBatch, void, void> {
    const stop = (): void => this.#wake.resolve();
    signal.addEventListener('abort', stop);
    try {
      for (;;) {
        await this.#wake.promise;
        if (signal.aborted) return;
        this.#wake = Promise.withResolvers();
        this.#notBefore = this.#clock.now() + BATCH_MS;
        yield this.#take();
      }
    } finally {
      signal.removeEventListener('abort', stop);
      this.#timer?.cancel();
    }
  }

  #take(): LiveBatch {
    const batch: LiveBatch = {
      seq: this.#seq++,
      snapshot: this.#snapshot,
      upserts: [...this.#upserts.values()],
      deletes: [...this.#deletes],
    };
    this.#snapshot = false;
    this.#upserts.clear();
    this.#deletes.clear();
    return batch;
  }

  #wakeAfterPause(): void {
    if (this.#timer !== undefined) return;
    const pause = this.#notBefore - this.#clock.now();
    if (pause <= 0) {
      this.#wake.resolve();
      return;
    }
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = undefined;
      this.#wake.resolve();
    }, pause);
  }
}
