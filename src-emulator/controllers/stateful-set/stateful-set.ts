import { ApiError } from '../../api/cluster-api.ts';
import type { ControllerRevision, NewObject, Pod, StatefulSet } from '../../api/objects.ts';
import { PODS, STATEFUL_SETS } from '../../api/resources.ts';
import { jsonEqual } from '../../store/json.ts';
import { disposeAll, type ControllerContext } from '../controller.ts';
import {
  claimRevisions,
  ensureRevision,
  REVISION_HASH,
  revisionData,
  revisionHash,
  truncateHistory,
} from '../controller-history.ts';
import { createEventRecorder, type EventRecorder } from '../events.ts';
import { isPodAvailable, isPodFinished, isPodReady } from '../object-helpers.ts';
import { claimPods, watchWorkload } from '../pod-control.ts';
import { splitKey, WorkQueue } from '../work-queue.ts';
import { applyRetentionPolicy, createClaims, hasStaleClaim } from './claims.ts';
import {
  hasIdentity,
  isInRange,
  newPod,
  ordinalOf,
  restoreIdentity,
  revisionOf,
  startOrdinal,
} from './identity.ts';

/** Keeps pods of stable names, in order (kube-controller-manager's statefulset controller). */
export function startStatefulSetController(context: ControllerContext): Disposable {
  const { api } = context;
  const events = createEventRecorder({ ...context, component: 'statefulset-controller' });
  const queue: WorkQueue = new WorkQueue(context.clock, (key) => {
    const { namespace, name } = splitKey(key);
    const set = api.get(STATEFUL_SETS, namespace, name);
    if (set === undefined) return;
    const available = new Sync(context, events, set).run();
    const { minReadySeconds = 0, replicas = 1 } = set.spec;
    if (minReadySeconds > 0 && available !== replicas) queue.addAfter(key, minReadySeconds * 1000);
  });
  return disposeAll([queue, ...watchWorkload(api, queue, STATEFUL_SETS, ({ spec }) => spec.selector)]);
}

/** The place of a replica: a pod that is there, or one that is to be made. */
interface Slot {
  ordinal: number;
  pod?: Pod;
  planned?: NewObject<Pod>;
}

/** One sync of one StatefulSet. */
class Sync {
  readonly #context: ControllerContext;
  readonly #events: EventRecorder;
  readonly #set: StatefulSet;
  /** Whether each step waits for the one before it. */
  readonly #ordered: boolean;

  constructor(context: ControllerContext, events: EventRecorder, set: StatefulSet) {
    this.#context = context;
    this.#events = events;
    this.#set = set;
    this.#ordered = set.spec.podManagementPolicy !== 'Parallel';
  }

