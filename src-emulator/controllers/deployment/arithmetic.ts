import type { Deployment, ReplicaSet } from '../../api/objects.ts';
import { scaledValue } from '../int-or-percent.ts';

/** The annotations a Deployment's ReplicaSets carry. */
export const REVISION = 'deployment.kubernetes.io/revision';
export const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';

export function replicasOf(workload: Deployment | ReplicaSet): number {
  return workload.spec.replicas ?? 1;
}

/** What all the ReplicaSets ask for together. */
export function totalReplicas(replicaSets: readonly ReplicaSet[]): number {
  return replicaSets.reduce((sum, replicaSet) => sum + replicasOf(replicaSet), 0);
}

/** What they have: pods that are there, or of those the available ones. */
export function countedReplicas(
  replicaSets: readonly (ReplicaSet | undefined)[],
  field: 'replicas' | 'readyReplicas' | 'availableReplicas',
): number {
  return replicaSets.reduce((sum, replicaSet) => sum + (replicaSet?.status[field] ?? 0), 0);
}

export interface RollingLimits {
  /** Pods beyond the desired number that may exist during an update. */
  maxSurge: number;
  /** Pods below the desired number that may be unavailable. */
  maxUnavailable: number;
}

/** Resolves percentages: surge rounds up, unavailable down; if both come to 0, one may be unavailable. */
export function rollingLimits(deployment: Deployment): RollingLimits {
  const strategy = deployment.spec.strategy;
  if (strategy?.type === 'Recreate') return { maxSurge: 0, maxUnavailable: 0 };
  const desired = replicasOf(deployment);
  const rolling = strategy?.rollingUpdate;
  const maxSurge = scaledValue(rolling?.maxSurge ?? '25%', desired, Math.ceil);
  const maxUnavailable = scaledValue(rolling?.maxUnavailable ?? '25%', desired, Math.floor);
  if (desired === 0) return { maxSurge, maxUnavailable: 0 };
  if (maxSurge === 0 && maxUnavailable === 0) return { maxSurge, maxUnavailable: 1 };
  return { maxSurge, maxUnavailable: Math.min(maxUnavailable, desired) };
}

/** How many replicas the new ReplicaSet may have now, given all that exist. */
export function newReplicaSetSize(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  current: number,
): number {
  const desired = replicasOf(deployment);
  if (deployment.spec.strategy?.type === 'Recreate') return desired;
  const room = desired + rollingLimits(deployment).maxSurge - totalReplicas(all);
  if (room <= 0) return current;
  return current + Math.min(room, desired - current);
}

/**
 * How far a rolling update may shrink each old ReplicaSet now: first pods that are not available anyway, oldest
 * set first, then available ones as long as the guaranteed minimum stays.
 * @returns the new size of every ReplicaSet that changes.
 */
export function scaleDownOld(
  deployment: Deployment,
  old: readonly ReplicaSet[],
  newReplicaSet: ReplicaSet | undefined,
): Map<ReplicaSet, number> {
  const sizes = new Map<ReplicaSet, number>();
  const oldest = [...old].sort(byAge);
  const all = newReplicaSet === undefined ? oldest : [...oldest, newReplicaSet];
  if (totalReplicas(oldest) === 0) return sizes;
  const minAvailable = replicasOf(deployment) - rollingLimits(deployment).maxUnavailable;
  const newUnavailable =
    newReplicaSet === undefined
      ? 0
      : replicasOf(newReplicaSet) - (newReplicaSet.status.availableReplicas ?? 0);
  const mayGo = totalReplicas(all) - minAvailable - newUnavailable;
  if (mayGo <= 0) return sizes;

  const sizeOf = (replicaSet: ReplicaSet): number => sizes.get(replicaSet) ?? replicasOf(replicaSet);
  let unhealthy = mayGo;
  for (const replicaSet of oldest) {
    const spare = Math.min(unhealthy, replicasOf(replicaSet) - (replicaSet.status.availableReplicas ?? 0));
    if (spare <= 0) continue;
    sizes.set(replicaSet, replicasOf(replicaSet) - spare);
    unhealthy -= spare;
  }
  let available = countedReplicas(all, 'availableReplicas') - minAvailable;
  for (const replicaSet of oldest) {
    const step = Math.min(available, sizeOf(replicaSet));
    if (step <= 0) continue;
    sizes.set(replicaSet, sizeOf(replicaSet) - step);
    available -= step;
  }
  return sizes;
}

/**
 * Spreads a change of `spec.replicas` in the middle of a rollout over the active ReplicaSets in proportion to
 * their sizes, so that the rollout stays as far as it was.
 */
export function scaleProportionally(
  deployment: Deployment,
  all: readonly ReplicaSet[],
): Map<ReplicaSet, number> {
  const active = all.filter((replicaSet) => replicasOf(replicaSet) > 0);
  const desired = replicasOf(deployment);
  const { maxSurge } = rollingLimits(deployment);
  const toAdd = (desired > 0 ? desired + maxSurge : 0) - totalReplicas(active);
  const youngestFirst = (a: ReplicaSet, b: ReplicaSet): number => byAge(b, a);
  active.sort((a, b) => replicasOf(b) - replicasOf(a) || (toAdd > 0 ? youngestFirst(a, b) : byAge(a, b)));
  const sizes = new Map<ReplicaSet, number>();
  let added = 0;
  for (const replicaSet of active) {
    let share = 0;
    if (toAdd !== 0 && toAdd !== added) {
      const wanted = fraction(deployment, replicaSet, desired, maxSurge);
      const left = toAdd - added;
      share = toAdd > 0 ? Math.min(wanted, left) : Math.max(wanted, left);
    }
    sizes.set(replicaSet, replicasOf(replicaSet) + share);
    added += share;
  }
  const [first] = active;
  if (first !== undefined) sizes.set(first, Math.max(0, (sizes.get(first) ?? 0) + toAdd - added));
  return sizes;
}

function fraction(deployment: Deployment, replicaSet: ReplicaSet, desired: number, maxSurge: number): number {
  const size = replicasOf(replicaSet);
  if (desired === 0) return -size;
  const annotated = Number(replicaSet.metadata.annotations?.[MAX_REPLICAS]);
  const before = annotated > 0 ? annotated : (deployment.status.replicas ?? 0);
  return before === 0 ? 0 : Math.round((size * (desired + maxSurge)) / before) - size;
}

/** Oldest first; names decide between equals. */
export function byAge(a: ReplicaSet, b: ReplicaSet): number {
  return (
    Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp) ||
    (a.metadata.name < b.metadata.name ? -1 : 1)
  );
}

/** The revision that a Deployment or ReplicaSet is annotated with; 0 when there is none. */
export function revisionOf(workload: Deployment | ReplicaSet): number {
  return Number(workload.metadata.annotations?.[REVISION] ?? 0) || 0;
}
