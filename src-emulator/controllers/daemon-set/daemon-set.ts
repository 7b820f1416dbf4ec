import { ApiError } from '../../api/cluster-api.ts';
import type { ControllerRevision, DaemonSet, Node, Pod } from '../../api/objects.ts';
import { DAEMON_SETS, NODES, PODS } from '../../api/resources.ts';
import { jsonEqual } from '../../store/json.ts';
import { disposeAll, type ControllerContext } from '../controller.ts';
import {
  claimRevisions,
  CONTROLLER_REVISION_HASH,
  ensureRevision,
  revisionData,
  truncateHistory,
} from '../controller-history.ts';
import { templateHash } from '../deployment/template-hash.ts';
import { createEventRecorder, type EventRecorder } from '../events.ts';
import { isPodAvailable, isPodReady } from '../object-helpers.ts';
import { claimPods, watchWorkload } from '../pod-control.ts';
import { keyOf, splitKey, WorkQueue } from '../work-queue.ts';
import { FailedPodBackoff } from './failed-pod-backoff.ts';
import { fitOf, podForNode, targetNodeOf } from './nodes.ts';
import { planReplacement, planSurge, updateLimits, type NodePods } from './rolling-update.ts';

/** Keeps a pod on every node that fits (kube-controller-manager's daemonset controller). */
export function startDaemonSetController(context: ControllerContext): Disposable {
  const { api } = context;
  const events = createEventRecorder({ ...context, component: 'daemonset-controller' });
  const backoff = new FailedPodBackoff(context.clock);
  const queue: WorkQueue = new WorkQueue(context.clock, (key) => {
    const { namespace, name } = splitKey(key);
    const set = api.get(DAEMON_SETS, namespace, name);
    if (set === undefined || set.metadata.deletionTimestamp !== undefined) return;
    new Sync(context, events, queue, backoff, set).run();
  });
  /** What decides about a node: its heartbeats are no reason to look again. */
  const seenNodes = new Map<string, string>();
  return disposeAll([
    queue,
    ...watchWorkload(api, queue, DAEMON_SETS, ({ spec }) => spec.selector),
    api.watch(NODES, ({ type, object }) => {
      const relevant = JSON.stringify([type === 'DELETED', object.metadata.labels, object.spec]);
      if (seenNodes.get(object.metadata.name) === relevant) return;
      seenNodes.set(object.metadata.name, relevant);
      for (const set of api.list(DAEMON_SETS)) queue.add(keyOf(set));
    }),
  ]);
}

/** One sync of one DaemonSet. */
class Sync {
  readonly #context: ControllerContext;
  readonly #events: EventRecorder;
  readonly #queue: WorkQueue;
  readonly #backoff: FailedPodBackoff;
  readonly #set: DaemonSet;
  readonly #nodes: readonly Node[];

  constructor(
    context: ControllerContext,
    events: EventRecorder,
    queue: WorkQueue,
    backoff: FailedPodBackoff,
    set: DaemonSet,
  ) {
    this.#context = context;
    this.#events = events;
    this.#queue = queue;
    this.#backoff = backoff;
    this.#set = set;
    this.#nodes = context.api.list(NODES);
  }

