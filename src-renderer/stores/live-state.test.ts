import { describe, expect, it } from 'vitest';
import type { ConfigView, LiveBatch } from '#shared/live.ts';
import { EMPTY_LIVE, ofKind, reduceLive } from './live-state.ts';
import type { LiveState } from './live-state.ts';

const map = (name: string): ConfigView => ({
  kind: 'ConfigMap',
  uid: `uid-${name}`,
  namespace: 'lab',
  name,
  createdAt: 0,
  keys: [],
});

/** The state after a batch that must not be a gap. */
function follow(state: LiveState, batch: LiveBatch): LiveState {
  const next = reduceLive(state, batch);
  if (next === 'gap') throw new Error('no batch was missed');
  return next;
}

describe('the live state', () => {
  it('starts from a snapshot and follows the batches after it', () => {
    const first = follow(EMPTY_LIVE, { seq: 7, snapshot: true, upserts: [map('b'), map('a')], deletes: [] });
    const second = follow(first, { seq: 8, snapshot: false, upserts: [map('c')], deletes: ['uid-b'] });
    expect(ofKind(second.objects, 'ConfigMap').map((view) => view.name)).toEqual(['a', 'c']);
    expect(ofKind(first.objects, 'ConfigMap').map((view) => view.name)).toEqual(['a', 'b']);
  });

  it('notices that a batch is missing', () => {
    const first = follow(EMPTY_LIVE, { seq: 1, snapshot: true, upserts: [], deletes: [] });
    expect(reduceLive(first, { seq: 3, snapshot: false, upserts: [], deletes: [] })).toBe('gap');
  });

  it('lets a snapshot replace everything', () => {
    const first = follow(EMPTY_LIVE, { seq: 1, snapshot: true, upserts: [map('old')], deletes: [] });
    const again = follow(first, { seq: 9, snapshot: true, upserts: [map('new')], deletes: [] });
    expect([...again.objects.keys()]).toEqual(['uid-new']);
  });
});
