import type { Pod } from '../../api/objects.ts';
import { matchesTerm, tolerates } from '../node-affinity.ts';
import { controllerOf } from '../object-helpers.ts';
import { parseQuantity } from '../quantity.ts';
import type { NodeInfo } from './node-info.ts';
import { affinityScore, type ClusterView } from './pod-affinity.ts';
import { assumedRequest } from './resources.ts';
import { spreadCount } from './topology-spread.ts';

/** The best score that a plugin gives. */
const BEST = 100;

/** The weights of kube-scheduler's default profile. */
const WEIGHTS = { taints: 3, nodeAffinity: 2, spread: 2, podAffinity: 2, room: 1 };

/**
 * The node that suits a pod best, of those that can take it: the sum of what the plugins of the default profile
 * say. Among equals the one with the fewest pods, then the first by name: kube-scheduler picks one at random.
 */
export function bestNode(pod: Pod, fitting: readonly NodeInfo[], view: ClusterView): NodeInfo | undefined {
  const taints = normalized(fitting.map((candidate) => -preferredTaints(pod, candidate)));
  const nodeAffinity = normalized(fitting.map((candidate) => preferredTerms(pod, candidate)));
  const podAffinity = normalized(fitting.map((candidate) => affinityScore(pod, candidate, view)));
  const spread = normalized(
    fitting.map((candidate) => -Math.min(spreadCount(pod, candidate, view) ?? siblings(pod, candidate), 1e6)),
  );
  const ranked = fitting.map((candidate, index) => ({
    candidate,
    score:
      WEIGHTS.taints * (taints[index] ?? 0) +
      WEIGHTS.nodeAffinity * (nodeAffinity[index] ?? 0) +
      WEIGHTS.podAffinity * (podAffinity[index] ?? 0) +
      WEIGHTS.spread * (spread[index] ?? 0) +
      WEIGHTS.room * roomScore(pod, candidate),
  }));
  ranked.sort(
    (a, b) =>
      b.score - a.score ||
      a.candidate.pods.length - b.candidate.pods.length ||
      (a.candidate.node.metadata.name < b.candidate.node.metadata.name ? -1 : 1),
  );
  return ranked[0]?.candidate;
}

/** Spreads values over 0 to 100; where all are the same they decide nothing. */
function normalized(values: readonly number[]): number[] {
  const least = Math.min(...values);
  const range = Math.max(...values) - least;
  return values.map((value) => (range === 0 ? 0 : Math.floor((BEST * (value - least)) / range)));
}

function preferredTaints(pod: Pod, { node }: NodeInfo): number {
  return (node.spec.taints ?? []).filter(
    (taint) => taint.effect === 'PreferNoSchedule' && !tolerates(pod.spec.tolerations, taint),
  ).length;
}

function preferredTerms(pod: Pod, { node }: NodeInfo): number {
  const preferred = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  let total = 0;
  for (const { weight, preference } of preferred)
    if (matchesTerm(preference, node.metadata.labels ?? {}, node.metadata.name)) total += weight;
  return total;
}

/** Replicas that are there already: by default they are spread over the nodes. */
function siblings(pod: Pod, candidate: NodeInfo): number {
  const owner = controllerOf(pod)?.uid;
  return owner === undefined ? 0 : candidate.podsOf(owner);
}

/** NodeResourcesFit, LeastAllocated: how much of cpu and memory would be left. */
function roomScore(pod: Pod, candidate: NodeInfo): number {
  let total = 0;
  for (const resource of ['cpu', 'memory']) {
    const capacity = parseQuantity(candidate.node.status.allocatable?.[resource] ?? '0');
    const used = candidate.assumed(resource) + assumedRequest(pod, resource);
    if (capacity > 0) total += Math.max(0, Math.floor((BEST * (capacity - used)) / capacity));
  }
  return Math.floor(total / 2);
}
