import type { Clock, Timer } from '#emulator/clock.ts';
import type { KubeClient } from '../kube/client.ts';
import { KubeStatusError } from '../kube/errors.ts';
import { NODE } from '../kube/objects.ts';

/** Between one answer and the next question. With the deadline: a silence is noticed within four seconds. */
const BEAT_MS = 2000;
const BEAT_DEADLINE_MS = 2000;

export interface HealthHandlers {
  /** The API server answers. Called again with every sign of life. */
  answers: () => void;
  /** It was cut off, or did not answer in time. */
  silent: (error: unknown) => void;
}

/**
 * Follows whether a cluster answers, until disposed. A watch notices at once when connections break; a question
 * every two seconds notices a server that keeps its connections but has stopped (a frozen process, a lost network).
 */
export function watchHealth(kube: KubeClient, clock: Clock, { answers, silent }: HealthHandlers): Disposable {
  const closing = new AbortController();
  let timer: Timer | undefined;
  let silences = 0;
  const fellSilent = (error: unknown): void => {
    silences++;
    silent(error);
  };
  const beat = async (): Promise<void> => {
    const before = silences;
    try {
      await kube.answers(BEAT_DEADLINE_MS);
      // An answer to what was asked before it fell silent says nothing of now.
      if (!closing.signal.aborted && silences === before) answers();
    } catch (error) {
      if (!closing.signal.aborted) fellSilent(error);
    }
    if (!closing.signal.aborted) next();
  };
  const next = (): void => {
    timer = clock.setTimeout(() => void beat(), BEAT_MS);
  };
  next();
  const watch = kube.watch(
    NODE,
    {},
    {
      snapshot: () => undefined,
      event: () => undefined,
      state: (state, error) => {
        // Who may not look at the nodes of a shared cluster has an answer, too.
        if (state === 'connected' || isRefusal(error)) answers();
        else if (state === 'disconnected') fellSilent(error);
      },
    },
  );
  return {
    [Symbol.dispose]: () => {
      closing.abort();
      timer?.cancel();
      watch[Symbol.dispose]();
    },
  };
}

function isRefusal(error: unknown): boolean {
  return error instanceof KubeStatusError && (error.code === 401 || error.code === 403);
}
