/** The PersistentVolumeClaims of a StatefulSet's pods: creating them, and who takes them along when it goes. */
import { ApiError } from '../../api/cluster-api.ts';
import type {
  KubeObject,
  OwnerReference,
  PersistentVolumeClaim,
  Pod,
  StatefulSet,
} from '../../api/objects.ts';
import { PERSISTENT_VOLUME_CLAIMS } from '../../api/resources.ts';
import { jsonEqual } from '../../store/json.ts';
import type { ControllerContext } from '../controller.ts';
import type { EventRecorder } from '../events.ts';
import { controllerReference } from '../object-helpers.ts';
import { claimNameOf, claimsOf, isInRange, ordinalOf } from './identity.ts';

/** Creates what a pod is to mount. @throws Error while a claim of that name is still being deleted */
export function createClaims(
  { api }: ControllerContext,
  events: EventRecorder,
  set: StatefulSet,
  ordinal: number,
  pod: string,
): void {
  for (const claim of claimsOf(set, ordinal)) {
    const { namespace, name = '' } = claim.metadata;
    const existing = api.get(PERSISTENT_VOLUME_CLAIMS, namespace, name);
    if (existing?.metadata.deletionTimestamp !== undefined) throw new Error(`pvc ${name} is being deleted`);
    if (existing !== undefined) continue;
    try {
      api.create(PERSISTENT_VOLUME_CLAIMS, claim);
    } catch (error) {
      if (error instanceof ApiError)
        events.record(
          set,
          'Warning',
          'FailedCreate',
          `create Claim ${name} for Pod ${pod} in StatefulSet ${set.metadata.name} failed error: ${error.message}`,
        );
      throw error;
    }
    events.record(
      set,
      'Normal',
      'SuccessfulCreate',
      `create Claim ${name} Pod ${pod} in StatefulSet ${set.metadata.name} success`,
    );
  }
}

/**
 * Whether a claim is still waiting to be deleted with a former pod of this name. Until then no new pod is made,
 * or it would lose its volume.
 */
export function hasStaleClaim(
  { api }: ControllerContext,
  set: StatefulSet,
  ordinal: number,
  pod: string,
): boolean {
  if (set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete') return false;
  return claimsOf(set, ordinal).some(({ metadata }) => {
    const claim = api.get(PERSISTENT_VOLUME_CLAIMS, metadata.namespace, metadata.name ?? '');
    return (claim?.metadata.ownerReferences ?? []).some(
      (owner) => owner.kind === 'Pod' && owner.apiVersion === 'v1' && owner.name === pod,
    );
  });
}

/** Has the claims of a pod owned by what they are to go with, as the set's retention policy says. */
export function applyRetentionPolicy(
  { api }: ControllerContext,
  events: EventRecorder,
  set: StatefulSet,
  pod: Pod,
): void {
  const ordinal = ordinalOf(set, pod);
  for (const template of set.spec.volumeClaimTemplates ?? []) {
    const name = claimNameOf(set, template.metadata.name, ordinal);
    const claim = api.get(PERSISTENT_VOLUME_CLAIMS, set.metadata.namespace, name);
    if (claim === undefined || isStale(claim, set) || isStale(claim, pod)) continue;
    const foreign = hasForeignController(claim, set, pod);
    if (foreign)
      events.record(
        set,
        'Warning',
        'ConflictingController',
        `PersistentVolumeClaim ${name} has a conflicting OwnerReference that acts as a manging controller, the retention policy is ignored for this claim`,
      );
    const others = (claim.metadata.ownerReferences ?? []).filter(
      (owner) => !refersTo(owner, set) && !refersTo(owner, pod),
    );
    const wanted = foreign ? others : [...others, ...ownersByPolicy(set, pod, ordinal)];
    if (jsonEqual(wanted, claim.metadata.ownerReferences ?? [])) continue;
    api.mutate(PERSISTENT_VOLUME_CLAIMS, claim.metadata.namespace, name, (draft) => {
      if (wanted.length === 0) delete draft.metadata.ownerReferences;
      else draft.metadata.ownerReferences = wanted;
    });
  }
}

function ownersByPolicy(set: StatefulSet, pod: Pod, ordinal: number): OwnerReference[] {
  const { whenDeleted, whenScaled } = set.spec.persistentVolumeClaimRetentionPolicy ?? {};
  if (whenScaled === 'Delete' && !isInRange(set, ordinal)) return [controllerReference(pod)];
  return whenDeleted === 'Delete' ? [controllerReference(set)] : [];
}

function refersTo(owner: OwnerReference, { apiVersion, kind, metadata }: KubeObject): boolean {
  return owner.apiVersion === apiVersion && owner.kind === kind && owner.name === metadata.name;
}

/** The claim belongs to a former object of this name: garbage collection will see to it. */
function isStale(claim: PersistentVolumeClaim, object: KubeObject): boolean {
  return (claim.metadata.ownerReferences ?? []).some(
    (owner) => refersTo(owner, object) && owner.uid !== object.metadata.uid,
  );
}

function hasForeignController(claim: PersistentVolumeClaim, set: StatefulSet, pod: Pod): boolean {
  const { whenDeleted = 'Retain', whenScaled = 'Retain' } =
    set.spec.persistentVolumeClaimRetentionPolicy ?? {};
  if (whenDeleted === 'Retain' && whenScaled === 'Retain') return false;
  return (claim.metadata.ownerReferences ?? []).some(
    (owner) => owner.controller === true && !refersTo(owner, set) && !refersTo(owner, pod),
  );
}
