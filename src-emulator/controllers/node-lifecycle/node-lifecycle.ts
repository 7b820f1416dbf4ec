import { isDeepStrictEqual } from 'node:util';
import type { Node, Pod } from '../../api/objects.ts';
import { LEASES, NODES, PODS } from '../../api/resources.ts';
import type { Timer } from '../../clock.ts';
import { disposeAll, type ControllerContext } from '../controller.ts';
import { createEventRecorder, type EventRecorder } from '../events.ts';
import { podsOnNode } from '../indexes.ts';
import { findCondition, timestamp } from '../object-helpers.ts';
import { taintsOf } from './taints.ts';

const LEASE_NAMESPACE = 'kube-node-lease';
/** How often nodes are looked at (--node-monitor-period). */
const MONITOR_PERIOD_MS = 5000;
/** How long a node may be silent (--node-monitor-grace-period). */
const MONITOR_GRACE_MS = 50_000;
/** What a kubelet tells of its node, and nobody knows when it is silent. */
const KUBELET_CONDITIONS = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

interface Health {
  /** The last sign of life that was seen: the lease's renewal and the status's heartbeat. */
  sign: string;
  /** When it was new (ms since the epoch). */
  seenMs: number;
}

/**
 * Watches over the nodes (kube-controller-manager's node-lifecycle-controller): one whose kubelet is silent for
 * 50 s becomes NotReady with its pods; taints follow conditions and cordons.
 */
export function startNodeLifecycleController(context: ControllerContext): Disposable {
  const { api, clock } = context;
  const events = createEventRecorder({ ...context, component: 'node-controller' });
  const healths = new Map<string, Health>();
  let lastMs = clock.now();
  let timer: Timer | undefined;

  const monitor = (): void => {
    timer = clock.setTimeout(monitor, MONITOR_PERIOD_MS);
    const now = clock.now();
    // The whole machine slept: kubelets could not have renewed anything meanwhile.
    const overslept = now - lastMs > MONITOR_GRACE_MS / 2;
    lastMs = now;
    for (const node of api.list(NODES)) {
      const health = overslept ? undefined : healths.get(node.metadata.name);
      const sign = signOf(context, node);
      if (health?.sign !== sign) healths.set(node.metadata.name, { sign, seenMs: now });
      else if (now > health.seenMs + MONITOR_GRACE_MS) loseNode(context, events, node);
    }
  };
  timer = clock.setTimeout(monitor, MONITOR_PERIOD_MS);
  const known = new Set<string>();
  return disposeAll([
    { [Symbol.dispose]: () => timer?.cancel() },
    api.watch(NODES, ({ type, object }) => {
      const { name } = object.metadata;
      if (type === 'DELETED') {
        healths.delete(name);
        known.delete(name);
        events.record(
          object,
          'Normal',
          'RemovingNode',
          `Node ${name} event: Removing Node ${name} from Controller`,
        );
        return;
      }
      if (!known.has(name)) {
        known.add(name);
        const message = `Node ${name} event: Registered Node ${name} in Controller`;
        events.record(object, 'Normal', 'RegisteredNode', message);
      }
      keepTaints(context, object);
    }),
  ]);
}

function signOf({ api }: ControllerContext, { metadata, status }: Node): string {
  const lease = api.get(LEASES, LEASE_NAMESPACE, metadata.name);
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  return `${lease?.spec.renewTime ?? ''} ${ready?.lastHeartbeatTime ?? ''}`;
}

function keepTaints({ api, clock }: ControllerContext, node: Node): void {
  const taints = taintsOf(node, timestamp(clock.now()));
  if (isDeepStrictEqual(taints, node.spec.taints ?? [])) return;
  api.mutate(NODES, undefined, node.metadata.name, (draft) => {
    const wanted = taintsOf(draft, timestamp(clock.now()));
    if (wanted.length === 0) delete draft.spec.taints;
    else draft.spec.taints = wanted;
  });
}

/** A silent node: nothing is known of it any more, and its pods are not ready. */
function loseNode(context: ControllerContext, events: EventRecorder, node: Node): void {
  const { api, clock } = context;
  const { name, creationTimestamp } = node.metadata;
  const before = findCondition(node.status.conditions, 'Ready');
  if (before?.status === 'Unknown') return;
  const lastTransitionTime = timestamp(clock.now());
  api.mutate(
    NODES,
    undefined,
    name,
    (draft) => {
      const conditions = [...(draft.status.conditions ?? [])];
      for (const type of KUBELET_CONDITIONS) {
        const at = conditions.findIndex((condition) => condition.type === type);
        const known = conditions[at];
        if (known === undefined)
          conditions.push({
            type,
            status: 'Unknown',
            reason: 'NodeStatusNeverUpdated',
            message: 'Kubelet never posted node status.',
            lastHeartbeatTime: creationTimestamp,
            lastTransitionTime,
          });
        else
          conditions[at] = {
            ...known,
            status: 'Unknown',
            reason: 'NodeStatusUnknown',
            message: 'Kubelet stopped posting node status.',
            lastTransitionTime,
          };
      }
      draft.status.conditions = conditions;
    },
    { subresource: 'status' },
  );
  if (before?.status !== 'True') return;
  events.record(node, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
  for (const pod of podsOnNode(api, name)) markNotReady(context, events, pod);
}

function markNotReady({ api, clock }: ControllerContext, events: EventRecorder, pod: Pod): void {
  const { namespace, name } = pod.metadata;
  if (findCondition(pod.status.conditions, 'Ready')?.status !== 'True') return;
  api.mutate(
    PODS,
    namespace,
    name,
    (draft) => {
      draft.status.conditions = (draft.status.conditions ?? []).map((condition) =>
        condition.type === 'Ready'
          ? { ...condition, status: 'False', lastTransitionTime: timestamp(clock.now()) }
          : condition,
      );
    },
    { subresource: 'status' },
  );
  events.record(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
}
