import { deepFreeze, isJsonObject } from '../../../store/json.ts';
import { FieldSet } from './field-set.ts';

/** meta/v1 ManagedFieldsEntry. */
interface ManagedFieldsEntry {
  manager: string;
  operation: 'Update' | 'Apply';
  apiVersion: string;
  time?: string;
  fieldsType: 'FieldsV1';
  fieldsV1: Record<string, unknown>;
  subresource?: string;
}

/** Who writes: what tells one entry of managedFields from another. */
export interface Manager {
  manager: string;
  operation: 'Update' | 'Apply';
  apiVersion: string;
  subresource?: string;
}

export interface Managed extends Manager {
  /** RFC 3339. */
  time?: string;
  fields: FieldSet;
}

/** The managers of an object by {@link managerKey}. */
export type Managers = Map<string, Managed>;

/** An applier keeps its entry when it goes on to another version of the kind. */
export function managerKey({ manager, operation, apiVersion, subresource }: Manager): string {
  return JSON.stringify({
    manager,
    operation,
    ...(operation === 'Apply' ? {} : { apiVersion }),
    ...(subresource === undefined ? {} : { subresource }),
  });
}

/** A manager as conflicts name it. */
export function describeManager({ manager, operation, apiVersion, subresource }: Manager): string {
  const name = JSON.stringify(manager);
  const named = subresource === undefined ? name : `${name} with subresource ${JSON.stringify(subresource)}`;
  return operation === 'Update' ? `${named} using ${apiVersion}` : named;
}

/** Reads managedFields. Undefined when they cannot be understood. */
export function readManagers(entries: readonly unknown[] = []): Managers | undefined {
  const managers: Managers = new Map();
  for (const entry of entries) {
    if (!isEntry(entry)) return undefined;
    const { manager, operation, apiVersion, time, subresource, fieldsV1 } = entry;
    const managed: Managed = {
      manager,
      operation,
      apiVersion,
      ...(time === undefined ? {} : { time }),
      ...(subresource === undefined || subresource === '' ? {} : { subresource }),
      fields: parsedFields(fieldsV1),
    };
    managers.set(managerKey(managed), managed);
  }
  return managers;
}

function isEntry(entry: unknown): entry is ManagedFieldsEntry {
  return (
    isJsonObject(entry) &&
    (entry['operation'] === 'Update' || entry['operation'] === 'Apply') &&
    typeof entry['apiVersion'] === 'string' &&
    entry['apiVersion'] !== '' &&
    entry['fieldsType'] === 'FieldsV1' &&
    typeof entry['manager'] === 'string' &&
    isJsonObject(entry['fieldsV1'] ?? {})
  );
}

/** Writes managedFields, in the real server's order: appliers first, then by time and name. */
export function writeManagers(managers: Managers): ManagedFieldsEntry[] | undefined {
  if (managers.size === 0) return undefined;
  return [...managers.values()].sort(compareManaged).map(({ fields, time, subresource, ...rest }) => ({
    manager: rest.manager,
    operation: rest.operation,
    apiVersion: rest.apiVersion,
    // Through the scale subresource no time is kept.
    ...(time === undefined || subresource === 'scale' ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: sharedFieldsV1(fields),
    ...(subresource === undefined ? {} : { subresource }),
  }));
}

function compareManaged(a: Managed, b: Managed): number {
  return (
    compareTexts(a.operation, b.operation) ||
    compareTexts(a.time ?? '', b.time ?? '') ||
    compareTexts(a.manager, b.manager) ||
    compareTexts(a.apiVersion, b.apiVersion) ||
    compareTexts(a.subresource ?? '', b.subresource ?? '')
  );
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The pods of a ReplicaSet, and whatever else is written alike, have the same field sets: each is kept once.
 * Parsed sets are found again by the frozen FieldsV1 that they came from.
 */
const MAX_SHARED = 2000;
const shared = new Map<string, Record<string, unknown>>();
const byShape = new Map<string, Record<string, unknown>>();
const parsed = new WeakMap<object, FieldSet>();
const written = new WeakMap<FieldSet, Record<string, unknown>>();

function sharedFieldsV1(set: FieldSet): Record<string, unknown> {
  let fields = written.get(set);
  if (fields === undefined) {
    fields = found(byShape, set.shape(), () => {
      const ordered = set.toFieldsV1();
      return found(shared, JSON.stringify(ordered), () => deepFreeze(ordered));
    });
    written.set(set, fields);
    if (!parsed.has(fields)) parsed.set(fields, set);
  }
  return fields;
}

function found<T>(known: Map<string, T>, key: string, make: () => T): T {
  let value = known.get(key);
  if (value === undefined) {
    value = make();
    if (known.size >= MAX_SHARED) known.clear();
    known.set(key, value);
  }
  return value;
}

function parsedFields(fieldsV1: Record<string, unknown> = {}): FieldSet {
  const known = parsed.get(fieldsV1);
  if (known !== undefined) return known;
  const set = FieldSet.fromFieldsV1(fieldsV1);
  if (Object.isFrozen(fieldsV1)) parsed.set(fieldsV1, set);
  return set;
}

/** How many updaters are told apart. */
const MAX_UPDATERS = 10;
const OLD_UPDATERS = 'ancient-changes';

/** Puts the oldest updaters together when there are too many. */
export function limitUpdaters(managers: Managers): Managers {
  const updaters = [...managers].filter(([, { operation }]) => operation === 'Update');
  let excess = updaters.length - MAX_UPDATERS;
  if (excess <= 0) return managers;
  updaters.sort(
    ([keyA, a], [keyB, b]) => compareTexts(a.time ?? '', b.time ?? '') || compareTexts(keyA, keyB),
  );
  const left = new Map(managers);
  const firstOfVersion = new Map<string, string>();
  for (const [key, managed] of updaters) {
    if (excess <= 0) break;
    const { apiVersion, time } = managed;
    const first = firstOfVersion.get(apiVersion);
    if (first === undefined) {
      firstOfVersion.set(apiVersion, key);
      continue;
    }
    const bucket: Manager = { manager: OLD_UPDATERS, operation: 'Update', apiVersion };
    const bucketKey = managerKey(bucket);
    const earlier = left.get(bucketKey) ?? left.get(first);
    left.delete(first);
    left.delete(key);
    left.set(bucketKey, {
      ...bucket,
      ...(time === undefined ? {} : { time }),
      fields: earlier === undefined ? managed.fields : managed.fields.union(earlier.fields),
    });
    excess--;
  }
  return left;
}
