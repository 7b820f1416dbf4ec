import type { ClusterApi } from '../api/cluster-api.ts';
import type { Condition, KubeObject, Pod, PodDisruptionBudget } from '../api/objects.ts';
import { POD_DISRUPTION_BUDGETS, PODS } from '../api/resources.ts';
import { matchesLabels } from '../api/selectors.ts';
import { jsonEqual } from '../store/json.ts';
import { disposeAll, type ControllerContext } from './controller.ts';
import { createEventRecorder, type EventRecorder } from './events.ts';
import { scaledValue } from './int-or-percent.ts';
import { controllerOf, findCondition, isPodReady, timestamp } from './object-helpers.ts';
import { podsIn } from './pod-control.ts';
import { kindOfReference } from './resource-kinds.ts';
import { keyOf, splitKey, WorkQueue } from './work-queue.ts';

/** How long a pod that was to be evicted counts as gone before it is seen to stay. */
const DELETION_TIMEOUT_MS = 120_000;
const DISRUPTION_ALLOWED = 'DisruptionAllowed';

/** Says how many pods may be evicted now (kube-controller-manager's disruption controller). */
export function startDisruptionController(context: ControllerContext): Disposable {
  const { api } = context;
  const events = createEventRecorder({ ...context, component: 'controllermanager' });
  const queue: WorkQueue = new WorkQueue(context.clock, (key) => sync(context, events, queue, key));
  /** Which budgets a pod counted for when it was last seen. */
  const budgetsOf = new Map<string, string[]>();
  return disposeAll([
    queue,
    api.watch(POD_DISRUPTION_BUDGETS, ({ object }) => queue.add(keyOf(object))),
    api.watch(PODS, ({ type, object }) => {
      const now = type === 'DELETED' ? [] : budgetsFor(api, object).map(keyOf);
      for (const key of new Set([...(budgetsOf.get(object.metadata.uid) ?? []), ...now])) queue.add(key);
      if (now.length > 0) budgetsOf.set(object.metadata.uid, now);
      else budgetsOf.delete(object.metadata.uid);
    }),
  ]);
}

/** The budgets whose selector has a pod. One without a selector has none; an empty one has all. */
function budgetsFor(api: ClusterApi, { metadata }: Pod): PodDisruptionBudget[] {
  return api
    .list(POD_DISRUPTION_BUDGETS, { namespace: metadata.namespace ?? '' })
    .filter(({ spec: { selector } }) => selector !== undefined && matchesLabels(selector, metadata.labels));
}

function sync(context: ControllerContext, events: EventRecorder, queue: WorkQueue, key: string): void {
  const { api, clock } = context;
  const { namespace, name } = splitKey(key);
  const budget = api.get(POD_DISRUPTION_BUDGETS, namespace, name);
  if (budget === undefined) return;
  const { selector } = budget.spec;
  const pods = podsIn(api, namespace).filter(
    ({ metadata }) => selector !== undefined && matchesLabels(selector, metadata.labels),
  );
  if (pods.length === 0) events.record(budget, 'Normal', 'NoPods', 'No matching pods found');
  let expectation: Expectation;
  try {
    expectation = expectationOf(api, budget, pods);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    events.record(
      budget,
      'Warning',
      'CalculateExpectedPodCountFailed',
      `Failed to calculate the number of expected pods: ${message}`,
    );
    writeStatus(context, budget, {
      ...budget.status,
      disruptionsAllowed: 0,
      conditions: [
        condition(budget, clock.now(), budget.status.observedGeneration, 'False', 'SyncFailed', message),
      ],
    });
    throw error;
  }
  const { expectedPods, desiredHealthy, unmanaged } = expectation;
  if (unmanaged)
    events.record(
      budget,
      'Warning',
      'UnmanagedPods',
      `Pods selected by this PodDisruptionBudget (selector: ${goSelector(budget)}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`,
    );
  const disruptedPods = stillDisrupted(budget, pods, clock.now(), queue, key);
  const currentHealthy = pods.filter(
    (pod) =>
      pod.metadata.deletionTimestamp === undefined &&
      disruptedPods[pod.metadata.name] === undefined &&
      isPodReady(pod),
  ).length;
  const disruptionsAllowed = expectedPods <= 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy);
  const generation = budget.metadata.generation ?? 0;
  const allowed = disruptionsAllowed > 0;
  writeStatus(context, budget, {
    conditions: [
      condition(
        budget,
        clock.now(),
        generation,
        allowed ? 'True' : 'False',
        allowed ? 'SufficientPods' : 'InsufficientPods',
        '',
      ),
    ],
    currentHealthy,
    desiredHealthy,
    ...(Object.keys(disruptedPods).length === 0 ? {} : { disruptedPods }),
    disruptionsAllowed,
    expectedPods,
    observedGeneration: generation,
  });
}

