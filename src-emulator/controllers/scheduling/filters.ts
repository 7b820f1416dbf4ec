import type { Node, Pod } from '../../api/objects.ts';
import { matchesNode, tolerates } from '../node-affinity.ts';
import { parseQuantity } from '../quantity.ts';
import type { NodeInfo } from './node-info.ts';
import { affinityObstacle, type ClusterView } from './pod-affinity.ts';
import { hasPortConflict, podRequest, requestedResources } from './resources.ts';
import { spreadObstacle } from './topology-spread.ts';

/** Why a node cannot take a pod. */
export interface Obstacle {
  reason: string;
  /** Removing other pods could help: the filter that refused is about them, not about what the node is. */
  preemptable: boolean;
}

const UNSCHEDULABLE_TAINT = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/**
 * Why a node cannot take a pod: the first filter that refuses tells, in the order of kube-scheduler's default
 * profile.
 */
export function obstaclesOf(pod: Pod, candidate: NodeInfo, view: ClusterView): Obstacle[] {
  const { node, pods } = candidate;
  const refusal = (reason: string, preemptable = false): Obstacle[] => [{ reason, preemptable }];
  const { tolerations } = pod.spec;
  if (node.spec.unschedulable === true && !tolerates(tolerations, UNSCHEDULABLE_TAINT))
    return refusal('node(s) were unschedulable');
  if (!toleratesNode(pod, node, ['NoSchedule', 'NoExecute']))
    return refusal('node(s) had untolerated taint(s)');
  if (!matchesNode(pod.spec, node)) return refusal("node(s) didn't match Pod's node affinity/selector");
  if (hasPortConflict(pod, pods))
    return refusal("node(s) didn't have free ports for the requested pod ports", true);
  const shortages = shortagesOf(pod, candidate);
  if (shortages.length > 0)
    return shortages.map(({ resource, requested, capacity }) => ({
      reason: resource === 'pods' ? 'Too many pods' : `Insufficient ${resource}`,
      // Not even an empty node would do.
      preemptable: requested <= capacity,
    }));
  const obstacle = spreadObstacle(pod, candidate, view) ?? affinityObstacle(pod, candidate, view);
  return obstacle === undefined ? [] : [obstacle];
}

export function toleratesNode(pod: Pod, { spec }: Node, effects: readonly string[]): boolean {
  return (spec.taints ?? []).every(
    (taint) => !effects.includes(taint.effect) || tolerates(pod.spec.tolerations, taint),
  );
}

export interface Shortage {
  resource: string;
  requested: number;
  used: number;
  capacity: number;
}

/** The resources of which a node has too little left for a pod. */
export function shortagesOf(pod: Pod, info: NodeInfo): Shortage[] {
  const { node, pods } = info;
  const allocatable = node.status.allocatable ?? {};
  const shortages: Shortage[] = [];
  const places = Number(allocatable['pods'] ?? Infinity);
  if (pods.length + 1 > places)
    shortages.push({ resource: 'pods', requested: 1, used: pods.length, capacity: places });
  for (const resource of requestedResources(pod).sort()) {
    const requested = podRequest(pod, resource);
    if (requested === 0) continue;
    // A node that says nothing of cpu, memory or storage is not limited in them.
    const isNative = !resource.includes('/');
    const total = allocatable[resource] ?? (isNative ? undefined : '0');
    if (total === undefined) continue;
    const used = info.requested(resource);
    const capacity = parseQuantity(total);
    if (used + requested > capacity) shortages.push({ resource, requested, used, capacity });
  }
  return shortages;
}
