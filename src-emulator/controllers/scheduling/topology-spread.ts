import type { Node, Pod, TopologySpreadConstraint } from '../../api/objects.ts';
import { matchesLabels } from '../../api/selectors.ts';
import { matchesNode, tolerates } from '../node-affinity.ts';
import type { NodeInfo } from './node-info.ts';
import { withOwnLabels, type ClusterView } from './pod-affinity.ts';

const NOT_MATCHED = "node(s) didn't match pod topology spread constraints";

/** Why a hard topologySpreadConstraint keeps a pod from a node; undefined when none does. */
export function spreadObstacle(
  pod: Pod,
  { node }: NodeInfo,
  view: ClusterView,
): { reason: string; preemptable: boolean } | undefined {
  const hard = constraintsOf(pod, 'DoNotSchedule');
  for (const constraint of hard) {
    const domain = node.metadata.labels?.[constraint.topologyKey];
    if (domain === undefined)
      return { reason: `${NOT_MATCHED} (missing required label)`, preemptable: false };
    const counts = domainCounts(pod, constraint, hard, view);
    const fewest = counts.size < (constraint.minDomains ?? 1) ? 0 : Math.min(...counts.values());
    const isSelf = selects(constraint, pod, pod) ? 1 : 0;
    if ((counts.get(domain) ?? 0) + isSelf - fewest > constraint.maxSkew)
      return { reason: NOT_MATCHED, preemptable: true };
  }
  return undefined;
}

/** How many pods of the same kind soft constraints find near a node; undefined when there are none. */
export function spreadCount(pod: Pod, { node }: NodeInfo, view: ClusterView): number | undefined {
  const soft = constraintsOf(pod, 'ScheduleAnyway');
  if (soft.length === 0) return undefined;
  let total = 0;
  for (const constraint of soft) {
    const domain = node.metadata.labels?.[constraint.topologyKey];
    // A node outside the topology is the last choice.
    if (domain === undefined) return Infinity;
    total += domainCounts(pod, constraint, soft, view).get(domain) ?? 0;
  }
  return total;
}

function constraintsOf(pod: Pod, action: string): TopologySpreadConstraint[] {
  return (pod.spec.topologySpreadConstraints ?? []).filter(
    ({ whenUnsatisfiable }) => whenUnsatisfiable === action,
  );
}

/** The pods that a constraint counts, by domain; only domains of nodes that the pod may run on. */
function domainCounts(
  pod: Pod,
  constraint: TopologySpreadConstraint,
  all: readonly TopologySpreadConstraint[],
  { nodes }: ClusterView,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { node, pods } of nodes) {
    const labels = node.metadata.labels ?? {};
    if (all.some(({ topologyKey }) => labels[topologyKey] === undefined)) continue;
    if (!isCounted(pod, node, constraint)) continue;
    const domain = labels[constraint.topologyKey] ?? '';
    const here = pods.filter(
      (other) =>
        other.metadata.namespace === pod.metadata.namespace &&
        other.metadata.deletionTimestamp === undefined &&
        selects(constraint, pod, other),
    );
    counts.set(domain, (counts.get(domain) ?? 0) + here.length);
  }
  return counts;
}

function isCounted(
  pod: Pod,
  node: Node,
  { nodeAffinityPolicy = 'Honor', nodeTaintsPolicy = 'Ignore' }: TopologySpreadConstraint,
): boolean {
  if (nodeAffinityPolicy === 'Honor' && !matchesNode(pod.spec, node)) return false;
  if (nodeTaintsPolicy !== 'Honor') return true;
  return (node.spec.taints ?? []).every(
    (taint) => taint.effect === 'PreferNoSchedule' || tolerates(pod.spec.tolerations, taint),
  );
}

function selects({ labelSelector, matchLabelKeys }: TopologySpreadConstraint, pod: Pod, other: Pod): boolean {
  const selector = withOwnLabels(labelSelector, pod, matchLabelKeys);
  return selector !== undefined && matchesLabels(selector, other.metadata.labels);
}
