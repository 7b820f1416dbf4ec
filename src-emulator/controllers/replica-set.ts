import { matchesLabels } from '../api/selectors.ts';
import { ApiError } from '../api/cluster-api.ts';
import type { Condition, Pod, ReplicaSet } from '../api/objects.ts';
import { PODS, REPLICA_SETS } from '../api/resources.ts';
import { disposeAll, type ControllerContext } from './controller.ts';
import { createEventRecorder, type EventRecorder } from './events.ts';
import {
  controllerOf,
  controllerReference,
  findCondition,
  isPodActive,
  isPodAvailable,
  isPodReady,
  timestamp,
} from './object-helpers.ts';
import { byDeletionOrder } from './pod-deletion-order.ts';
import { keyOf, splitKey, WorkQueue } from './work-queue.ts';

/** No more pods than this are created or deleted in one sync. */
const BURST_REPLICAS = 500;

/** Keeps as many pods as each ReplicaSet asks for (kube-controller-manager's replicaset controller). */
export function startReplicaSetController(context: ControllerContext): Disposable {
  const { api } = context;
  const events = createEventRecorder({ ...context, component: 'replicaset-controller' });
  const queue: WorkQueue = new WorkQueue(context.clock, (key) => sync(context, events, queue, key));

  const podChanged = (pod: Pod): void => {
    const namespace = pod.metadata.namespace ?? '';
    const controller = controllerOf(pod);
    if (controller !== undefined) {
      if (controller.kind === 'ReplicaSet') queue.add(`${namespace}/${controller.name}`);
      return;
    }
    for (const replicaSet of api.list(REPLICA_SETS, { namespace })) {
      if (matchesLabels(replicaSet.spec.selector, pod.metadata.labels)) queue.add(keyOf(replicaSet));
    }
  };
  return disposeAll([
    queue,
    api.watch(REPLICA_SETS, ({ object }) => queue.add(keyOf(object))),
    api.watch(PODS, ({ object }) => podChanged(object)),
  ]);
}

function sync(context: ControllerContext, events: EventRecorder, queue: WorkQueue, key: string): void {
  const { api, clock } = context;
  const { namespace, name } = splitKey(key);
  const replicaSet = api.get(REPLICA_SETS, namespace, name);
  if (replicaSet === undefined) return;
  const pods = claimPods(context, replicaSet).filter(isPodActive);
  const failure =
    replicaSet.metadata.deletionTimestamp === undefined
      ? manageReplicas(context, events, replicaSet, pods)
      : undefined;
  const current = api.get(REPLICA_SETS, namespace, name);
  if (current === undefined) return;
  const active = podsControlledBy(context, current).filter(isPodActive);
  const minReadySeconds = current.spec.minReadySeconds ?? 0;
  const ready = active.filter(isPodReady);
  const available = active.filter((pod) => isPodAvailable(pod, minReadySeconds, clock.now()));
  const templateLabels = current.spec.template?.metadata?.labels ?? {};
  const fullyLabeled = active.filter((pod) =>
    matchesLabels({ matchLabels: templateLabels }, pod.metadata.labels),
  );
  api.mutate(
    REPLICA_SETS,
    namespace,
    name,
    (draft) => {
      draft.status = {
        replicas: active.length,
        ...(fullyLabeled.length === 0 ? {} : { fullyLabeledReplicas: fullyLabeled.length }),
        ...(ready.length === 0 ? {} : { readyReplicas: ready.length }),
        ...(available.length === 0 ? {} : { availableReplicas: available.length }),
        observedGeneration: current.metadata.generation ?? 0,
        ...conditionsWith(draft.status.conditions, failure, clock.now()),
      };
    },
    { subresource: 'status' },
  );
  if (ready.length > available.length) queue.addAfter(key, minReadySeconds * 1000);
  if (failure !== undefined) throw failure.error;
}

/** The pods that the selector and the owner references give to this ReplicaSet, after adopting and releasing. */
function claimPods(context: ControllerContext, replicaSet: ReplicaSet): Pod[] {
  const { api } = context;
  const { namespace, uid, deletionTimestamp } = replicaSet.metadata;
  const claimed: Pod[] = [];
  for (const pod of api.list(PODS, namespace === undefined ? {} : { namespace })) {
    const controller = controllerOf(pod);
    const matches = matchesLabels(replicaSet.spec.selector, pod.metadata.labels);
    if (controller !== undefined) {
      if (controller.uid !== uid) continue;
      if (matches) claimed.push(pod);
      else if (deletionTimestamp === undefined) release(context, pod, uid);
    } else if (matches && deletionTimestamp === undefined && isPodActive(pod)) {
      const adopted = api.mutate(PODS, namespace, pod.metadata.name, (draft) => {
        draft.metadata.ownerReferences = [
          ...(draft.metadata.ownerReferences ?? []),
          controllerReference(replicaSet),
        ];
      });
      if (adopted !== undefined) claimed.push(adopted);
    }
  }
  return claimed;
}

