import type { ClusterApi } from '../api/cluster-api.ts';
import type { Node, Pod } from '../api/objects.ts';
import { NODES, PERSISTENT_VOLUME_CLAIMS, PODS } from '../api/resources.ts';
import { disposeAll, type ControllerContext } from './controller.ts';
import { createEventRecorder, type EventRecorder } from './events.ts';
import { controllerOf, findCondition, isPodFinished, timestamp } from './object-helpers.ts';
import { matchesNode, tolerates } from './node-affinity.ts';
import { claimProblem, reachesVolumes, requestVolumes } from './persistent-volume/claim-use.ts';
import { parseQuantity } from './quantity.ts';
import { keyOf, splitKey, WorkQueue } from './work-queue.ts';

/** Pods that did not fit are tried again after this time even if nothing seems to have changed. */
const RETRY_MS = 300_000;

/**
 * Assigns a pod to a node and says so in its PodScheduled condition: the pods/binding subresource.
 * @throws ApiError 404, 409.
 */
export type BindPod = (namespace: string, name: string, nodeName: string) => void;

interface SchedulerContext extends ControllerContext {
  bindPod: BindPod;
}

/** Gives pods a node (kube-scheduler with the default profile's filters; spreads replicas over nodes). */
export function startScheduler(context: SchedulerContext): Disposable {
  const { api } = context;
  const events = createEventRecorder({ ...context, component: 'default-scheduler' });
  const unschedulable = new Set<string>();
  const queue: WorkQueue = new WorkQueue(context.clock, (key) => {
    if (schedule(context, events, key)) unschedulable.delete(key);
    else {
      unschedulable.add(key);
      queue.addAfter(key, RETRY_MS);
    }
  });
  const retryAll = (): void => {
    for (const key of unschedulable) queue.add(key);
  };
  /** What the scheduler read of a node: its heartbeats are no reason to try again. */
  const seenNodes = new Map<string, string>();
  return disposeAll([
    queue,
    api.watch(PODS, ({ type, object }) => {
      if (type === 'DELETED' || isPodFinished(object)) {
        unschedulable.delete(keyOf(object));
        retryAll();
      } else if (isOurs(object) && !unschedulable.has(keyOf(object))) queue.add(keyOf(object));
    }),
    api.watch(PERSISTENT_VOLUME_CLAIMS, retryAll),
    api.watch(NODES, ({ object }) => {
      const { metadata, spec, status } = object;
      const relevant = JSON.stringify([
        metadata.labels,
        spec,
        status.allocatable,
        status.conditions?.map((c) => c.status),
      ]);
      if (seenNodes.get(metadata.name) === relevant) return;
      seenNodes.set(metadata.name, relevant);
      retryAll();
    }),
  ]);
}

function isOurs(pod: Pod): boolean {
  return (
    (pod.spec.nodeName ?? '') === '' &&
    pod.metadata.deletionTimestamp === undefined &&
    (pod.spec.schedulerName ?? 'default-scheduler') === 'default-scheduler' &&
    !isPodFinished(pod)
  );
}

/** @returns false when the pod fits nowhere. */
function schedule({ api, clock, bindPod }: SchedulerContext, events: EventRecorder, key: string): boolean {
  const { namespace, name } = splitKey(key);
  const pod = api.get(PODS, namespace, name);
  if (pod === undefined || !isOurs(pod)) return true;
  const nodes = api.list(NODES);
  const placed = api
    .list(PODS)
    .filter((other) => (other.spec.nodeName ?? '') !== '' && !isPodFinished(other));
  const problem = claimProblem(api, pod);
  if (problem !== undefined) {
    // Kubernetes says what preemption says, which is no more than that.
    const message = `0/${nodes.length} nodes are available: ${problem}. not found`;
    if (markUnschedulable({ api, clock }, pod, message))
      events.record(pod, 'Warning', 'FailedScheduling', message);
    return false;
  }
  const candidates = nodes.map((node) => {
    const there = placed.filter((other) => other.spec.nodeName === node.metadata.name);
    return { node, there, obstacles: [...obstaclesOf(pod, node, there), ...volumeObstacles(api, pod, node)] };
  });
  const fitting = candidates.filter(({ obstacles }) => obstacles.length === 0);
  if (fitting.length === 0) {
    const message = failureMessage(candidates.map(({ obstacles }) => obstacles));
    if (markUnschedulable({ api, clock }, pod, message))
      events.record(pod, 'Warning', 'FailedScheduling', message);
    return false;
  }
  const owner = controllerOf(pod)?.uid;
  const siblings = ({ there }: { there: Pod[] }): number =>
    owner === undefined ? 0 : there.filter((other) => controllerOf(other)?.uid === owner).length;
  const [best] = fitting.sort(
    (a, b) =>
      siblings(a) - siblings(b) ||
      a.there.length - b.there.length ||
      (a.node.metadata.name < b.node.metadata.name ? -1 : 1),
  );
  if (best === undefined) return false;
  const nodeName = best.node.metadata.name;
  // Volumes that are made for this pod come first; their claims' changes bring it here again.
  if (!requestVolumes(api, pod, nodeName)) return false;
  bindPod(namespace, name, nodeName);
  events.record(pod, 'Normal', 'Scheduled', `Successfully assigned ${namespace}/${name} to ${nodeName}`);
  return true;
}

