import { ApiError } from '../../api/cluster-api.ts';
import type { Node, Pod, Toleration } from '../../api/objects.ts';
import { NODES, PODS } from '../../api/resources.ts';
import type { Timer } from '../../clock.ts';
import { disposeAll, type ControllerContext } from '../controller.ts';
import { createEventRecorder } from '../events.ts';
import { podsOnNode } from '../indexes.ts';
import { tolerates } from '../node-affinity.ts';
import { isPodFinished, timestamp } from '../object-helpers.ts';
import { keyOf } from '../work-queue.ts';

type Taint = NonNullable<Node['spec']['taints']>[number];

interface Eviction {
  timer: Timer;
  atMs: number;
}

/**
 * Deletes pods from nodes with a NoExecute taint that they do not tolerate, or no longer
 * (kube-controller-manager's taint-eviction-controller).
 */
export function startTaintEvictionController(context: ControllerContext): Disposable {
  const { api, clock } = context;
  const events = createEventRecorder({ ...context, component: 'taint-eviction-controller' });
  const pending = new Map<string, Eviction>();

  const forget = (key: string): boolean => {
    pending.get(key)?.timer.cancel();
    return pending.delete(key);
  };
  const evict = (pod: Pod): void => {
    pending.delete(keyOf(pod));
    const { namespace, name, uid } = pod.metadata;
    events.record(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${keyOf(pod)}`);
    markDisrupted(context, pod);
    try {
      api.delete(PODS, namespace, name, { preconditions: { uid } });
    } catch (error) {
      // Another pod of that name is there already.
      if (!(error instanceof ApiError)) throw error;
    }
  };
  const consider = (pod: Pod): void => {
    const key = keyOf(pod);
    const node = pod.spec.nodeName === undefined ? undefined : api.get(NODES, undefined, pod.spec.nodeName);
    const taints = (node?.spec.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
    const isOurs = !isPodFinished(pod) && pod.metadata.deletionTimestamp === undefined;
    const delayMs = isOurs ? delayOf(pod, taints) : undefined;
    if (delayMs === undefined) {
      if (forget(key) && isOurs)
        events.record(pod, 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${key}`);
      return;
    }
    const since = Math.max(...taints.map(({ timeAdded }) => Date.parse(timeAdded ?? '') || 0));
    const atMs = (since === 0 ? clock.now() : since) + delayMs;
    const known = pending.get(key);
    if (known !== undefined && known.atMs <= atMs) return;
    forget(key);
    pending.set(key, { atMs, timer: clock.setTimeout(() => evict(pod), Math.max(0, atMs - clock.now())) });
  };
  return disposeAll([
    {
      [Symbol.dispose]() {
        for (const { timer } of pending.values()) timer.cancel();
      },
    },
    api.watch(PODS, ({ type, object }) => {
      if (type === 'DELETED') forget(keyOf(object));
      else if ((object.spec.nodeName ?? '') !== '') consider(object);
    }),
    api.watch(NODES, ({ object }) => {
      const isTainted = object.spec.taints?.some(({ effect }) => effect === 'NoExecute') === true;
      if (!isTainted && pending.size === 0) return;
      for (const pod of podsOnNode(api, object.metadata.name)) consider(pod);
    }),
  ]);
}

/** How long a pod may stay, in ms; undefined for ever. */
function delayOf(pod: Pod, taints: readonly Taint[]): number | undefined {
  if (taints.length === 0) return undefined;
  const used: Toleration[] = [];
  for (const taint of taints) {
    const toleration = (pod.spec.tolerations ?? []).find((candidate) => tolerates([candidate], taint));
    if (toleration === undefined) return 0;
    used.push(toleration);
  }
  const limits = used.flatMap(({ tolerationSeconds }) => tolerationSeconds ?? []);
  return limits.length === 0 ? undefined : Math.max(0, Math.min(...limits)) * 1000;
}

function markDisrupted({ api, clock }: ControllerContext, { metadata }: Pod): void {
  const { namespace, name, uid } = metadata;
  api.mutate(
    PODS,
    namespace,
    name,
    (draft) => {
      if (draft.metadata.uid !== uid) return;
      draft.status.conditions = [
        ...(draft.status.conditions ?? []).filter(({ type }) => type !== 'DisruptionTarget'),
        {
          type: 'DisruptionTarget',
          status: 'True',
          observedGeneration: draft.metadata.generation ?? 1,
          reason: 'DeletionByTaintManager',
          message: 'Taint manager: deleting due to NoExecute taint',
          lastProbeTime: null,
          lastTransitionTime: timestamp(clock.now()),
        },
      ];
    },
    { subresource: 'status' },
  );
}
