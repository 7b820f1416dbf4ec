import { cloneJson } from '../../store/json.ts';
import type { DeleteOptions } from '../cluster-api.ts';
import type { Condition, Pod, PodDisruptionBudget } from '../objects.ts';
import { POD_DISRUPTION_BUDGETS, PODS } from '../resources.ts';
import { matchesLabels } from '../selectors.ts';
import { disruptionRefused, severalBudgets } from '../status.ts';
import { formatTime } from './deletion.ts';
import type { ApiMachinery } from './machinery.ts';
import type { WriteOptions } from './write-options.ts';

/** How long a client is to wait for a budget that has not been looked at yet, in seconds. */
const RETRY_SECONDS = 10;

/**
 * POST pods/<name>/eviction: deletes a pod on behalf of a drain, if its PodDisruptionBudget allows that
 * (k8s.io/kubernetes/pkg/registry/core/pod/storage/eviction.go).
 * @throws ApiError 404, 409, 429 when a budget does not allow it now, 500 when several budgets are about the pod.
 */
export function evictPod(
  machinery: ApiMachinery,
  namespace: string,
  name: string,
  options: DeleteOptions,
  write: WriteOptions,
): void {
  const kind = machinery.registry.of(PODS);
  const pod = machinery.writer.read(kind, namespace, name) as Pod;
  const budget = canIgnoreBudgets(pod) ? undefined : budgetOf(machinery, pod);
  if (budget !== undefined && !isFree(pod, budget)) charge(machinery, budget, name, write.dryRun === true);
  const evicted = write.dryRun === true ? pod : markEvicted(machinery, pod);
  machinery.writer.delete(kind, evicted, options, write);
}

/** Its going disrupts nothing: it does not run, or goes already. */
function canIgnoreBudgets({ metadata, status }: Pod): boolean {
  return (
    status.phase === 'Succeeded' ||
    status.phase === 'Failed' ||
    status.phase === 'Pending' ||
    metadata.deletionTimestamp !== undefined
  );
}

function budgetOf(machinery: ApiMachinery, { metadata }: Pod): PodDisruptionBudget | undefined {
  const budgets = machinery
    .list(POD_DISRUPTION_BUDGETS, { namespace: metadata.namespace ?? '' })
    .filter(({ spec: { selector } }) => selector !== undefined && matchesLabels(selector, metadata.labels));
  if (budgets.length > 1) throw severalBudgets();
  return budgets[0];
}

/** A pod that is not ready does not count among the healthy ones, so it costs nothing. */
function isFree({ status }: Pod, { spec, status: budget }: PodDisruptionBudget): boolean {
  if (status.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True') === true)
    return false;
  if (spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  return budget.desiredHealthy > 0 && budget.currentHealthy >= budget.desiredHealthy;
}

/** Takes one disruption off a budget. @throws ApiError 429 */
function charge(machinery: ApiMachinery, budget: PodDisruptionBudget, pod: string, dryRun: boolean): void {
  const { metadata, status } = budget;
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0))
    throw disruptionRefused(
      `The disruption budget ${metadata.name} is still being processed by the server.`,
      RETRY_SECONDS,
    );
  if (status.disruptionsAllowed <= 0) throw disruptionRefused(whyNot(budget));
  if (dryRun) return;
  machinery.mutate(
    POD_DISRUPTION_BUDGETS,
    metadata.namespace,
    metadata.name,
    (draft) => {
      draft.status.disruptionsAllowed--;
      draft.status.disruptedPods = {
        ...draft.status.disruptedPods,
        [pod]: formatTime(machinery.clock.now()),
      };
    },
    { subresource: 'status' },
  );
}

function whyNot({ metadata, status }: PodDisruptionBudget): string {
  const failed = status.conditions?.find(
    ({ type, reason }) => type === 'DisruptionAllowed' && reason === 'SyncFailed',
  );
  return failed === undefined
    ? `The disruption budget ${metadata.name} needs ${status.desiredHealthy} healthy pods and has ${status.currentHealthy} currently`
    : `The disruption budget ${metadata.name} does not allow evicting pods currently because it failed sync: ${failed.message ?? ''}`;
}

/** Says in the pod's status why it goes. Straight to the store: an update of a pod may not change its status. */
function markEvicted(machinery: ApiMachinery, pod: Pod): Pod {
  const draft = cloneJson(pod);
  const condition: Condition = {
    type: 'DisruptionTarget',
    status: 'True',
    observedGeneration: pod.metadata.generation ?? 1,
    lastProbeTime: null,
    lastTransitionTime: formatTime(machinery.clock.now()),
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  };
  draft.status.conditions = [
    ...(draft.status.conditions ?? []).filter(({ type }) => type !== condition.type),
    condition,
  ];
  return machinery.writer.put(machinery.registry.of(PODS), draft);
}
