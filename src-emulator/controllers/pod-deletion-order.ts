import type { Pod } from '../api/objects.ts';
import { findCondition, isPodReady } from './object-helpers.ts';

const PHASE_ORDER = { Pending: 0, Unknown: 1, Running: 2, Succeeded: 3, Failed: 3 };

/**
 * Sorts pods so that those a ReplicaSet should lose first come first, as ActivePodsWithRanks of
 * k8s.io/kubernetes/pkg/controller does: unassigned, pending, not ready, cheap to delete
 * (`controller.kubernetes.io/pod-deletion-cost`), crowded on their node, ready for a shorter time, restarted
 * more often, younger.
 * @param rankOf how many related pods share the pod's node.
 * @param now milliseconds since the epoch.
 */
export function byDeletionOrder(pods: readonly Pod[], rankOf: (pod: Pod) => number, now: number): Pod[] {
  return [...pods].sort(
    (a, b) =>
      Number(isAssigned(a)) - Number(isAssigned(b)) ||
      PHASE_ORDER[a.status.phase] - PHASE_ORDER[b.status.phase] ||
      Number(isPodReady(a)) - Number(isPodReady(b)) ||
      deletionCost(a) - deletionCost(b) ||
      rankOf(b) - rankOf(a) ||
      ageOrder(readySince(a), readySince(b), now) ||
      restarts(b) - restarts(a) ||
      ageOrder(Date.parse(a.metadata.creationTimestamp), Date.parse(b.metadata.creationTimestamp), now) ||
      (a.metadata.uid < b.metadata.uid ? -1 : 1),
  );
}

function isAssigned(pod: Pod): boolean {
  return (pod.spec.nodeName ?? '') !== '';
}

function deletionCost(pod: Pod): number {
  const cost = Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0);
  return Number.isInteger(cost) ? cost : 0;
}

function readySince(pod: Pod): number | undefined {
  if (!isPodReady(pod)) return undefined;
  const since = findCondition(pod.status.conditions, 'Ready')?.lastTransitionTime;
  return since === undefined ? undefined : Date.parse(since);
}

function restarts(pod: Pod): number {
  return Math.max(0, ...(pod.status.containerStatuses ?? []).map((status) => status.restartCount));
}

/** The younger first; ages of one order of magnitude (base 2) count as equal (KEP-2185). */
function ageOrder(a: number | undefined, b: number | undefined, now: number): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return magnitude(now - a) - magnitude(now - b);
}

function magnitude(ageMs: number): number {
  const nanoseconds = Math.max(0, ageMs) * 1e6;
  return nanoseconds < 1 ? 0 : Math.floor(Math.log2(nanoseconds)) + 1;
}
