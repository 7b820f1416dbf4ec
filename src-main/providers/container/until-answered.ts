import type { Clock } from '#emulator/clock.ts';
import { DeadlineError } from '../../kube/errors.ts';
import { wordsOf } from '../../store/problems.ts';

const POLL_MS = 100;
const REQUEST_MS = 2000;

/** Resolves when a web server answers at an address of this machine, whatever it says. @throws DeadlineError */
export async function untilAnswered(
  url: string,
  { clock, signal, deadlineMs }: { clock: Clock; signal: AbortSignal; deadlineMs: number },
): Promise<void> {
  const until = clock.now() + deadlineMs;
  for (;;) {
    const failure = await fetch(url, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS)]),
    }).then(
      () => undefined,
      (error: unknown) => wordsOf(error instanceof Error && error.cause !== undefined ? error.cause : error),
    );
    if (failure === undefined) return;
    signal.throwIfAborted();
    if (clock.now() >= until)
      throw new DeadlineError({ en: `an answer at ${url}`, ko: `${url}의 응답` }, deadlineMs, failure);
    await clock.sleep(POLL_MS, signal);
  }
}