  run(): void {
    const set = this.#set;
    const revisions = claimRevisions(this.#context.api, set, set.spec.selector);
    const hash = this.#currentHash(revisions);
    let failure: unknown;
    try {
      this.#manage(hash);
      if (set.spec.updateStrategy?.type === 'RollingUpdate') this.#rollingUpdate(hash);
      const live = new Set([hash, ...this.#pods().map(hashOf)]);
      truncateHistory(
        this.#context.api,
        revisions,
        ({ metadata }) => live.has(metadata.labels?.[CONTROLLER_REVISION_HASH] ?? ''),
        set.spec.revisionHistoryLimit ?? 10,
      );
    } catch (error) {
      failure = error;
    }
    this.#writeStatus(hash);
    if (failure !== undefined) throw failure as Error;
  }

  #pods(): Pod[] {
    return claimPods(this.#context, this.#set, this.#set.spec.selector);
  }

  #podsPerNode(): Map<string, Pod[]> {
    return Map.groupBy(this.#pods().sort(byAge), targetNodeOf);
  }

  /** The hash of the template as it is now, by the revision that keeps it. */
  #currentHash(revisions: readonly ControllerRevision[]): string {
    const { metadata, spec, status } = this.#set;
    const { api } = this.#context;
    const hash = templateHash(spec.template, status.collisionCount);
    const labels = { ...spec.template.metadata?.labels, [CONTROLLER_REVISION_HASH]: hash };
    try {
      const revision = ensureRevision(api, this.#set, revisions, revisionData(spec.template), {
        name: `${metadata.name}-${hash}`,
        labels,
      });
      return revision.metadata.labels?.[CONTROLLER_REVISION_HASH] ?? hash;
    } catch (error) {
      if (error instanceof ApiError && error.status.reason === 'AlreadyExists')
        api.mutate(
          DAEMON_SETS,
          metadata.namespace,
          metadata.name,
          (draft) => {
            draft.status.collisionCount = (draft.status.collisionCount ?? 0) + 1;
          },
          { subresource: 'status' },
        );
      throw error;
    }
  }

  /** Gives every node that fits its pod, and takes away what is too much or has ended. */
  #manage(hash: string): void {
    const perNode = this.#podsPerNode();
    const missing: string[] = [];
    const surplus: Pod[] = [];
    for (const node of this.#nodes) {
      const { name } = node.metadata;
      const { shouldRun, mayStay } = fitOf(this.#set, node);
      const pods = perNode.get(name);
      if (shouldRun && pods === undefined) missing.push(name);
      else if (mayStay) {
        const running = this.#withoutEnded(pods ?? [], name, surplus);
        if (this.#surges() && running.length === 0 && shouldRun) missing.push(name);
        surplus.push(...this.#tooMany(running, hash));
      } else surplus.push(...(pods ?? []).filter(isStaying));
    }
    const names = new Set(this.#nodes.map(({ metadata }) => metadata.name));
    for (const [node, pods] of perNode)
      if (!names.has(node)) surplus.push(...pods.filter((pod) => (pod.spec.nodeName ?? '') === ''));
    this.#apply(surplus, missing, hash);
  }

  /** The pods that run; those that have ended are added to `surplus`, failed ones not too often. */
  #withoutEnded(pods: readonly Pod[], node: string, surplus: Pod[]): Pod[] {
    return pods.filter(isStaying).filter((pod) => {
      const { namespace, name } = pod.metadata;
      if (pod.status.phase === 'Failed') {
        const wait = this.#backoff.take(`${this.#set.metadata.uid}/${node}`);
        if (wait > 0) {
          this.#queue.addAfter(keyOf(this.#set), wait);
          return false;
        }
        this.#events.record(
          this.#set,
          'Warning',
          'FailedDaemonPod',
          `Found failed daemon pod ${namespace ?? ''}/${name} on node ${node}, will try to kill it`,
        );
      } else if (pod.status.phase === 'Succeeded')
        this.#events.record(
          this.#set,
          'Normal',
          'SucceededDaemonPod',
          `Found succeeded daemon pod ${namespace ?? ''}/${name} on node ${node}, will try to delete it`,
        );
      else return true;
      surplus.push(pod);
      return false;
    });
  }

  #surges(): boolean {
    return updateLimits(this.#set, 1).maxSurge > 0;
  }

  /** A node has one pod; while an update surges, two, until the new one can take over. Oldest first. */
  #tooMany(running: readonly Pod[], hash: string): Pod[] {
    if (!this.#surges()) return running.slice(1);
    const updated = running.filter((pod) => hashOf(pod) === hash);
    const old = running.filter((pod) => hashOf(pod) !== hash);
    const surplus = [...updated.slice(1), ...old.slice(1)];
    const [first, last] = [updated[0], old[0]];
    if (first !== undefined && last !== undefined && (!isPodReady(last) || this.#isAvailable(first)))
      surplus.push(last);
    return surplus;
  }

  #rollingUpdate(hash: string): void {
    const perNode = this.#podsPerNode();
    const fits = new Map(this.#nodes.map((node) => [node.metadata.name, fitOf(this.#set, node).shouldRun]));
    const desired = [...fits.values()].filter(Boolean).length;
    const names = new Set([...perNode.keys(), ...[...fits].filter(([, fit]) => fit).map(([name]) => name)]);
    const nodes = [...names].map((node): NodePods => ({
      node,
      shouldRun: fits.get(node) === true,
      pods: (perNode.get(node) ?? []).filter(isStaying),
    }));
    const { maxSurge, maxUnavailable } = updateLimits(this.#set, desired);
    const judge = {
      isUpdated: (pod: Pod) => hashOf(pod) === hash,
      isAvailable: (pod: Pod) => this.#isAvailable(pod),
    };
    const { remove, addTo } =
      maxSurge === 0
        ? planReplacement(nodes, maxUnavailable, judge)
        : planSurge(nodes, maxSurge, desired, judge);
    this.#apply(remove, addTo, hash);
  }

  #isAvailable(pod: Pod): boolean {
    return isPodAvailable(pod, this.#set.spec.minReadySeconds ?? 0, this.#context.clock.now());
  }

  #apply(remove: readonly Pod[], addTo: readonly string[], hash: string): void {
    const { api } = this.#context;
    let failure: ApiError | undefined;
    for (const node of addTo) {
      try {
        const pod = api.create(PODS, podForNode(this.#set, hash, node));
        this.#events.record(this.#set, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        this.#events.record(this.#set, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
        failure = error;
        break;
      }
    }
    for (const { metadata } of remove) {
      api.delete(PODS, metadata.namespace, metadata.name, { preconditions: { uid: metadata.uid } });
      this.#events.record(this.#set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${metadata.name}`);
    }
    if (failure !== undefined) throw failure;
  }

  #writeStatus(hash: string): void {
    const { metadata, spec } = this.#set;
    const perNode = this.#podsPerNode();
    const counts = { desired: 0, current: 0, misscheduled: 0, ready: 0, available: 0, updated: 0 };
    for (const node of this.#nodes) {
      const [pod] = perNode.get(node.metadata.name) ?? [];
      if (!fitOf(this.#set, node).shouldRun) {
        if (pod !== undefined) counts.misscheduled++;
        continue;
      }
      counts.desired++;
      if (pod === undefined) continue;
      counts.current++;
      if (isPodReady(pod)) counts.ready++;
      if (this.#isAvailable(pod)) counts.available++;
      if (hashOf(pod) === hash) counts.updated++;
    }
    this.#context.api.mutate(
      DAEMON_SETS,
      metadata.namespace,
      metadata.name,
      (draft) => {
        const status = statusFrom(counts, this.#set, draft.status);
        if (!jsonEqual(status, draft.status)) draft.status = status;
      },
      { subresource: 'status' },
    );
    const minReadySeconds = spec.minReadySeconds ?? 0;
    if (minReadySeconds > 0 && counts.ready !== counts.available)
      this.#queue.addAfter(keyOf(this.#set), minReadySeconds * 1000);
  }
}

function statusFrom(
  counts: Record<'desired' | 'current' | 'misscheduled' | 'ready' | 'available' | 'updated', number>,
  { metadata }: DaemonSet,
  { collisionCount, conditions }: DaemonSet['status'],
): DaemonSet['status'] {
  const optional = {
    updatedNumberScheduled: counts.updated,
    numberAvailable: counts.available,
    numberUnavailable: counts.desired - counts.available,
  };
  return {
    currentNumberScheduled: counts.current,
    numberMisscheduled: counts.misscheduled,
    desiredNumberScheduled: counts.desired,
    numberReady: counts.ready,
    observedGeneration: metadata.generation ?? 0,
    ...Object.fromEntries(Object.entries(optional).filter(([, count]) => count !== 0)),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    ...(conditions === undefined ? {} : { conditions }),
  };
}

function hashOf(pod: Pod): string {
  return pod.metadata.labels?.[CONTROLLER_REVISION_HASH] ?? '';
}

function isStaying(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined;
}

/** Bound pods before others, then the oldest first. */
function byAge(a: Pod, b: Pod): number {
  return (
    Number((a.spec.nodeName ?? '') === '') - Number((b.spec.nodeName ?? '') === '') ||
    Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp) ||
    (a.metadata.name < b.metadata.name ? -1 : 1)
  );
}
