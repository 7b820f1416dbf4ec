import { isDeepStrictEqual } from 'node:util';
import type { Deployment, ReplicaSet } from '../../api/objects.ts';
import { DEPLOYMENTS, PODS, REPLICA_SETS } from '../../api/resources.ts';
import { matchesLabels } from '../../api/selectors.ts';
import { disposeAll, type ControllerContext } from '../controller.ts';
import { createEventRecorder, type EventRecorder } from '../events.ts';
import { controlledBy } from '../indexes.ts';
import { controllerOf, findCondition, isPodFinished } from '../object-helpers.ts';
import { keyOf, splitKey, WorkQueue } from '../work-queue.ts';
import {
  DESIRED_REPLICAS,
  newReplicaSetSize,
  replicasOf,
  revisionOf,
  scaleDownOld,
  scaleProportionally,
} from './arithmetic.ts';
import { calculateStatus, isComplete, progressDeadline, rolloutStatus } from './conditions.ts';
import {
  claimReplicaSets,
  ensureNewReplicaSet,
  findNewReplicaSet,
  scaleReplicaSet,
  setProgressing,
} from './replica-sets.ts';

/** Rolls Deployments out through ReplicaSets (kube-controller-manager's deployment controller). */
export function startDeploymentController(context: ControllerContext): Disposable {
  const { api } = context;
  const events = createEventRecorder({ ...context, component: 'deployment-controller' });
  const queue: WorkQueue = new WorkQueue(context.clock, (key) =>
    new Rollout(context, events, queue, key).sync(),
  );

  const replicaSetChanged = (replicaSet: ReplicaSet): void => {
    const namespace = replicaSet.metadata.namespace ?? '';
    const controller = controllerOf(replicaSet);
    if (controller !== undefined) {
      if (controller.kind === 'Deployment') queue.add(`${namespace}/${controller.name}`);
      return;
    }
    for (const deployment of api.list(DEPLOYMENTS, { namespace })) {
      if (matchesLabels(deployment.spec.selector, replicaSet.metadata.labels)) queue.add(keyOf(deployment));
    }
  };
  return disposeAll([
    queue,
    api.watch(DEPLOYMENTS, ({ object }) => queue.add(keyOf(object))),
    api.watch(REPLICA_SETS, ({ object }) => replicaSetChanged(object)),
    // Recreate waits for the last old pod to be gone, which no ReplicaSet's status tells.
    api.watch(PODS, ({ type, object }) => {
      const owner = type === 'DELETED' ? controllerOf(object) : undefined;
      if (owner?.kind !== 'ReplicaSet') return;
      const replicaSet = api.get(REPLICA_SETS, object.metadata.namespace, owner.name);
      if (replicaSet !== undefined) replicaSetChanged(replicaSet);
    }),
  ]);
}

/** One sync of one Deployment. */
class Rollout {
  readonly #context: ControllerContext;
  readonly #events: EventRecorder;
  readonly #queue: WorkQueue;
  readonly #key: string;

  constructor(context: ControllerContext, events: EventRecorder, queue: WorkQueue, key: string) {
    this.#context = context;
    this.#events = events;
    this.#queue = queue;
    this.#key = key;
  }

