import { cloneJson, jsonEqual } from '../../store/json.ts';
import type { KindDefinition } from '../kind-definition.ts';
import type { KubeObject, ObjectMeta } from '../objects.ts';
import { ignoredFields } from './apply/ignored-fields.ts';
import { writesStatus, type WriteOptions } from './write-options.ts';

/** A copy of an object's metadata to be changed. The writer puts managedFields in anew: they are not copied. */
export function draftMetadata(metadata: ObjectMeta): ObjectMeta {
  const { managedFields: _managedFields, ...rest } = metadata;
  return { ...metadata, ...cloneJson(rest) };
}

/**
 * Puts together what an update writes: the part that the request addresses, and the stored rest.
 * @param changed what the request makes of the object; becomes the draft itself unless the status is written
 */
export function draftOfUpdate(
  kind: KindDefinition,
  stored: KubeObject,
  changed: KubeObject,
  options: WriteOptions,
): KubeObject {
  const { metadata } = stored;
  if (writesStatus(options)) {
    const status = (changed as { status?: unknown }).status;
    const draft = {
      ...stored,
      metadata: draftMetadata(metadata),
      ...(status === undefined ? {} : { status }),
    };
    const ignored = ignoredFields(kind, options.subresource);
    for (const field of ['labels', 'annotations'] as const) {
      if (ignored.has(['f:metadata', `f:${field}`])) continue;
      if (changed.metadata[field] === undefined) Reflect.deleteProperty(draft.metadata, field);
      else draft.metadata[field] = changed.metadata[field];
    }
    if (options.applied === true && changed.metadata.managedFields !== undefined)
      draft.metadata.managedFields = changed.metadata.managedFields;
    return draft;
  }
  const draft = changed as KubeObject & { status?: unknown };
  draft.apiVersion = stored.apiVersion;
  draft.kind = stored.kind;
  draft.metadata = {
    ...draft.metadata,
    uid: (options.isPatch === true && draft.metadata.uid) || metadata.uid,
    creationTimestamp: metadata.creationTimestamp,
    resourceVersion: metadata.resourceVersion,
  };
  if (metadata.generation === undefined) delete draft.metadata.generation;
  else draft.metadata.generation = metadata.generation;
  // A deletion cannot be taken back; one that was not asked for is refused by validation.
  if (metadata.deletionTimestamp !== undefined) draft.metadata.deletionTimestamp = metadata.deletionTimestamp;
  if (metadata.deletionGracePeriodSeconds !== undefined)
    draft.metadata.deletionGracePeriodSeconds ??= metadata.deletionGracePeriodSeconds;
  if (kind.subresources.includes('status')) {
    const status = (stored as { status?: unknown }).status;
    if (status === undefined) delete draft.status;
    else draft.status = cloneJson(status);
  }
  return draft;
}

/** Counts a change in metadata.generation: one of anything but metadata and status, for the kinds that have it. */
export function countGeneration(kind: KindDefinition, draft: KubeObject, stored: KubeObject): void {
  if (!kind.hasGeneration) return;
  const { metadata: _m1, status: _s1, ...wanted } = draft as KubeObject & { status?: unknown };
  const { metadata: _m2, status: _s2, ...before } = stored as KubeObject & { status?: unknown };
  const generation = stored.metadata.generation ?? 1;
  const isSame =
    jsonEqual(wanted, before) &&
    (kind.countsLabels !== true || jsonEqual(draft.metadata.labels ?? {}, stored.metadata.labels ?? {}));
  draft.metadata.generation = isSame ? generation : generation + 1;
}

/** Whether a write changes nothing but the times of managedFields, and so nothing. */
export function sameButForTimes(draft: KubeObject, stored: KubeObject): boolean {
  const { managedFields: _a, ...metadata } = draft.metadata;
  const { managedFields: _b, ...before } = stored.metadata;
  return (
    jsonEqual(metadata, before) &&
    jsonEqual(withoutTimes(draft), withoutTimes(stored)) &&
    jsonEqual({ ...draft, metadata: undefined }, { ...stored, metadata: undefined })
  );
}

function withoutTimes({ metadata }: KubeObject): unknown {
  return metadata.managedFields?.map((entry) => ({ ...(entry as object), time: undefined }));
}
