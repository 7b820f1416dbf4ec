import type { Clock, Timer } from '#emulator/clock.ts';

/** Changes come in bursts: one `kubectl apply` is several of them. */
const DEBOUNCE_MS = 60;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;
/** Looks again although nothing was told, for what a watch may have missed. */
const POLL_MS = 60_000;

export interface ReconcilerOptions {
  clock: Clock;
  /**
   * Looks at the cluster and brings it to what it should be, from whatever it is. What it throws is tried again;
   * the signal aborts when nobody wants it any more.
   */
  reconcile: (signal: AbortSignal) => Promise<void>;
  /** Told what went wrong each time. */
  onFailure?: (error: unknown) => void;
}

/** Calls `reconcile` after each trigger, never twice at a time, and until it has gone well. Never throws. */
export class Reconciler implements Disposable {
  readonly #clock: Clock;
  readonly #reconcile: (signal: AbortSignal) => Promise<void>;
  readonly #onFailure: ((error: unknown) => void) | undefined;
  readonly #stop = new AbortController();
  #timer: Timer | undefined;
  #running = false;
  #triggered = false;
  #retryMs = FIRST_RETRY_MS;

  constructor({ clock, reconcile, onFailure }: ReconcilerOptions) {
    this.#clock = clock;
    this.#reconcile = reconcile;
    this.#onFailure = onFailure;
    this.trigger();
  }

  /** Something has changed, or may have. */
  trigger(): void {
    if (this.#triggered) return;
    this.#triggered = true;
    if (!this.#running) this.#schedule(DEBOUNCE_MS);
  }

  #schedule(ms: number): void {
    this.#timer?.cancel();
    if (this.#stop.signal.aborted) return;
    this.#timer = this.#clock.setTimeout(() => void this.#run(), ms);
  }

  async #run(): Promise<void> {
    this.#running = true;
    this.#triggered = false;
    let next = POLL_MS;
    try {
      await this.#reconcile(this.#stop.signal);
      this.#retryMs = FIRST_RETRY_MS;
    } catch (error) {
      // Mostly the cluster is away, or somebody else was quicker. What is wrong now may be right by then.
      next = this.#retryMs;
      this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
      if (!this.#stop.signal.aborted) this.#onFailure?.(error);
    }
    this.#running = false;
    this.#schedule(this.#wasTriggered() ? DEBOUNCE_MS : next);
  }

  #wasTriggered(): boolean {
    return this.#triggered;
  }

  [Symbol.dispose](): void {
    this.#stop.abort(new Error('nobody wants it any more'));
    this.#timer?.cancel();
  }
}
