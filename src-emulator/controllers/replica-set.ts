import { ApiError, type ClusterApi } from '../api/cluster-api.ts';
import type { Condition, KubeObject, LabelSelector, Pod, PodTemplateSpec } from '../api/objects.ts';
import { PODS, REPLICA_SETS, REPLICATION_CONTROLLERS, type ResourceType } from '../api/resources.ts';
import { matchesLabels } from '../api/selectors.ts';
import { disposeAll, type ControllerContext } from './controller.ts';
import { createEventRecorder, type EventRecorder } from './events.ts';
import { controlledBy } from './indexes.ts';
import {
  controllerOf,
  findCondition,
  isPodActive,
  isPodAvailable,
  isPodReady,
  timestamp,
} from './object-helpers.ts';
import { claimPods, podFromTemplate, podsControlledBy, watchWorkload } from './pod-control.ts';
import { byDeletionOrder } from './pod-deletion-order.ts';
import { splitKey, WorkQueue } from './work-queue.ts';

/** No more pods than this are created or deleted in one sync. */
const BURST_REPLICAS = 500;

/** What a ReplicaSet and a ReplicationController have in common. */
interface Replicated extends KubeObject {
  spec: { replicas?: number; minReadySeconds?: number; template?: PodTemplateSpec };
  status: {
    replicas: number;
    fullyLabeledReplicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    observedGeneration?: number;
    conditions?: Condition[];
  };
}

/** One of the two kinds, and where it keeps its selector. */
interface Flavour<T extends Replicated> {
  type: ResourceType<T>;
  selectorOf: (object: T) => LabelSelector;
}

/** Keeps as many pods as each ReplicaSet asks for (kube-controller-manager's replicaset controller). */
export function startReplicaSetController(context: ControllerContext): Disposable {
  return startReplicaController(context, 'replicaset-controller', {
    type: REPLICA_SETS,
    selectorOf: ({ spec }) => spec.selector,
  });
}

/** The same for ReplicationControllers: in Kubernetes, too, it is the code of the former. */
export function startReplicationController(context: ControllerContext): Disposable {
  return startReplicaController(context, 'replication-controller', {
    type: REPLICATION_CONTROLLERS,
    selectorOf: ({ spec }) => ({ matchLabels: spec.selector ?? {} }),
  });
}

function startReplicaController<T extends Replicated>(
  context: ControllerContext,
  component: string,
  flavour: Flavour<T>,
): Disposable {
  const events = createEventRecorder({ ...context, component });
  const queue: WorkQueue = new WorkQueue(context.clock, (key) => sync(context, events, queue, flavour, key));
  return disposeAll([queue, ...watchWorkload(context.api, queue, flavour.type, flavour.selectorOf)]);
}

function sync<T extends Replicated>(
  context: ControllerContext,
  events: EventRecorder,
  queue: WorkQueue,
  { type, selectorOf }: Flavour<T>,
  key: string,
): void {
  const { api, clock } = context;
  const { namespace, name } = splitKey(key);
  const owner = api.get(type, namespace, name);
  if (owner === undefined) return;
  const pods = claimPods(context, owner, selectorOf(owner)).filter(isPodActive);
  const failure =
    owner.metadata.deletionTimestamp === undefined ? manageReplicas(context, events, owner, pods) : undefined;
  const current = api.get(type, namespace, name);
  if (current === undefined) return;
  const active = podsControlledBy(api, current).filter(isPodActive);
  const minReadySeconds = current.spec.minReadySeconds ?? 0;
  const ready = active.filter(isPodReady);
  const available = active.filter((pod) => isPodAvailable(pod, minReadySeconds, clock.now()));
  const templateLabels = current.spec.template?.metadata?.labels ?? {};
  const fullyLabeled = active.filter((pod) =>
    matchesLabels({ matchLabels: templateLabels }, pod.metadata.labels),
  );
  api.mutate(
    type,
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

interface ReplicaFailure {
  reason: 'FailedCreate' | 'FailedDelete';
  error: Error;
}

function manageReplicas(
  context: ControllerContext,
  events: EventRecorder,
  owner: Replicated,
  pods: readonly Pod[],
): ReplicaFailure | undefined {
  const missing = (owner.spec.replicas ?? 1) - pods.length;
  if (missing > 0) return createPods(context, events, owner, Math.min(missing, BURST_REPLICAS));
  if (missing < 0) deletePods(context, events, owner, pods, Math.min(-missing, BURST_REPLICAS));
  return undefined;
}

function createPods(
  { api }: ControllerContext,
  events: EventRecorder,
  owner: Replicated,
  count: number,
): ReplicaFailure | undefined {
  const template = owner.spec.template;
  if (template === undefined) return undefined;
  for (let created = 0; created < count; created++) {
    try {
      const pod = api.create(
        PODS,
        podFromTemplate(owner, template, { generateName: `${owner.metadata.name}-` }),
      );
      events.record(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      events.record(owner, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
      return { reason: 'FailedCreate', error };
    }
  }
  return undefined;
}

function deletePods(
  { api, clock }: ControllerContext,
  events: EventRecorder,
  owner: Replicated,
  pods: readonly Pod[],
  count: number,
): void {
  const perNode = activePodsPerNode(api, owner);
  const ranked = byDeletionOrder(pods, (pod) => perNode.get(pod.spec.nodeName ?? '') ?? 0, clock.now());
  for (const pod of ranked.slice(0, count)) {
    api.delete(PODS, pod.metadata.namespace, pod.metadata.name, { preconditions: { uid: pod.metadata.uid } });
    events.record(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
  }
}

/** How many active pods of this and its sister ReplicaSets (those of the same Deployment) run on each node. */
function activePodsPerNode(api: ClusterApi, owner: Replicated): Map<string, number> {
  const { uid } = owner.metadata;
  const parent = controllerOf(owner)?.uid;
  const sisters = parent === undefined ? [] : controlledBy(api, REPLICA_SETS, parent);
  const related = new Set([uid, ...sisters.map(({ metadata }) => metadata.uid)]);
  const perNode = new Map<string, number>();
  for (const pod of [...related].flatMap((each) => controlledBy(api, PODS, each))) {
    if (!isPodActive(pod)) continue;
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
