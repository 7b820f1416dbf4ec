import { describe, expect, it } from 'vitest';
import type { ConfigView } from '#shared/live.ts';
import { EMPTY_LIVE, ofKind, reduceLive } from './live-state.ts';

const map = (name: string): ConfigView => ({
  kind: 'ConfigMap',
  uid: `uid-${name}`,
  namespace: 'lab',
  name,
  createdAt: 0,
  keys: [],
});

describe('the live state', () => {
  it('starts from a snapshot and follows the batches after it', () => {
    const first = reduceLive(EMPTY_LIVE, { seq: 7, snapshot: true, upserts: [map('b'), map('a')], deletes: [] });
    if (first === 'gap') throw new Error('a snapshot is never a gap');
    const second = reduceLive(first, { seq: 8, snapshot: false, upserts: [map('c')], deletes: ['uid-b'] });
    if (second === 'gap') throw new Error('no batch was missed');
    expect(ofKind(second.objects, 'ConfigMap').map((view) => view.name)).toEqual(['a', 'c']);
    expect(ofKind(first.objects, 'ConfigMap').map((view) => view.name)).toEqual(['a', 'b']);
  });

  it('notices that a batch is missing', () => {
    const first = reduceLive(EMPTY_LIVE, { seq: 1, snapshot: true, upserts: [], deletes: [] });
    if (first === 'gap') throw new Error('a snapshot is never a gap');
    expect(reduceLive(first, { seq: 3, snapshot: false, upserts: [], deletes: [] })).toBe('gap');
  });

  it('lets a snapshot replace everything', () => {
    const first = reduceLive(EMPTY_LIVE, { seq: 1, snapshot: true, upserts: [map('old')], deletes: [] });
    if (first === 'gap') throw new Error('a snapshot is never a gap');
    const again = reduceLive(first, { seq: 9, snapshot: true, upserts: [map('new')], deletes: [] });
    if (again === 'gap') throw new Error('a snapshot is never a gap');
    expect([...again.objects.keys()]).toEqual(['uid-new']);
  });
});
