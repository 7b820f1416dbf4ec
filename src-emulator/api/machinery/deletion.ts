import type { DeleteOptions } from '../cluster-api.ts';
import type { KubeObject, Namespace, ObjectMeta, Pod } from '../objects.ts';
import { groupResource, type ResourceType } from '../resources.ts';
import { kindConflict } from '../status.ts';

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/** RFC 3339 with seconds precision, as metav1.Time is written. */
export function formatTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** @throws ApiError 409 when the object is not the one that the client means. */
export function checkPreconditions(type: ResourceType, stored: KubeObject, options: DeleteOptions): void {
  const { uid, resourceVersion } = options.preconditions ?? {};
  const { name } = stored.metadata;
  if (uid !== undefined && uid !== stored.metadata.uid)
    throw kindConflict(
      type,
      name,
      `the UID in the precondition (${uid}) does not match the UID in record (${stored.metadata.uid}). The object might have been deleted and then recreated`,
    );
  if (resourceVersion !== undefined && resourceVersion !== stored.metadata.resourceVersion)
    throw kindConflict(
      type,
      name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${stored.metadata.resourceVersion}). The object might have been modified`,
    );
}

/** Whether an object that is being deleted may go now: no finalizer and no grace period holds it. */
export function isReleasedFromDeletion(object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
  return (
    deletionTimestamp !== undefined &&
    (finalizers ?? []).length === 0 &&
    (deletionGracePeriodSeconds ?? 0) === 0 &&
    !hasSpecFinalizers(object)
  );
}

function hasSpecFinalizers(object: KubeObject): boolean {
  return object.kind === 'Namespace' && ((object as Namespace).spec.finalizers ?? []).length > 0;
}

/**
 * What a deletion makes of an object: gone at once, or changed to be on its way out. Only pods have a grace
 * period (k8s.io/apiserver/pkg/registry/rest/delete.go and the pod strategy); only namespaces have finalizers
 * in their spec.
 */
export function planDeletion(
  type: ResourceType,
  stored: KubeObject,
  options: DeleteOptions,
  now: number,
): { remove: true; metadata?: ObjectMeta } | { remove: false; metadata: ObjectMeta; phase?: 'Terminating' } {
  const finalizers = isCollectable(type)
    ? garbageCollectionFinalizers(stored.metadata.finalizers ?? [], options)
    : [...(stored.metadata.finalizers ?? [])];
  const metadata: ObjectMeta = { ...stored.metadata };
  if (finalizers.length > 0) metadata.finalizers = finalizers;
  else delete metadata.finalizers;
  const held = finalizers.length > 0 || hasSpecFinalizers(stored);
  const grace = groupResource(type) === 'pods' ? graceOf(stored as Pod, options) : 0;

  if (metadata.deletionTimestamp === undefined) {
    const goes = !held && grace === 0;
    if (goes && groupResource(type) !== 'pods') return { remove: true };
    metadata.deletionTimestamp = formatTime(now + grace * 1000);
    metadata.deletionGracePeriodSeconds = grace;
    if (metadata.generation !== undefined && metadata.generation > 0) metadata.generation++;
    // A pod is shown as it would be on its way out, even when it goes at once.
    if (goes) return { remove: true, metadata };
  } else {
    const pending = metadata.deletionGracePeriodSeconds ?? 0;
    const wanted = options.gracePeriodSeconds === undefined ? pending : grace;
    // A grace period can only be shortened.
    if (wanted < pending) {
      const start = Date.parse(metadata.deletionTimestamp) - pending * 1000;
      metadata.deletionTimestamp = formatTime(Math.max(now, start + wanted * 1000));
      metadata.deletionGracePeriodSeconds = wanted;
    }
    if (!held && (metadata.deletionGracePeriodSeconds ?? 0) === 0) return { remove: true };
  }
  return {
    remove: false,
    metadata,
    ...(groupResource(type) === 'namespaces' ? { phase: 'Terminating' as const } : {}),
  };
}

function graceOf(pod: Pod, options: DeleteOptions): number {
  if (pod.spec.nodeName === undefined || pod.spec.nodeName === '') return 0;
  if (pod.status.phase === 'Failed' || pod.status.phase === 'Succeeded') return 0;
  const grace = options.gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 0;
  return grace < 0 ? 1 : grace;
}

/** The garbage collector has nothing to do with Events. */
function isCollectable(type: ResourceType): boolean {
  return type.kind !== 'Event';
}

/** The finalizers with which the garbage collector is asked to act before the object goes. */
function garbageCollectionFinalizers(finalizers: readonly string[], options: DeleteOptions): string[] {
  if (options.propagationPolicy === undefined) return [...finalizers];
  const others = finalizers.filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND);
  if (options.propagationPolicy === 'Orphan') others.push(ORPHAN);
  if (options.propagationPolicy === 'Foreground') others.push(FOREGROUND);
  return others;
}
