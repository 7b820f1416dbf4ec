/** Which claims a pod mounts, and what that means for where it may run. */
import type { ClusterApi } from '../../api/cluster-api.ts';
import type { Node, PersistentVolumeClaim, Pod } from '../../api/objects.ts';
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, STORAGE_CLASSES } from '../../api/resources.ts';
import { matchesTerms } from '../node-affinity.ts';

/** Tells the provisioner where the volume is wanted. */
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';

/** The claims that the volumes of a pod name. */
export function claimNames({ spec }: Pod): string[] {
  return (spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
}

/** Whether a claim has its volume. */
export function isBound({ spec, status }: PersistentVolumeClaim): boolean {
  return (spec.volumeName ?? '') !== '' && status.phase === 'Bound';
}

/** Whether a claim's volume is only made when a pod that uses it is being scheduled. */
export function waitsForConsumer(api: ClusterApi, { spec }: PersistentVolumeClaim): boolean {
  const storageClass = api.get(STORAGE_CLASSES, undefined, spec.storageClassName ?? '');
  return storageClass?.volumeBindingMode === 'WaitForFirstConsumer';
}

/** Why a pod can be scheduled nowhere because of its claims, in the scheduler's words; undefined when it can be. */
export function claimProblem(api: ClusterApi, pod: Pod): string | undefined {
  const { namespace } = pod.metadata;
  for (const name of claimNames(pod)) {
    const claim = api.get(PERSISTENT_VOLUME_CLAIMS, namespace, name);
    if (claim === undefined) return `persistentvolumeclaim ${JSON.stringify(name)} not found`;
    if (claim.metadata.deletionTimestamp !== undefined)
      return `persistentvolumeclaim ${JSON.stringify(name)} is being deleted`;
    if (claim.status.phase === 'Lost')
      return `persistentvolumeclaim ${JSON.stringify(name)} bound to non-existent persistentvolume ${JSON.stringify(claim.spec.volumeName ?? '')}`;
    if (!isBound(claim) && !waitsForConsumer(api, claim))
      return 'pod has unbound immediate PersistentVolumeClaims';
  }
  return undefined;
}

/** Whether the volumes that a pod's claims are bound to can be reached from a node. */
export function reachesVolumes(api: ClusterApi, pod: Pod, node: Node): boolean {
  return claimNames(pod).every((name) => {
    const claim = api.get(PERSISTENT_VOLUME_CLAIMS, pod.metadata.namespace, name);
    const volume = api.get(PERSISTENT_VOLUMES, undefined, claim?.spec.volumeName ?? '');
    const terms = volume?.spec.nodeAffinity?.required?.nodeSelectorTerms;
    return terms === undefined || matchesTerms(terms, node);
  });
}

/**
 * Asks for the volumes that a pod needs on the node that was chosen for it.
 * @returns whether all of them are there
 */
export function requestVolumes(api: ClusterApi, pod: Pod, nodeName: string): boolean {
  const { namespace } = pod.metadata;
  let ready = true;
  for (const name of claimNames(pod)) {
    const claim = api.get(PERSISTENT_VOLUME_CLAIMS, namespace, name);
    if (claim === undefined || isBound(claim)) continue;
    ready = false;
    if (claim.metadata.annotations?.[SELECTED_NODE] === nodeName) continue;
    api.mutate(PERSISTENT_VOLUME_CLAIMS, namespace, name, (draft) => {
      draft.metadata.annotations = { ...draft.metadata.annotations, [SELECTED_NODE]: nodeName };
    });
  }
  return ready;
}
