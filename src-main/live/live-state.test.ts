import { describe, expect, it } from 'vitest';
import { VirtualClock } from '#emulator/clock.ts';
import type { LiveBatch } from '#shared/live.ts';
import type { KubeClient } from '../kube/client.ts';
import { KubeStatusError } from '../kube/errors.ts';
import type { KindRef, KubeObject } from '../kube/objects.ts';
import type { WatchHandlers, WatchOptions } from '../kube/watch.ts';
import { Observable } from '../observable.ts';
import { Batcher } from './batcher.ts';
import { followPresent } from './follow-present.ts';
import { LiveState } from './live-state.ts';
import { projectPod } from './project-pod.ts';
import { pod } from './testing/objects.ts';

const view = (uid: string, name = uid) => projectPod(pod({ phase: 'Pending' }, { uid, name }));

/** Lets everything that is ready to run, run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
}

function collect(batches: AsyncIterable<LiveBatch>): LiveBatch[] {
  const seen: LiveBatch[] = [];
  void (async () => {
    for await (const batch of batches) seen.push(batch);
  })();
  return seen;
}
const brief = ({ seq, snapshot, upserts, deletes }: LiveBatch): unknown[] => [
  seq,
  snapshot,
  upserts.map(({ name }) => name),
  deletes,
];

describe('batches', () => {
  it('hand over the first change at once and the rest of a burst together', async () => {
    const clock = new VirtualClock();
    const batcher = new Batcher(clock);
    const stop = new AbortController();
    const seen = collect(batcher.batches(stop.signal));
    batcher.snapshot([view('a')]);
    await settle();
    expect(seen.map(brief)).toEqual([[0, true, ['a'], []]]);
    await clock.advance(1000);
    batcher.upsert(view('b'));
    await settle();
    expect(seen.length).toBe(2);
    batcher.upsert(view('c', 'c1'));
    batcher.upsert(view('c', 'c2'));
    batcher.upsert(view('d'));
    batcher.delete('d');
    batcher.delete('a');
    await settle();
    expect(seen.length).toBe(2);
    await clock.advance(100);
    await settle();
    expect(seen.slice(1).map(brief)).toEqual([
      [1, false, ['b'], []],
      [2, false, ['c2'], ['d', 'a']],
    ]);
    stop.abort();
  });
});

/** A cluster that changes when the test says so. */
class FakeWatches {
  readonly handlers = new Map<string, WatchHandlers<KubeObject>>();
  readonly kube: Pick<KubeClient, 'watch'> = {
    watch: <T extends KubeObject>(kind: KindRef, options: WatchOptions, handlers: WatchHandlers<T>) => {
      const key = `${kind.kind}/${options.namespace ?? ''}`;
      this.handlers.set(key, handlers);
      return { [Symbol.dispose]: () => void this.handlers.delete(key) };
    },
  };

  list(pods: KubeObject[]): void {
    for (const [key, handlers] of this.handlers) handlers.snapshot(key === 'Pod/shop' ? pods : []);
  }
}
const named = (uid: string, phase = 'Pending'): KubeObject => pod({ phase }, { uid, name: uid });

describe('the live state', () => {
  it('begins with a snapshot, tells of real changes only, and mends a gap without one', async () => {
    const clock = new VirtualClock();
    const watches = new FakeWatches();
    const live = new LiveState(watches.kube, clock);
    const stop = new AbortController();
    const seen = collect(live.follow(['shop', 'shop'], stop.signal));
    await settle();
    expect(watches.handlers.has('Node/')).toBe(true);
    watches.list([named('a'), named('b')]);
    await settle();
    expect(seen.map(brief)).toEqual([[0, true, ['a', 'b'], []]]);
    await clock.advance(200);
    watches.handlers.get('Pod/shop')?.event('MODIFIED', named('a'));
    await settle();
    expect(seen.length).toBe(1);
    watches.handlers.get('Pod/shop')?.event('MODIFIED', named('a', 'Running'));
    await settle();
    await clock.advance(200);
    watches.list([named('a', 'Running'), named('c')]);
    await settle();
    await clock.advance(200);
    await settle();
    const changes = seen.slice(1);
    expect(changes.every(({ snapshot }) => !snapshot)).toBe(true);
    expect(changes.flatMap(({ upserts }) => upserts.map(({ name }) => name))).toEqual(['a', 'c']);
    expect(changes.flatMap(({ deletes }) => deletes)).toEqual(['b']);
    stop.abort();
    await settle();
    expect(watches.handlers.size).toBe(0);
  });

  it('shows what it has when one kind cannot be listed', async () => {
    const clock = new VirtualClock();
    const watches = new FakeWatches();
    const stop = new AbortController();
    const seen = collect(new LiveState(watches.kube, clock).follow(['shop'], stop.signal));
    await settle();
    watches.handlers.get('Pod/shop')?.snapshot([named('a')]);
    await settle();
    expect(seen).toEqual([]);
    await clock.advance(3000);
    await settle();
    expect(seen.map(brief)).toEqual([[0, true, ['a'], []]]);
    stop.abort();
  });

  it('does not wait for what the user may not look at', async () => {
    const watches = new FakeWatches();
    const stop = new AbortController();
    const seen = collect(new LiveState(watches.kube, new VirtualClock()).follow(['shop'], stop.signal));
    await settle();
    for (const [key, handlers] of watches.handlers)
      if (key === 'Node/') handlers.state?.('disconnected', new KubeStatusError(403, {}, 'GET nodes'));
      else handlers.snapshot(key === 'Pod/shop' ? [named('a')] : []);
    await settle();
    expect(seen.map(brief)).toEqual([[0, true, ['a'], []]]);
    stop.abort();
  });

  it('moves on to another cluster with a snapshot and the next number', async () => {
    const clock = new VirtualClock();
    const present = new Observable<LiveState | undefined>(undefined);
    const stop = new AbortController();
    const seen = collect(followPresent(present, ['shop'], stop.signal));
    await settle();
    const watches = new FakeWatches();
    present.set(new LiveState(watches.kube, clock));
    await settle();
    watches.list([named('a')]);
    await settle();
    present.set(undefined);
    await settle();
    expect(seen.map(brief)).toEqual([
      [0, true, [], []],
      [1, true, ['a'], []],
      [2, true, [], []],
    ]);
    expect(watches.handlers.size).toBe(0);
    stop.abort();
  });
});