/** @returns whether this was news. */
function markUnschedulable({ api, clock }: ControllerContext, pod: Pod, message: string): boolean {
  const earlier = findCondition(pod.status.conditions, 'PodScheduled');
  if (earlier?.message === message) return false;
  const lastTransitionTime =
    (earlier?.status === 'False' ? earlier.lastTransitionTime : undefined) ?? timestamp(clock.now());
  const { namespace, name } = pod.metadata;
  api.mutate(
    PODS,
    namespace,
    name,
    (draft) => {
      draft.status.conditions = [
        ...(draft.status.conditions ?? []).filter(({ type }) => type !== 'PodScheduled'),
        {
          type: 'PodScheduled',
          status: 'False',
          lastProbeTime: null,
          lastTransitionTime,
          observedGeneration: draft.metadata.generation ?? 1,
          reason: 'Unschedulable',
          message,
        },
      ];
    },
    { subresource: 'status' },
  );
  return true;
}

interface Obstacle {
  reason: string;
  /** Removing other pods could help: the filter that refused is about room, not about what the node is. */
  preemptable: boolean;
}

/** Why a node cannot take a pod: the first filter that refuses tells, in the order of the default profile. */
function obstaclesOf(pod: Pod, node: Node, there: readonly Pod[]): Obstacle[] {
  const refusal = (reason: string): Obstacle[] => [{ reason, preemptable: false }];
  if (
    node.spec.unschedulable === true &&
    !tolerates(pod.spec.tolerations, { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' })
  )
    return refusal('node(s) were unschedulable');
  const untolerated = (node.spec.taints ?? []).some(
    (taint) =>
      (taint.effect === 'NoSchedule' || taint.effect === 'NoExecute') &&
      !tolerates(pod.spec.tolerations, taint),
  );
  if (untolerated) return refusal('node(s) had untolerated taint(s)');
  if (!matchesNode(pod.spec, node)) return refusal("node(s) didn't match Pod's node affinity/selector");
  return roomObstacles(pod, node, there);
}

function volumeObstacles(api: ClusterApi, pod: Pod, node: Node): Obstacle[] {
  return reachesVolumes(api, pod, node)
    ? []
    : [{ reason: "node(s) didn't match PersistentVolume's node affinity", preemptable: false }];
}

function roomObstacles(pod: Pod, node: Node, there: readonly Pod[]): Obstacle[] {
  const allocatable = node.status.allocatable ?? {};
  const obstacles: Obstacle[] = [];
  if (there.length + 1 > Number(allocatable['pods'] ?? Infinity))
    obstacles.push({ reason: 'Too many pods', preemptable: true });
  for (const resource of ['cpu', 'memory']) {
    const wanted = requestOf(pod, resource);
    const total = allocatable[resource];
    if (wanted === 0 || total === undefined) continue;
    const used = there.reduce((sum, other) => sum + requestOf(other, resource), 0);
    if (used + wanted > parseQuantity(total))
      obstacles.push({ reason: `Insufficient ${resource}`, preemptable: true });
  }
  return obstacles;
}

/** The sum of the containers' requests, or what the largest init container asks for. */
function requestOf(pod: Pod, resource: string): number {
  const request = (container: { resources?: { requests?: Record<string, string> } }): number =>
    parseQuantity(container.resources?.requests?.[resource] ?? '0');
  const sum = pod.spec.containers.reduce((total, container) => total + request(container), 0);
  return Math.max(sum, ...(pod.spec.initContainers ?? []).map(request));
}

/** The words of kube-scheduler's FitError, with what preemption would say. */
function failureMessage(obstacles: readonly (readonly Obstacle[])[]): string {
  const total = obstacles.length;
  if (total === 0) return 'no nodes available to schedule pods';
  const counts = new Map<string, number>();
  for (const { reason } of obstacles.flat()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const reasons = [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ');
  const helpless = obstacles.filter((list) => list.some(({ preemptable }) => !preemptable)).length;
  const verdicts = [
    ...(helpless > 0 ? [`${helpless} Preemption is not helpful for scheduling`] : []),
    ...(total > helpless ? [`${total - helpless} No preemption victims found for incoming pod`] : []),
  ].sort();
  return (
    `0/${total} nodes are available: ${reasons}. no new claims to deallocate, ` +
    `preemption: 0/${total} nodes are available: ${verdicts.join(', ')}.`
  );
}