  /** @returns how many replicas are available. */
  run(): number {
    const { api } = this.#context;
    const set = this.#set;
    const pods = claimPods(this.#context, set, set.spec.selector, (pod) => ordinalOf(set, pod) >= 0);
    const revisions = claimRevisions(api, set, set.spec.selector);
    const update = this.#updateRevision(revisions);
    const current = revisions.find(({ metadata }) => metadata.name === set.status.currentRevision) ?? update;
    const slots = this.#slots(pods, current, update);
    const condemned = pods
      .filter((pod) => !isInRange(set, ordinalOf(set, pod)))
      .sort((a, b) => ordinalOf(set, b) - ordinalOf(set, a));
    let failure: unknown;
    let lost = 0;
    try {
      if (set.metadata.deletionTimestamp === undefined) lost = this.#reconcile(slots, condemned, update);
    } catch (error) {
      failure = error;
    }
    const status = this.#status(pods, current, update, lost);
    this.#writeStatus(status);
    const live = new Set([current.metadata.name, update.metadata.name, ...pods.map(revisionOf)]);
    truncateHistory(
      api,
      revisions,
      ({ metadata }) => live.has(metadata.name),
      set.spec.revisionHistoryLimit ?? 10,
    );
    if (failure !== undefined) throw failure as Error;
    return status.availableReplicas;
  }

  #updateRevision(revisions: readonly ControllerRevision[]): ControllerRevision {
    const set = this.#set;
    const data = revisionData(set.spec.template);
    let collisions = set.status.collisionCount ?? 0;
    for (;;) {
      const hash = revisionHash(data, collisions);
      try {
        return ensureRevision(this.#context.api, set, revisions, data, {
          name: `${set.metadata.name}-${hash}`,
          labels: { ...set.spec.template.metadata?.labels, [REVISION_HASH]: hash },
        });
      } catch (error) {
        if (!(error instanceof ApiError) || error.status.reason !== 'AlreadyExists') throw error;
        collisions++;
      }
    }
  }

  #slots(pods: readonly Pod[], current: ControllerRevision, update: ControllerRevision): Slot[] {
    const set = this.#set;
    const start = startOrdinal(set);
    return Array.from({ length: set.spec.replicas ?? 1 }, (_, index): Slot => {
      const ordinal = start + index;
      const pod = pods.find((candidate) => ordinalOf(set, candidate) === ordinal);
      if (pod !== undefined) return { ordinal, pod };
      const revision = this.#staysCurrent(ordinal) ? current : update;
      return { ordinal, planned: newPod(set, revision, ordinal) };
    });
  }

  /** Whether a pod that is made now is still of the old revision: it is below the partition. */
  #staysCurrent(ordinal: number): boolean {
    const { spec, status } = this.#set;
    const { type, rollingUpdate } = spec.updateStrategy ?? {};
    const start = startOrdinal(this.#set);
    if (rollingUpdate !== undefined) return ordinal < start + (rollingUpdate.partition ?? 0);
    return type === 'RollingUpdate' && ordinal < start + (status.currentReplicas ?? 0);
  }

  /** Does what can be done now. @returns how many pods of the current revision were deleted for the update. */
  #reconcile(slots: readonly Slot[], condemned: readonly Pod[], update: ControllerRevision): number {
    for (const slot of slots) if (this.#processReplica(slot) && this.#ordered) return 0;
    for (const pod of condemned) applyRetentionPolicy(this.#context, this.#events, this.#set, pod);
    const unavailable = [
      ...slots.filter(({ pod }) => !this.#isAvailable(pod)).map(({ pod }) => pod),
      ...condemned.filter((pod) => !this.#isAvailable(pod)).reverse(),
    ];
    for (const pod of condemned) if (this.#processCondemned(pod, unavailable[0]) && this.#ordered) return 0;
    return this.#set.spec.updateStrategy?.type === 'OnDelete' ? 0 : this.#rollingUpdate(slots, update);
  }

  /** @returns whether the replicas after this one have to wait. */
  #processReplica(slot: Slot): boolean {
    const { pod } = slot;
    if (pod === undefined) {
      this.#create(slot);
      return true;
    }
    if (isPodFinished(pod)) {
      if (pod.metadata.deletionTimestamp === undefined) this.#delete(pod);
      return true;
    }
    if (pod.status.phase === 'Pending') {
      createClaims(this.#context, this.#events, this.#set, slot.ordinal, pod.metadata.name);
      applyRetentionPolicy(this.#context, this.#events, this.#set, pod);
    }
    if (this.#ordered && !this.#isAvailable(pod)) return true;
    if (!hasIdentity(pod)) {
      this.#context.api.mutate(PODS, pod.metadata.namespace, pod.metadata.name, (draft) =>
        restoreIdentity(this.#set, draft),
      );
      this.#tell('Normal', 'SuccessfulUpdate', `update Pod ${pod.metadata.name}`, 'successful');
    }
    applyRetentionPolicy(this.#context, this.#events, this.#set, pod);
    return false;
  }

  #create({ ordinal, planned }: Slot): void {
    if (planned === undefined) return;
    const name = planned.metadata.name ?? '';
    if (hasStaleClaim(this.#context, this.#set, ordinal, name)) return;
    const subject = `create Pod ${name}`;
    try {
      createClaims(this.#context, this.#events, this.#set, ordinal, name);
      const pod = this.#context.api.create(PODS, planned);
      applyRetentionPolicy(this.#context, this.#events, this.#set, pod);
    } catch (error) {
      if (error instanceof ApiError && error.status.reason === 'AlreadyExists') throw error;
      const why = error instanceof Error ? error.message : String(error);
      this.#tell('Warning', 'FailedCreate', subject, `failed error: ${why}`);
      throw error;
    }
    this.#tell('Normal', 'SuccessfulCreate', subject, 'successful');
  }

  #delete(pod: Pod): void {
    this.#context.api.delete(PODS, pod.metadata.namespace, pod.metadata.name, {
      preconditions: { uid: pod.metadata.uid },
    });
    this.#tell('Normal', 'SuccessfulDelete', `delete Pod ${pod.metadata.name}`, 'successful');
  }

  #tell(type: 'Normal' | 'Warning', reason: string, subject: string, outcome: string): void {
    const set = this.#set;
    this.#events.record(set, type, reason, `${subject} in StatefulSet ${set.metadata.name} ${outcome}`);
  }

  /** @returns whether the pods below this one have to wait. */
  #processCondemned(pod: Pod, firstUnavailable: Pod | undefined): boolean {
    if (pod.metadata.deletionTimestamp !== undefined) return true;
    if (this.#ordered && !this.#isAvailable(pod) && pod !== firstUnavailable) return true;
    this.#delete(pod);
    return true;
  }

  /** Deletes the pod of the highest ordinal that is not up to date, if those above it are available. */
  #rollingUpdate(slots: readonly Slot[], update: ControllerRevision): number {
    const partition = this.#set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
    for (const { pod } of slots.slice(partition).reverse()) {
      if (pod === undefined) return 0;
      if (revisionOf(pod) !== update.metadata.name && pod.metadata.deletionTimestamp === undefined) {
        this.#delete(pod);
        return 1;
      }
      if (!this.#isAvailable(pod)) return 0;
    }
    return 0;
  }

  /** Running, ready for long enough, and not on its way out. */
  #isAvailable(pod: Pod | undefined): boolean {
    return (
      pod?.status.phase === 'Running' &&
      pod.metadata.deletionTimestamp === undefined &&
      isPodAvailable(pod, this.#set.spec.minReadySeconds ?? 0, this.#context.clock.now())
    );
  }

  #status(
    pods: readonly Pod[],
    current: ControllerRevision,
    update: ControllerRevision,
    lost: number,
  ): StatefulSet['status'] {
    const { metadata, spec, status: before } = this.#set;
    const now = this.#context.clock.now();
    const ready = pods.filter((pod) => pod.status.phase === 'Running' && isPodReady(pod));
    const staying = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined);
    const ofRevision = ({ metadata: { name } }: ControllerRevision): number =>
      staying.filter((pod) => revisionOf(pod) === name).length;
    const status: StatefulSet['status'] = {
      observedGeneration: metadata.generation ?? 0,
      replicas: pods.length,
      readyReplicas: ready.length,
      currentReplicas: ofRevision(current) - lost,
      updatedReplicas: ofRevision(update),
      availableReplicas: ready.filter((pod) => isPodAvailable(pod, spec.minReadySeconds ?? 0, now)).length,
      currentRevision: current.metadata.name,
      updateRevision: update.metadata.name,
      collisionCount: before.collisionCount ?? 0,
    };
    const desired = spec.replicas ?? 1;
    const complete = [status.updatedReplicas, status.readyReplicas, status.replicas].every(
      (count) => count === desired,
    );
    if (spec.updateStrategy?.type !== 'OnDelete' && complete) {
      status.currentReplicas = desired;
      status.currentRevision = update.metadata.name;
    }
    return withoutZeros(status);
  }

  #writeStatus(status: StatefulSet['status']): void {
    const { namespace, name } = this.#set.metadata;
    this.#context.api.mutate(
      STATEFUL_SETS,
      namespace,
      name,
      (draft) => {
        if (!jsonEqual(draft.status, status)) draft.status = status;
      },
      { subresource: 'status' },
    );
  }
}

/** What is optional in a status is left out when it is nothing. */
function withoutZeros(status: StatefulSet['status']): StatefulSet['status'] {
  const { readyReplicas = 0, currentReplicas = 0, updatedReplicas = 0, ...rest } = status;
  return {
    ...rest,
    ...(readyReplicas === 0 ? {} : { readyReplicas }),
    ...(currentReplicas === 0 ? {} : { currentReplicas }),
    ...(updatedReplicas === 0 ? {} : { updatedReplicas }),
  };
}