interface Expectation {
  expectedPods: number;
  desiredHealthy: number;
  unmanaged: boolean;
}

/** @throws Error when a pod's controller is unknown. */
function expectationOf(
  api: ClusterApi,
  { spec: { minAvailable, maxUnavailable } }: PodDisruptionBudget,
  pods: readonly Pod[],
): Expectation {
  if (maxUnavailable === undefined && typeof minAvailable !== 'string')
    return {
      expectedPods: minAvailable === undefined ? 0 : pods.length,
      desiredHealthy: minAvailable ?? 0,
      unmanaged: false,
    };
  const scales = new Map<string, number>();
  for (const pod of pods) {
    const scale = scaleOf(api, pod);
    if (scale !== undefined) scales.set(scale.uid, scale.replicas);
  }
  const expectedPods = [...scales.values()].reduce((sum, replicas) => sum + replicas, 0);
  const share = scaledValue(maxUnavailable ?? minAvailable, expectedPods, Math.ceil);
  return {
    expectedPods,
    desiredHealthy: maxUnavailable === undefined ? share : Math.max(0, expectedPods - share),
    unmanaged: pods.some((pod) => controllerOf(pod) === undefined),
  };
}

type Scaled = KubeObject & { spec?: { replicas?: number } };

/** The size of what controls a pod in the end: of the Deployment, not of its ReplicaSet. */
function scaleOf(api: ClusterApi, pod: Pod): { uid: string; replicas: number } | undefined {
  const { namespace } = pod.metadata;
  const find = (object: KubeObject): Scaled | undefined => {
    const reference = controllerOf(object);
    const type = reference && kindOfReference(reference.apiVersion, reference.kind);
    const owner = type === undefined ? undefined : api.get(type, namespace, reference?.name ?? '');
    return owner?.metadata.uid === reference?.uid ? owner : undefined;
  };
  if (controllerOf(pod) === undefined) return undefined;
  const owner = find(pod);
  const top = owner?.kind === 'ReplicaSet' ? (find(owner) ?? owner) : owner;
  if (top === undefined) throw new Error(`found no controllers for pod ${JSON.stringify(pod.metadata.name)}`);
  if (top.spec?.replicas === undefined)
    throw new Error(
      `${kindOfReference(top.apiVersion, top.kind)?.plural ?? top.kind}.${top.apiVersion.split('/')[0] ?? ''} does not implement the scale subresource`,
    );
  return { uid: top.metadata.uid, replicas: top.spec.replicas };
}

/** A selector as Go prints a pointer to it. */
function goSelector({ spec: { selector } }: PodDisruptionBudget): string {
  const labels = Object.entries(selector?.matchLabels ?? {})
    .sort()
    .map(([key, value]) => `${key}: ${value},`);
  return `&LabelSelector{MatchLabels:map[string]string{${labels.join('')}},MatchExpressions:[]LabelSelectorRequirement{},}`;
}

/** The pods that were to be evicted and are still there; after a while they are taken to stay. */
function stillDisrupted(
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
  now: number,
  queue: WorkQueue,
  key: string,
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const { metadata } of pods) {
    const since = budget.status.disruptedPods?.[metadata.name];
    if (since === undefined || metadata.deletionTimestamp !== undefined) continue;
    const left = Date.parse(since) + DELETION_TIMEOUT_MS - now;
    if (left <= 0) continue;
    queue.addAfter(key, left);
    result[metadata.name] = since;
  }
  return result;
}

function condition(
  { status }: PodDisruptionBudget,
  now: number,
  observedGeneration: number | undefined,
  state: 'True' | 'False',
  reason: string,
  message: string,
): Condition {
  const earlier = findCondition(status.conditions, DISRUPTION_ALLOWED);
  return {
    type: DISRUPTION_ALLOWED,
    status: state,
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    lastTransitionTime:
      (earlier?.status === state ? earlier.lastTransitionTime : undefined) ?? timestamp(now),
    reason,
    message,
  };
}

function writeStatus(
  { api }: ControllerContext,
  { metadata }: PodDisruptionBudget,
  status: PodDisruptionBudget['status'],
): void {
  api.mutate(
    POD_DISRUPTION_BUDGETS,
    metadata.namespace,
    metadata.name,
    (draft) => {
      if (!jsonEqual(draft.status, status)) draft.status = status;
    },
    { subresource: 'status' },
  );
}
