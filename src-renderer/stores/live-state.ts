import type { LiveBatch, ObjectView } from '#shared/live.ts';

/** The objects as of one batch. Maps are replaced, never changed, so that a shallow ref notices. */
export interface LiveState {
  readonly seq: number;
  readonly objects: ReadonlyMap<string, ObjectView>;
}

export const EMPTY_LIVE: LiveState = { seq: -1, objects: new Map() };

/** The state after a batch, or `gap` when one was missed and a fresh snapshot is needed. */
export function reduceLive(state: LiveState, batch: LiveBatch): LiveState | 'gap' {
  if (!batch.snapshot && batch.seq !== state.seq + 1) return 'gap';
  const objects = new Map(batch.snapshot ? [] : state.objects);
  for (const uid of batch.deletes) objects.delete(uid);
  for (const view of batch.upserts) objects.set(view.uid, view);
  return { seq: batch.seq, objects };
}

/** All objects of one kind, in name order. */
export function ofKind<K extends ObjectView['kind']>(
  objects: ReadonlyMap<string, ObjectView>,
  kind: K,
): Extract<ObjectView, { kind: K }>[] {
  const found: Extract<ObjectView, { kind: K }>[] = [];
  for (const view of objects.values())
    if (view.kind === kind) found.push(view as Extract<ObjectView, { kind: K }>);
  return found.sort((a, b) => a.namespace.localeCompare(b.namespace) || a.name.localeCompare(b.name));
}
