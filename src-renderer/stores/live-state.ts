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

/** The view of a kind. A view may stand for several kinds (ConfigMap and Secret), so `Extract` would miss it. */
type ViewOf<K extends ObjectView['kind'], V extends ObjectView = ObjectView> = V extends { kind: infer Kinds }
  ? [K & Kinds] extends [never]
    ? never
    : V
  : never;

/** All objects of one kind, in name order. */
export function ofKind<K extends ObjectView['kind']>(
  objects: ReadonlyMap<string, ObjectView>,
  kind: K,
): ViewOf<K>[] {
  const found: ViewOf<K>[] = [];
  for (const view of objects.values())
    if (view.kind === kind) found.push(view as ViewOf<K>);
  return found.sort((a, b) => a.namespace.localeCompare(b.namespace) || a.name.localeCompare(b.name));
}
