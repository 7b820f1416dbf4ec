/** A value that many follow: the present one first, then every change. */
export class Broadcast<T> {
  #value: T;
  readonly #wakers = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    this.#value = value;
    for (const wake of [...this.#wakers]) wake();
  }

  async *follow(signal: AbortSignal | undefined): AsyncGenerator<T, void, void> {
    let sent: { value: T } | undefined;
    while (signal?.aborted !== true) {
      if (sent?.value !== this.#value) {
        sent = { value: this.#value };
        yield sent.value;
        continue;
      }
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#wakers.delete(wake);
          resolve();
        };
        this.#wakers.add(wake);
        signal?.addEventListener('abort', wake, { once: true });
      });
    }
  }
}
