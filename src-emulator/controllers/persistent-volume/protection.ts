import type { KubeObject, Pod } from '../../api/objects.ts';
import {
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  PODS,
  type ResourceType,
} from '../../api/resources.ts';
import { disposeAll, type ControllerContext } from '../controller.ts';
import { isPodFinished } from '../object-helpers.ts';
import { podsIn } from '../pod-control.ts';
import { keyOf, splitKey, WorkQueue } from '../work-queue.ts';
import { claimNames } from './claim-use.ts';

const CLAIM_PROTECTION = 'kubernetes.io/pvc-protection';
const VOLUME_PROTECTION = 'kubernetes.io/pv-protection';

/**
 * Keeps claims that pods use and volumes that claims are bound to from being deleted under them
 * (kube-controller-manager's pvc-protection and pv-protection controllers).
 */
export function startVolumeProtection({ api, clock }: ControllerContext): Disposable {
  const release = <T extends KubeObject>(type: ResourceType<T>, object: T, finalizer: string): void => {
    api.mutate(type, object.metadata.namespace, object.metadata.name, (draft) => {
      const left = (draft.metadata.finalizers ?? []).filter((entry) => entry !== finalizer);
      if (left.length === 0) delete draft.metadata.finalizers;
      else draft.metadata.finalizers = left;
    });
  };
  const claims = new WorkQueue(clock, (key) => {
    const { namespace, name } = splitKey(key);
    const claim = api.get(PERSISTENT_VOLUME_CLAIMS, namespace, name);
    if (claim?.metadata.deletionTimestamp === undefined) return;
    const used = podsIn(api, namespace).some((pod) => !isPodFinished(pod) && claimNames(pod).includes(name));
    if (!used) release(PERSISTENT_VOLUME_CLAIMS, claim, CLAIM_PROTECTION);
  });
  const volumes = new WorkQueue(clock, (name) => {
    const volume = api.get(PERSISTENT_VOLUMES, undefined, name);
    if (volume?.metadata.deletionTimestamp === undefined || volume.status.phase === 'Bound') return;
    release(PERSISTENT_VOLUMES, volume, VOLUME_PROTECTION);
  });
  const podChanged = (pod: Pod): void => {
    for (const name of claimNames(pod)) claims.add(`${pod.metadata.namespace ?? ''}/${name}`);
  };
  return disposeAll([
    claims,
    volumes,
    api.watch(PERSISTENT_VOLUME_CLAIMS, ({ object }) => claims.add(keyOf(object))),
    api.watch(PERSISTENT_VOLUMES, ({ object }) => volumes.add(object.metadata.name)),
    api.watch(PODS, ({ type, object }) => {
      if (type === 'DELETED' || isPodFinished(object)) podChanged(object);
    }),
  ]);
}
