import type { Node, Pod } from '../api/objects.ts';
import { NAMESPACES, NODES, PERSISTENT_VOLUME_CLAIMS, PODS } from '../api/resources.ts';
import { disposeAll, type ControllerContext } from './controller.ts';
import { createEventRecorder, type EventRecorder } from './events.ts';
import { podsOnNode } from './indexes.ts';
import { findCondition, isPodFinished, timestamp } from './object-helpers.ts';
import { claimProblem, reachesVolumes, requestVolumes } from './persistent-volume/claim-use.ts';
import { failureMessage } from './scheduling/failure-message.ts';
import { obstaclesOf, type Obstacle } from './scheduling/filters.ts';
import { NodeInfo } from './scheduling/node-info.ts';
import type { ClusterView } from './scheduling/pod-affinity.ts';
import { bestNode } from './scheduling/scoring.ts';
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
  const cache = new SchedulerCache(api);
  const unschedulable = new Set<string>();
  const queue: WorkQueue = new WorkQueue(context.clock, (key) => {
    if (schedule(context, cache, events, key)) unschedulable.delete(key);
    else {
      unschedulable.add(key);
      queue.addAfter(key, RETRY_MS);
    }
  });
  const retryAll = (): void => {
    for (const key of unschedulable) queue.add(key);
  };
  /** Pods that have a node: a new one among them may be what others wait for. */
  const placed = new Set<string>();
  /** What the scheduler read of a node: its heartbeats are no reason to try again. */
  const seenNodes = new Map<string, string>();
  return disposeAll([
    queue,
    api.watch(PODS, ({ type, object }) => {
      if (type === 'DELETED' || isPodFinished(object)) {
        unschedulable.delete(keyOf(object));
        placed.delete(keyOf(object));
        retryAll();
      } else if ((object.spec.nodeName ?? '') !== '' && !placed.has(keyOf(object))) {
        placed.add(keyOf(object));
        for (const key of unschedulable) if (waitsForOthers(api, key)) queue.add(key);
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

/** Whether a new neighbour could be what a pod waits for. */
function waitsForOthers(api: ControllerContext['api'], key: string): boolean {
  const { namespace, name } = splitKey(key);
  return api.get(PODS, namespace, name)?.spec.affinity?.podAffinity !== undefined;
}

function isOurs(pod: Pod): boolean {
  return (
    (pod.spec.nodeName ?? '') === '' &&
    pod.metadata.deletionTimestamp === undefined &&
    (pod.spec.schedulerName ?? 'default-scheduler') === 'default-scheduler' &&
    (pod.spec.schedulingGates ?? []).length === 0 &&
    !isPodFinished(pod)
  );
}

/** @returns false when the pod fits nowhere. */
function schedule(
  { api, clock, bindPod }: SchedulerContext,
  cache: SchedulerCache,
  events: EventRecorder,
  key: string,
): boolean {
  const { namespace, name } = splitKey(key);
  const pod = api.get(PODS, namespace, name);
  if (pod === undefined || !isOurs(pod)) return true;
  const view = cache.view();
  const refuse = (message: string): boolean => {
    if (markUnschedulable({ api, clock }, pod, message))
      events.record(pod, 'Warning', 'FailedScheduling', message);
    return false;
  };
  const problem = claimProblem(api, pod);
  // Kubernetes says what preemption says, which is no more than that.
  if (problem !== undefined)
    return refuse(`0/${view.nodes.length} nodes are available: ${problem}. not found`);
  const candidates = view.nodes.map((candidate) => {
    const obstacles = obstaclesOf(pod, candidate, view);
    return {
      candidate,
      obstacles: obstacles.length > 0 ? obstacles : volumeObstacles(api, pod, candidate.node),
    };
  });
  const fitting = candidates.filter(({ obstacles }) => obstacles.length === 0);
  const best = bestNode(
    pod,
    fitting.map(({ candidate }) => candidate),
    view,
  );
  if (best === undefined) return refuse(failureMessage(candidates.map(({ obstacles }) => obstacles)));
  const nodeName = best.node.metadata.name;
  // Volumes that are made for this pod come first; their claims' changes bring it here again.
  if (!requestVolumes(api, pod, nodeName)) return false;
  bindPod(namespace, name, nodeName);
  events.record(pod, 'Normal', 'Scheduled', `Successfully assigned ${namespace}/${name} to ${nodeName}`);
  return true;
}

interface CachedNode {
  /** All pods that are assigned to it, the finished ones as well. */
  assigned: readonly Pod[];
  info: NodeInfo;
}

/** What the scheduler knows of the nodes: worked out anew only for those on which something has changed. */
class SchedulerCache {
  readonly #api: ControllerContext['api'];
  #nodes: Map<string, CachedNode> = new Map();

  constructor(api: ControllerContext['api']) {
    this.#api = api;
  }

  view(): ClusterView {
    const nodes = new Map<string, CachedNode>();
    for (const node of this.#api.list(NODES)) {
      const { name } = node.metadata;
      const assigned = podsOnNode(this.#api, name);
      const known = this.#nodes.get(name);
      const isSame = known?.assigned === assigned && known.info.node === node;
      const running = (): Pod[] => assigned.filter((pod) => !isPodFinished(pod));
      nodes.set(name, isSame ? known : { assigned, info: new NodeInfo(node, running()) });
    }
    this.#nodes = nodes;
    return {
      nodes: [...nodes.values()].map(({ info }) => info),
      namespaceLabels: (namespace) => this.#api.get(NAMESPACES, undefined, namespace)?.metadata.labels,
    };
  }
}

function volumeObstacles(api: ControllerContext['api'], pod: Pod, node: Node): Obstacle[] {
  return reachesVolumes(api, pod, node)
    ? []
    : [{ reason: "node(s) didn't match PersistentVolume's node affinity", preemptable: false }];
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
