/** Which pods of a DaemonSet an update may take away or add now (pkg/controller/daemon/update.go). */
import type { DaemonSet, Pod } from '../../api/objects.ts';
import { scaledValue } from '../int-or-percent.ts';

/** The pods of a node, in the eyes of an update. */
export interface NodePods {
  node: string;
  shouldRun: boolean;
  /** Those that are not on their way out. */
  pods: readonly Pod[];
}

interface Plan {
  remove: Pod[];
  /** Nodes that get a second pod beside the old one. */
  addTo: string[];
}

interface Judge {
  isUpdated: (pod: Pod) => boolean;
  isAvailable: (pod: Pod) => boolean;
}

/** Shares are of the nodes that are to run a pod, and round up. */
export function updateLimits(
  { spec: { updateStrategy } }: DaemonSet,
  desired: number,
): { maxSurge: number; maxUnavailable: number } {
  if (updateStrategy?.type !== 'RollingUpdate') return { maxSurge: 0, maxUnavailable: 0 };
  const { maxSurge = 0, maxUnavailable = 1 } = updateStrategy.rollingUpdate ?? {};
  const limits = {
    maxSurge: scaledValue(maxSurge, desired, Math.ceil),
    maxUnavailable: scaledValue(maxUnavailable, desired, Math.ceil),
  };
  if (desired > 0 && limits.maxSurge === 0 && limits.maxUnavailable === 0) limits.maxUnavailable = 1;
  return limits;
}

/** The one pod that is up to date and the one that is not; undefined for a node with more of either. */
function splitPods(
  pods: readonly Pod[],
  { isUpdated }: Judge,
): { updated: Pod | undefined; old: Pod | undefined } | undefined {
  const updated = pods.filter(isUpdated);
  const old = pods.filter((pod) => !isUpdated(pod));
  return updated.length > 1 || old.length > 1 ? undefined : { updated: updated[0], old: old[0] };
}

/** Without surge: old pods go as far as availability allows; those that don't serve anyway go at once. */
export function planReplacement(nodes: readonly NodePods[], maxUnavailable: number, judge: Judge): Plan {
  let unavailable = 0;
  const replaceable: Pod[] = [];
  const candidates: Pod[] = [];
  for (const { pods } of nodes) {
    const split = splitPods(pods, judge);
    if (split === undefined || (split.updated === undefined) === (split.old === undefined)) unavailable++;
    else if (split.updated !== undefined) {
      if (!judge.isAvailable(split.updated)) unavailable++;
    } else if (split.old !== undefined) {
      if (!judge.isAvailable(split.old)) {
        replaceable.push(split.old);
        unavailable++;
      } else if (unavailable < maxUnavailable) candidates.push(split.old);
    }
  }
  return {
    remove: [...replaceable, ...candidates.slice(0, Math.max(0, maxUnavailable - unavailable))],
    addTo: [],
  };
}

/** With surge: a new pod comes beside the old one, which goes as soon as the new one is available. */
export function planSurge(nodes: readonly NodePods[], maxSurge: number, desired: number, judge: Judge): Plan {
  let surging = 0;
  let available = 0;
  const remove: Pod[] = [];
  const misplaced: Pod[] = [];
  const allowed: string[] = [];
  const candidates: string[] = [];
  for (const { node, shouldRun, pods } of nodes) {
    const split = splitPods(pods, judge);
    if (split === undefined) {
      surging++;
      continue;
    }
    const { updated, old } = split;
    const serving = old ?? updated;
    if (serving !== undefined && judge.isAvailable(serving)) available++;
    if (old === undefined) continue;
    if (updated !== undefined) {
      if (judge.isAvailable(updated)) remove.push(old);
      else surging++;
    } else if (!judge.isAvailable(old)) {
      if (shouldRun) allowed.push(node);
      else remove.push(old);
    } else if (!shouldRun) misplaced.push(old);
    else if (surging < maxSurge) candidates.push(node);
  }
  remove.push(...misplaced.slice(0, Math.max(0, available - desired)));
  return { remove, addTo: [...allowed, ...candidates.slice(0, Math.max(0, maxSurge - surging))] };
}