  sync(): void {
    const deployment = this.#read();
    if (deployment === undefined) return;
    const all = claimReplicaSets(this.#context, deployment);
    if (deployment.metadata.deletionTimestamp !== undefined) {
      this.#writeStatus(this.#status(deployment, all, calculateStatus));
      return;
    }
    this.#checkPaused(deployment);
    if (deployment.spec.paused === true || isScaling(deployment, all)) this.#scale(deployment, all);
    else if (deployment.spec.strategy?.type === 'Recreate') this.#recreate(deployment, all);
    else this.#roll(deployment, all);
  }

  #read(): Deployment | undefined {
    const { namespace, name } = splitKey(this.#key);
    return this.#context.api.get(DEPLOYMENTS, namespace, name);
  }

  /** Pausing and resuming is told by the Progressing condition, so that paused time is not held against it. */
  #checkPaused(deployment: Deployment): void {
    const condition = findCondition(deployment.status.conditions, 'Progressing');
    // A rollout that has failed stays told.
    if (condition?.reason === 'ProgressDeadlineExceeded') return;
    const paused = deployment.spec.paused === true;
    const toldPaused = condition?.reason === 'DeploymentPaused';
    if (paused && !toldPaused)
      setProgressing(this.#context, deployment, 'Unknown', 'DeploymentPaused', 'Deployment is paused');
    else if (!paused && toldPaused)
      setProgressing(this.#context, deployment, 'Unknown', 'DeploymentResumed', 'Deployment is resumed');
  }

  #roll(deployment: Deployment, all: readonly ReplicaSet[]): void {
    const { newReplicaSet, old } = this.#split(deployment, all, true);
    if (newReplicaSet !== undefined) {
      const current = replicasOf(newReplicaSet);
      const desired = replicasOf(deployment);
      const size =
        current > desired ? desired : newReplicaSetSize(deployment, [...old, newReplicaSet], current);
      if (size !== current) {
        scaleReplicaSet(this.#context, this.#events, deployment, newReplicaSet, size);
        this.#finish(deployment, old);
        return;
      }
    }
    for (const [replicaSet, size] of scaleDownOld(deployment, old, newReplicaSet))
      scaleReplicaSet(this.#context, this.#events, deployment, replicaSet, size);
    this.#finish(deployment, old);
  }

  #recreate(deployment: Deployment, all: readonly ReplicaSet[]): void {
    const { old } = this.#split(deployment, all, false);
    const running = old.filter((replicaSet) => replicasOf(replicaSet) > 0);
    for (const replicaSet of running) scaleReplicaSet(this.#context, this.#events, deployment, replicaSet, 0);
    if (running.length === 0 && !this.#oldPodsRun(old)) {
      const { newReplicaSet } = this.#split(deployment, all, true);
      if (newReplicaSet !== undefined && replicasOf(newReplicaSet) !== replicasOf(deployment))
        scaleReplicaSet(this.#context, this.#events, deployment, newReplicaSet, replicasOf(deployment));
    }
    this.#finish(deployment, old);
  }

  #oldPodsRun(old: readonly ReplicaSet[]): boolean {
    return old.some(({ metadata }) =>
      controlledBy(this.#context.api, PODS, metadata.uid).some((pod) => !isPodFinished(pod)),
    );
  }

  /** Brings the sizes to a changed `spec.replicas` without starting or advancing a rollout. */
  #scale(deployment: Deployment, all: readonly ReplicaSet[]): void {
    const { newReplicaSet, old } = this.#split(deployment, all, false);
    for (const [replicaSet, size] of scaledSizes(deployment, newReplicaSet, old))
      scaleReplicaSet(this.#context, this.#events, deployment, replicaSet, size);
    if (deployment.spec.paused === true) this.#cleanUp(deployment, old);
    this.#writeStatus(this.#status(deployment, all, calculateStatus));
  }

  #split(
    deployment: Deployment,
    all: readonly ReplicaSet[],
    create: boolean,
  ): { newReplicaSet: ReplicaSet | undefined; old: ReplicaSet[] } {
    const newReplicaSet = ensureNewReplicaSet(this.#context, this.#events, deployment, all, create);
    return { newReplicaSet, old: all.filter(({ metadata }) => metadata.uid !== newReplicaSet?.metadata.uid) };
  }

  #finish(before: Deployment, old: readonly ReplicaSet[]): void {
    const deployment = this.#read();
    if (deployment === undefined) return;
    const status = this.#status(deployment, claimReplicaSets(this.#context, deployment), rolloutStatus);
    if (isComplete(before, status)) this.#cleanUp(deployment, old);
    this.#writeStatus(status);
    const deadline = progressDeadline(deployment, status.conditions);
    const timedOut = findCondition(status.conditions, 'Progressing')?.reason === 'ProgressDeadlineExceeded';
    if (deadline !== undefined && !timedOut && !isComplete(deployment, status))
      this.#queue.addAfter(this.#key, Math.max(0, deadline - this.#context.clock.now()) + 1000);
  }

  /** Computed from what is stored now, because the sync itself may just have written conditions. */
  #status(
    before: Deployment,
    all: readonly ReplicaSet[],
    compute: typeof calculateStatus,
  ): Deployment['status'] {
    const deployment = this.#read() ?? before;
    const newReplicaSet = findNewReplicaSet(deployment, all);
    const old = all.filter((replicaSet) => replicaSet !== newReplicaSet);
    return compute(deployment, newReplicaSet, old, this.#context.clock.now());
  }

  #writeStatus(status: Deployment['status']): void {
    const { namespace, name } = splitKey(this.#key);
    this.#context.api.mutate(
      DEPLOYMENTS,
      namespace,
      name,
      (draft) => {
        if (!isDeepStrictEqual(draft.status, status)) draft.status = status;
      },
      { subresource: 'status' },
    );
  }

  /** Deletes empty old ReplicaSets beyond the history limit, lowest revision first. */
  #cleanUp(deployment: Deployment, old: readonly ReplicaSet[]): void {
    const alive = old.filter((replicaSet) => replicaSet.metadata.deletionTimestamp === undefined);
    const surplus = alive.length - (deployment.spec.revisionHistoryLimit ?? 10);
    if (surplus <= 0) return;
    for (const replicaSet of alive.sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, surplus)) {
      const { namespace, name, generation } = replicaSet.metadata;
      const settled = (generation ?? 0) <= (replicaSet.status.observedGeneration ?? 0);
      if (replicaSet.status.replicas !== 0 || replicasOf(replicaSet) !== 0 || !settled) continue;
      this.#context.api.delete(REPLICA_SETS, namespace, name, { propagationPolicy: 'Background' });
    }
  }
}

/** `spec.replicas` has changed since the active ReplicaSets were last scaled. */
function isScaling(deployment: Deployment, all: readonly ReplicaSet[]): boolean {
  return all.some((replicaSet) => {
    const told = replicaSet.metadata.annotations?.[DESIRED_REPLICAS];
    return replicasOf(replicaSet) > 0 && told !== undefined && Number(told) !== replicasOf(deployment);
  });
}

function scaledSizes(
  deployment: Deployment,
  newReplicaSet: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): Iterable<[ReplicaSet, number]> {
  const all = newReplicaSet === undefined ? old : [...old, newReplicaSet];
  const active = all.filter((replicaSet) => replicasOf(replicaSet) > 0);
  const desired = replicasOf(deployment);
  if (active.length <= 1) {
    const only = active[0] ?? newReplicaSet ?? old.at(-1);
    return only === undefined ? [] : [[only, desired]];
  }
  if (newReplicaSet !== undefined && isSaturated(deployment, newReplicaSet))
    return active.filter((replicaSet) => replicaSet !== newReplicaSet).map((replicaSet) => [replicaSet, 0]);
  if (deployment.spec.strategy?.type === 'Recreate') return [];
  return scaleProportionally(deployment, all);
}

function isSaturated(deployment: Deployment, replicaSet: ReplicaSet): boolean {
  const desired = replicasOf(deployment);
  return (
    replicasOf(replicaSet) === desired &&
    Number(replicaSet.metadata.annotations?.[DESIRED_REPLICAS]) === desired &&
    replicaSet.status.availableReplicas === desired
  );
}
