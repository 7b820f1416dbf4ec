import { jsonEqual } from '../../../store/json.ts';
import { compareObjects, type Comparison } from './compare.ts';
import { FieldSet } from './field-set.ts';
import { managerKey, type Managed, type Manager, type Managers } from './managers.ts';
import { mergeObjects } from './merge.ts';
import { fieldsOf, removeFields, withNamedFields } from './prune.ts';
import type { MapType } from './typed-schema.ts';

type JsonObject = Record<string, unknown>;

/** A field that an applier wants to change and somebody else manages. */
export interface FieldConflict {
  manager: Managed;
  path: string[];
}

/** Thrown by {@link apply} without force. */
export class ConflictingFields extends Error {
  readonly conflicts: readonly FieldConflict[];

  constructor(conflicts: readonly FieldConflict[]) {
    super('conflicting fields');
    this.conflicts = conflicts;
  }
}

/** What both kinds of write need to know. */
export interface UpdateContext {
  type: MapType;
  /** Fields that this write cannot change, whatever it says (the status, in a write of the object). */
  ignored: FieldSet;
}

/**
 * Takes note of a write that gave the whole object: what it changed now belongs to the writer alone.
 * Behaviour: merge.Updater.Update of structured-merge-diff.
 */
export function update(
  live: object,
  written: object,
  managers: Managers,
  writer: Manager,
  time: string,
  { type, ignored }: UpdateContext,
): Managers {
  const changes = withoutIgnored(compareObjects(live, written, type), ignored);
  const taken = changes.modified.union(changes.added);
  const left = release(managers, taken, changes.removed);
  if (taken.isEmpty) return left;
  const key = managerKey(writer);
  const before = left.get(key)?.fields ?? new FieldSet();
  left.set(key, { ...writer, time, fields: before.union(taken) });
  return left;
}

/**
 * Applies a configuration: merges it, takes away what the applier no longer mentions and nobody else manages, and
 * finds the fields that are somebody else's. Behaviour: merge.Updater.Apply of structured-merge-diff.
 *
 * @returns `object` is undefined when the live object stays as it is.
 * @throws ConflictingFields without force. @throws MergeFault when configuration and object do not fit together.
 */
export function apply(
  live: JsonObject,
  config: JsonObject,
  managers: Managers,
  applier: Manager,
  force: boolean,
  { type, ignored }: UpdateContext,
): { object: JsonObject | undefined; managers: Managers } {
  const key = managerKey(applier);
  const last = managers.get(key);
  const current = new Map(managers);
  const fields = fieldsOf(config, type).withoutTrees(ignored);
  current.set(key, { ...applier, ...(last?.time === undefined ? {} : { time: last.time }), fields });
  const merged = mergeObjects(live, config, type);
  const object = last === undefined ? merged : prune(merged, last.fields, current, type);

  const changes = withoutIgnored(compareObjects(live, object, type), ignored);
  const taken = changes.modified.union(changes.added);
  if (!force) {
    const conflicts = conflictsWith(current, key, taken);
    if (conflicts.length > 0) throw new ConflictingFields(conflicts);
  }
  return {
    object: jsonEqual(live, object) ? undefined : object,
    managers: release(current, taken, changes.removed, key),
  };
}

function withoutIgnored({ removed, modified, added }: Comparison, ignored: FieldSet): Comparison {
  return {
    removed: removed.withoutTrees(ignored),
    modified: modified.withoutTrees(ignored),
    added: added.withoutTrees(ignored),
  };
}

/** The managers without what was taken from them or is gone. The one of `except` keeps all it has. */
function release(managers: Managers, taken: FieldSet, removed: FieldSet, except?: string): Managers {
  const left: Managers = new Map();
  for (const [key, managed] of managers) {
    const fields = key === except ? managed.fields : managed.fields.difference(taken).difference(removed);
    if (!fields.isEmpty) left.set(key, { ...managed, fields });
  }
  return left;
}

function conflictsWith(managers: Managers, applier: string, taken: FieldSet): FieldConflict[] {
  return [...managers]
    .filter(([key]) => key !== applier)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, manager]) =>
      [...manager.fields.intersection(taken).paths()].map((path) => ({ manager, path })),
    );
}

/** Removes from the merged object what was applied last time, is not any more, and nobody else manages. */
function prune(merged: JsonObject, last: FieldSet, managers: Managers, type: MapType): JsonObject {
  if (last.isEmpty) return merged;
  const lastNamed = withNamedFields(last, type);
  const mergedSet = withNamedFields(fieldsOf(merged, type), type);
  const bare = removeFields(merged, lastNamed, type);
  const managed = [...managers.values()].reduce((all, { fields }) => all.union(fields), new FieldSet());
  const kept = withNamedFields(fieldsOf(bare, type), type).union(withNamedFields(managed, type));
  const owned = removeFields(merged, mergedSet.difference(kept), type);
  const ownedSet = withNamedFields(fieldsOf(owned, type), type);
  return removeFields(merged, mergedSet.difference(ownedSet).intersection(lastNamed), type);
}
