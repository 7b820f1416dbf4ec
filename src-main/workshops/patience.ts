import type { Clock } from '#emulator/clock.ts';
import type { LocalizedText } from '#shared/locale.ts';
import { cancelledError } from '../command/errors.ts';
import { DeadlineError, KubeStatusError, KubeUnreachableError } from '../kube/errors.ts';
import { wordsOf } from '../store/problems.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4000;

/** Asks a cluster that many ask at once: what may pass is tried again until a deadline. */
export class Patience {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #what: LocalizedText;
  readonly #ms: number;
  readonly #until: number;

  /** @param what is waited for, in the words of the error at the deadline */
  constructor(clock: Clock, signal: AbortSignal, what: LocalizedText, ms: number) {
    this.#clock = clock;
    this.#signal = signal;
    this.#what = what;
    this.#ms = ms;
    this.#until = clock.now() + ms;
  }

  /**
   * Does it again after 429, after errors of the server and after broken connections. It has to bear being done
   * twice. @throws what it throws otherwise; DeadlineError; AppError `cancelled`
   */
  async again<T>(work: () => Promise<T>): Promise<T> {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      if (this.#signal.aborted) throw cancelledError();
      try {
        return await work();
      } catch (error) {
        if (!mayPass(error)) throw error;
        await this.#pause(pause, wordsOf(error));
      }
    }
  }

  /** Asks until the answer is yes. @param seen what is there instead */
  async until(holds: () => Promise<boolean>, seen: () => string): Promise<void> {
    while (!(await this.again(holds))) await this.#pause(FIRST_PAUSE_MS * 2, seen());
  }

  async #pause(ms: number, seen: string): Promise<void> {
    if (this.#clock.now() + ms > this.#until) throw new DeadlineError(this.#what, this.#ms, seen);
    await this.#clock.sleep(ms, this.#signal).catch(() => {
      throw cancelledError();
    });
  }
}

function mayPass(error: unknown): boolean {
  if (error instanceof KubeUnreachableError) return true;
  return error instanceof KubeStatusError && (error.code === 429 || error.code >= 500);
}

/** Works through a list, at most `limit` at once; after an abort nothing more is begun. Work must not reject. */
export async function eachOf<T>(
  items: readonly T[],
  limit: number,
  signal: AbortSignal,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: Math.min(limit, items.length) }, async () => {
      for (const item of rest) {
        if (signal.aborted) return;
        await work(item);
      }
    }),
  );
}
