/** A value that changes, and those who follow it. */
export class Observable<T> {
  #value: T;
  readonly #listeners = new Set<(value: T) => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    this.#value = value;
    for (const listener of this.#listeners) listener(value);
  }

  /** Calls the listener at each change from now on. */
  subscribe(listener: (value: T) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** The present value, then every change until `signal`; a slow reader misses values but never the latest. */
  async *follow(signal: AbortSignal | undefined): AsyncGenerator<T, void, void> {
    let wake: PromiseWithResolvers<void> = Promise.withResolvers();
    const onAbort = (): void => wake.resolve();
    signal?.addEventListener('abort', onAbort);
    let changed = true;
    const subscription = this.subscribe(() => {
      changed = true;
      wake.resolve();
    });
    try {
      while (signal?.aborted !== true) {
        if (changed) {
          changed = false;
          wake = Promise.withResolvers();
          yield this.#value;
        } else await wake.promise;
      }
    } finally {
      subscription[Symbol.dispose]();
      signal?.removeEventListener('abort', onAbort);
    }
  }
}
