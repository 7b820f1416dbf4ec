/** A scheduled callback. */
export interface Timer {
  /** Forgets the callback. Safe to call twice and after it ran. */
  cancel(): void;
}

/**
 * Where every part of the emulated cluster takes its time from. Nothing under `src-emulator` calls
 * `Date.now`, `setTimeout` or `setInterval` itself: grading and tests run on virtual time.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Runs `callback` once, `ms` milliseconds from now. */
  setTimeout(callback: () => void, ms: number): Timer;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when `signal` aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** {@link Clock.sleep}, made of a clock's own `setTimeout`. */
export function sleepOn(clock: Pick<Clock, 'setTimeout'>, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = (): void => {
      timer.cancel();
      reject(signal?.reason as Error);
    };
    const timer = clock.setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** The time of the machine. Its timers do not keep the process alive. */
export class RealClock implements Clock {
  now(): number {
    return Date.now();
  }

  setTimeout(callback: () => void, ms: number): Timer {
    const handle = setTimeout(callback, ms);
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }
}

interface Scheduled {
  at: number;
  order: number;
  callback: () => void;
}

/** Time that moves only when it is told to. */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  readonly #scheduled = new Set<Scheduled>();

  /** @param startMs the first value of {@link now}, in milliseconds since the Unix epoch. */
  constructor(startMs: number = Date.UTC(2026, 0, 1)) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, ms: number): Timer {
    const entry: Scheduled = { at: this.#now + Math.max(0, ms), order: this.#order++, callback };
    this.#scheduled.add(entry);
    return { cancel: () => this.#scheduled.delete(entry) };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  /**
   * Moves time forward by `ms` milliseconds and runs every timer that falls due, in order. Between timers it
   * lets pending promises and I/O callbacks run, so that what a timer sets off can schedule its own timers.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    while (await this.#step(end));
    this.#now = end;
  }

  /**
   * Lets time pass by itself until `signal` aborts: as soon as nothing goes on but waiting for the clock, it moves to
   * the next timer.
   */
  async run(signal: AbortSignal): Promise<void> {
    await settle();
    // Without a timer there is nothing to move to: what goes on now waits for the machine.
    while (!signal.aborted) if (!(await this.#step(Infinity))) await settle();
  }

  /** Moves to the next timer that is due by `end` and runs it. @returns whether there was one */
  async #step(end: number): Promise<boolean> {
    const next = this.#next();
    if (next === undefined || next.at > end) return false;
    this.#scheduled.delete(next);
    this.#now = next.at;
    next.callback();
    await settle();
    return true;
  }

  #next(): Scheduled | undefined {
    let first: Scheduled | undefined;
    for (const entry of this.#scheduled) {
      if (first === undefined || entry.at < first.at || (entry.at === first.at && entry.order < first.order))
        first = entry;
    }
    return first;
  }
}

/** Turns of the event loop that are always waited for: I/O callbacks come between them. */
const FEWEST_TURNS = 3;
/** Turns after which what still keeps itself busy (an endless loop in a container) is not waited for. */
const MOST_TURNS = 250;

/**
 * Lets everything run that does not wait for time: promise reactions, ticks and immediates, and what those set
 * off in turn. Node tells whether more immediates are queued; when none is, nothing in the process can go on
 * without the machine or the clock. The emulated network and what runs on it needs neither. What does wait for
 * the machine (files, real sockets) is not waited for here: it goes on whenever the machine answers.
 */
async function settle(): Promise<void> {
  for (let turn = 1; turn <= MOST_TURNS; turn++) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (turn >= FEWEST_TURNS && !process.getActiveResourcesInfo().includes('Immediate')) return;
  }
}
