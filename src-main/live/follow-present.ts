import type { LiveBatch } from '#shared/live.ts';
import type { Observable } from '../observable.ts';
import type { LiveState } from './live-state.ts';

/**
 * Follows the live state of whatever cluster is the present one: another cluster begins with a snapshot, and
 * no cluster is an empty one. `seq` goes on across all of them.
 */
export async function* followPresent(
  present: Observable<LiveState | undefined>,
  namespaces: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<LiveBatch, void, void> {
  let seq = 0;
  while (!signal.aborted) {
    const changed = new AbortController();
    using _subscription = present.subscribe(() => changed.abort());
    const until = AbortSignal.any([signal, changed.signal]);
    const live = present.value;
    if (live === undefined) {
      yield { seq: seq++, snapshot: true, upserts: [], deletes: [] };
      await aborted(until);
    } else for await (const batch of live.follow(namespaces, until)) yield { ...batch, seq: seq++ };
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
