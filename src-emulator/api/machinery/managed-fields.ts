import { isJsonObject, jsonEqual } from '../../store/json.ts';
import type { KubeObject } from '../objects.ts';

interface ManagedFieldsEntry {
  manager: string;
  operation: 'Update' | 'Apply';
  apiVersion: string;
  time: string;
  fieldsType: 'FieldsV1';
  fieldsV1: Record<string, unknown>;
  subresource?: string;
}

/** Metadata that the server owns and no manager is recorded for. */
const UNMANAGED = new Set([
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
]);

/**
 * Records who wrote which fields in this write: one entry for each manager, operation and subresource. Arrays
 * count as one field, so the record is coarser than that of the real server.
 */
export function recordManager(
  draft: KubeObject,
  stored: KubeObject | undefined,
  writer: { manager: string; subresource?: string },
  time: string,
): void {
  const changed = changedFields(
    withoutUnmanaged(draft),
    stored === undefined ? undefined : withoutUnmanaged(stored),
  );
  const entries = (stored?.metadata.managedFields ?? []) as ManagedFieldsEntry[];
  if (changed === undefined) {
    if (entries.length > 0) draft.metadata.managedFields = entries;
    return;
  }
  const mine = (entry: ManagedFieldsEntry): boolean =>
    entry.manager === writer.manager &&
    entry.operation === 'Update' &&
    entry.subresource === writer.subresource;
  const before = entries.find(mine);
  draft.metadata.managedFields = [
    ...entries.filter((entry) => !mine(entry)),
    {
      manager: writer.manager,
      operation: 'Update',
      apiVersion: draft.apiVersion,
      time,
      fieldsType: 'FieldsV1',
      fieldsV1: mergeFields(before?.fieldsV1 ?? {}, changed),
      ...(writer.subresource === undefined ? {} : { subresource: writer.subresource }),
    } satisfies ManagedFieldsEntry,
  ];
}

function withoutUnmanaged(object: KubeObject): Record<string, unknown> {
  const {
    apiVersion: _apiVersion,
    kind: _kind,
    metadata,
    ...rest
  } = object as KubeObject & Record<string, unknown>;
  const managed = Object.fromEntries(Object.entries(metadata).filter(([key]) => !UNMANAGED.has(key)));
  return Object.keys(managed).length === 0 ? rest : { metadata: managed, ...rest };
}

/** The fields that differ, in FieldsV1 notation, or undefined when none does. */
function changedFields(value: Record<string, unknown>, before: unknown): Record<string, unknown> | undefined {
  const old = isJsonObject(before) ? before : {};
  const fields: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(value)) {
    if (entry === undefined || jsonEqual(entry, old[key])) continue;
    const below = isJsonObject(entry) ? changedFields(entry, old[key]) : undefined;
    fields[`f:${key}`] = below ?? {};
  }
  return Object.keys(fields).length === 0 ? undefined : fields;
}

function mergeFields(a: Record<string, unknown>, b: Record<string, unknown>): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...a };
  for (const [key, entry] of Object.entries(b)) {
    const before = merged[key];
    merged[key] = isJsonObject(before) && isJsonObject(entry) ? mergeFields(before, entry) : entry;
  }
  return merged;
}
