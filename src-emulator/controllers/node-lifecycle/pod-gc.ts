import type { Pod } from '../../api/objects.ts';
import { NODES, PODS } from '../../api/resources.ts';
import type { Timer } from '../../clock.ts';
import type { ControllerContext } from '../controller.ts';
import { isPodFinished, timestamp } from '../object-helpers.ts';

const PERIOD_MS = 20_000;
/** How long a node must be gone before its pods are. */
const QUARANTINE_MS = 40_000;
/** More finished pods than this are not kept (--terminated-pod-gc-threshold). */
const FINISHED_LIMIT = 12_500;

/**
 * Removes pods that no kubelet will: of nodes that are gone, deleted before they got a node, and the oldest
 * finished ones when there are too many (kube-controller-manager's pod-garbage-collector).
 */
export function startPodGarbageCollector({ api, clock }: ControllerContext): Disposable {
  const missingSince = new Map<string, number>();
  let timer: Timer | undefined;

  const remove = ({ metadata: { namespace, name, uid } }: Pod): void =>
    api.delete(PODS, namespace, name, { gracePeriodSeconds: 0, preconditions: { uid } });
  const collect = (): void => {
    timer = clock.setTimeout(collect, PERIOD_MS);
    const now = clock.now();
    const nodes = new Set(api.list(NODES).map(({ metadata }) => metadata.name));
    for (const name of missingSince.keys()) if (nodes.has(name)) missingSince.delete(name);
    const pods = api.list(PODS);
    for (const pod of pods) {
      const { nodeName = '' } = pod.spec;
      if (nodeName === '') {
        if (pod.metadata.deletionTimestamp !== undefined) remove(pod);
      } else if (!nodes.has(nodeName)) {
        const since = missingSince.get(nodeName) ?? now;
        missingSince.set(nodeName, since);
        if (now - since < QUARANTINE_MS) continue;
        if (!isPodFinished(pod)) markFailed(api, pod, timestamp(now));
        remove(pod);
      }
    }
    const finished = pods.filter(isPodFinished);
    finished.sort((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1));
    for (const pod of finished.slice(0, Math.max(0, finished.length - FINISHED_LIMIT))) remove(pod);
  };
  timer = clock.setTimeout(collect, PERIOD_MS);
  return { [Symbol.dispose]: () => timer?.cancel() };
}

function markFailed(api: ControllerContext['api'], { metadata }: Pod, now: string): void {
  api.mutate(
    PODS,
    metadata.namespace,
    metadata.name,
    (draft) => {
      draft.status.phase = 'Failed';
      draft.status.conditions = [
        ...(draft.status.conditions ?? []).filter(({ type }) => type !== 'DisruptionTarget'),
        {
          type: 'DisruptionTarget',
          status: 'True',
          observedGeneration: draft.metadata.generation ?? 1,
          reason: 'DeletionByPodGC',
          message: 'PodGC: node no longer exists',
          lastProbeTime: null,
          lastTransitionTime: now,
        },
      ];
    },
    { subresource: 'status' },
  );
}