function release({ api }: ControllerContext, pod: Pod, uid: string): void {
  api.mutate(PODS, pod.metadata.namespace, pod.metadata.name, (draft) => {
    draft.metadata.ownerReferences = (draft.metadata.ownerReferences ?? []).filter(
      (owner) => owner.uid !== uid,
    );
  });
}

function podsControlledBy({ api }: ControllerContext, replicaSet: ReplicaSet): Pod[] {
  const { namespace, uid } = replicaSet.metadata;
  return api
    .list(PODS, namespace === undefined ? {} : { namespace })
    .filter((pod) => controllerOf(pod)?.uid === uid);
}

interface ReplicaFailure {
  reason: 'FailedCreate' | 'FailedDelete';
  error: Error;
}

function manageReplicas(
  context: ControllerContext,
  events: EventRecorder,
  replicaSet: ReplicaSet,
  pods: readonly Pod[],
): ReplicaFailure | undefined {
  const missing = (replicaSet.spec.replicas ?? 1) - pods.length;
  if (missing > 0) return createPods(context, events, replicaSet, Math.min(missing, BURST_REPLICAS));
  if (missing < 0) deletePods(context, events, replicaSet, pods, Math.min(-missing, BURST_REPLICAS));
  return undefined;
}

function createPods(
  { api }: ControllerContext,
  events: EventRecorder,
  replicaSet: ReplicaSet,
  count: number,
): ReplicaFailure | undefined {
  const template = replicaSet.spec.template;
  if (template === undefined) return undefined;
  const { labels, annotations, finalizers } = template.metadata ?? {};
  const { namespace, name } = replicaSet.metadata;
  for (let created = 0; created < count; created++) {
    try {
      const pod = api.create(PODS, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          generateName: `${name}-`,
          ...(namespace === undefined ? {} : { namespace }),
          ...(labels === undefined ? {} : { labels: { ...labels } }),
          ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
          ...(finalizers === undefined ? {} : { finalizers: [...finalizers] }),
          ownerReferences: [controllerReference(replicaSet)],
        },
        spec: structuredClone(template.spec),
        status: { phase: 'Pending' },
      });
      events.record(replicaSet, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      events.record(replicaSet, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
      return { reason: 'FailedCreate', error };
    }
  }
  return undefined;
}

function deletePods(
  context: ControllerContext,
  events: EventRecorder,
  replicaSet: ReplicaSet,
  pods: readonly Pod[],
  count: number,
): void {
  const { api, clock } = context;
  const perNode = activePodsPerNode(context, replicaSet);
  const ranked = byDeletionOrder(pods, (pod) => perNode.get(pod.spec.nodeName ?? '') ?? 0, clock.now());
  for (const pod of ranked.slice(0, count)) {
    api.delete(PODS, pod.metadata.namespace, pod.metadata.name, { preconditions: { uid: pod.metadata.uid } });
    events.record(replicaSet, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
  }
}

/** How many active pods of this and its sister ReplicaSets (those of the same Deployment) run on each node. */
function activePodsPerNode({ api }: ControllerContext, replicaSet: ReplicaSet): Map<string, number> {
  const { namespace } = replicaSet.metadata;
  const within = namespace === undefined ? {} : { namespace };
  const parent = controllerOf(replicaSet)?.uid;
  const related = new Set(
    api
      .list(REPLICA_SETS, within)
      .filter((other) => parent !== undefined && controllerOf(other)?.uid === parent)
      .map((other) => other.metadata.uid),
  ).add(replicaSet.metadata.uid);
  const perNode = new Map<string, number>();
  for (const pod of api.list(PODS, within)) {
    if (!isPodActive(pod) || !related.has(controllerOf(pod)?.uid ?? '')) continue;
    const node = pod.spec.nodeName ?? '';
    perNode.set(node, (perNode.get(node) ?? 0) + 1);
  }
  return perNode;
}

function conditionsWith(
  conditions: Condition[] | undefined,
  failure: ReplicaFailure | undefined,
  now: number,
): { conditions?: Condition[] } {
  const others = (conditions ?? []).filter((condition) => condition.type !== 'ReplicaFailure');
  if (failure !== undefined) {
    const earlier = findCondition(conditions, 'ReplicaFailure');
    others.push({
      type: 'ReplicaFailure',
      status: 'True',
      lastTransitionTime: earlier?.lastTransitionTime ?? timestamp(now),
      reason: failure.reason,
      message: failure.error.message,
    });
  }
  return others.length === 0 ? {} : { conditions: others };
}
