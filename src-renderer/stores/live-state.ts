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

type Kinds = Map<ObjectView['kind'], ObjectView[]>;

/** Sorted lists of one batch: many panels ask for the same ones. */
const sorted = new WeakMap<ReadonlyMap<string, ObjectView>, Kinds>();

/** All objects of one kind, in name order. Sorted once per batch, whoever asks. */
export function ofKind<K extends ObjectView['kind']>(
  objects: ReadonlyMap<string, ObjectView>,
  kind: K,
): readonly ViewOf<K>[] {
  let kinds = sorted.get(objects);
  if (kinds === undefined) {
    kinds = Map.groupBy(objects.values(), (view) => view.kind);
    for (const views of kinds.values()) views.sort(byName);
    sorted.set(objects, kinds);
  }
  return (kinds.get(kind) ?? []) as ViewOf<K>[];
}

/** Names of objects are ASCII, so code units give the order that kubectl prints, at a fraction of a collator's cost. */
function byName(a: ObjectView, b: ObjectView): number {
  return compare(a.namespace, b.namespace) || compare(a.name, b.name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
