import { ApiError } from '../api/cluster-api.ts';
import type { Condition, HorizontalPodAutoscaler, KubeObject } from '../api/objects.ts';
import { groupResource, HORIZONTAL_POD_AUTOSCALERS, type ResourceType } from '../api/resources.ts';
import { jsonEqual } from '../store/json.ts';
import { disposeAll, type ControllerContext } from './controller.ts';
import { createEventRecorder, type EventRecorder } from './events.ts';
import { timestamp } from './object-helpers.ts';
import { kindOfReference } from './resource-kinds.ts';
import { keyOf, splitKey, WorkQueue } from './work-queue.ts';

const SYNC_MS = 15_000;
/** What the API server answers in a cluster without metrics-server. */
const NO_METRICS =
  'unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)';

type Scaled = KubeObject & { spec?: { replicas?: number }; status?: { replicas?: number } };

/**
 * Does what kube-controller-manager's horizontal-pod-autoscaling controller does in a cluster without metrics: keeps
 * the target within its limits, and says why it can do no more.
 */
export function startHorizontalPodAutoscaler(context: ControllerContext): Disposable {
  const { api } = context;
  const events = createEventRecorder({ ...context, component: 'horizontal-pod-autoscaler' });
  const queue: WorkQueue = new WorkQueue(context.clock, (key) => {
    const { namespace, name } = splitKey(key);
    const autoscaler = api.get(HORIZONTAL_POD_AUTOSCALERS, namespace, name);
    if (autoscaler === undefined) return;
    sync(context, events, autoscaler);
    queue.addAfter(key, SYNC_MS);
  });
  return disposeAll([
    queue,
    api.watch(HORIZONTAL_POD_AUTOSCALERS, ({ type, object }) => {
      if (type === 'ADDED') queue.addAfter(keyOf(object), SYNC_MS);
    }),
  ]);
}

interface Outcome {
  current: number;
  desired: number;
  conditions: Condition[];
}

function sync(context: ControllerContext, events: EventRecorder, autoscaler: HorizontalPodAutoscaler): void {
  const { api, clock } = context;
  const { metadata, spec } = autoscaler;
  const { apiVersion = '', kind, name } = spec.scaleTargetRef;
  const type = kindOfReference(apiVersion, kind);
  const target: Scaled | undefined = type === undefined ? undefined : api.get(type, metadata.namespace, name);
  const outcome =
    type === undefined || target === undefined
      ? withoutTarget(events, autoscaler, type)
      : scale(context, events, autoscaler, type, target);
  api.mutate(
    HORIZONTAL_POD_AUTOSCALERS,
    metadata.namespace,
    metadata.name,
    (draft) => {
      const status = {
        ...draft.status,
        currentReplicas: outcome.current,
        desiredReplicas: outcome.desired,
        conditions: merged(draft.status.conditions ?? [], outcome.conditions, timestamp(clock.now())),
      };
      if (!jsonEqual(status, draft.status)) draft.status = status;
    },
    { subresource: 'status' },
  );
}

function withoutTarget(
  events: EventRecorder,
  autoscaler: HorizontalPodAutoscaler,
  type: ResourceType | undefined,
): Outcome {
  const { kind, name } = autoscaler.spec.scaleTargetRef;
  const why =
    type === undefined
      ? `no matches for kind "${kind}" in group "${(autoscaler.spec.scaleTargetRef.apiVersion ?? '').split('/')[0] ?? ''}"`
      : `${groupResource(type)} "${name}" not found`;
  events.record(autoscaler, 'Warning', 'FailedGetScale', why);
  const message = `the HPA controller was unable to get the target's current scale: ${why}`;
  return {
    current: autoscaler.status.currentReplicas ?? 0,
    desired: 0,
    conditions: [{ type: 'AbleToScale', status: 'False', reason: 'FailedGetScale', message }],
  };
}

function scale(
  { api }: ControllerContext,
  events: EventRecorder,
  autoscaler: HorizontalPodAutoscaler,
  type: ResourceType,
  target: Scaled,
): Outcome {
  const { minReplicas = 1, maxReplicas } = autoscaler.spec;
  const current = target.status?.replicas ?? 0;
  const wanted = target.spec?.replicas ?? 1;
  const able: Condition = {
    type: 'AbleToScale',
    status: 'True',
    reason: 'SucceededGetScale',
    message: "the HPA controller was able to get the target's current scale",
  };
  if (wanted === 0)
    return {
      current,
      desired: 0,
      conditions: [
        able,
        {
          type: 'ScalingActive',
          status: 'False',
          reason: 'ScalingDisabled',
          message: 'scaling is disabled since the replica count of the target is zero',
        },
      ],
    };
  const size = Math.min(Math.max(wanted, minReplicas), maxReplicas);
  if (size === wanted) return { current, desired: 0, conditions: [able, ...unmeasured(events, autoscaler)] };
  const why = `Current number of replicas ${size < wanted ? 'above Spec.MaxReplicas' : 'below Spec.MinReplicas'}`;
  try {
    api.mutate(type, target.metadata.namespace, target.metadata.name, (draft: Scaled) => {
      draft.spec = { ...draft.spec, replicas: size };
    });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    events.record(
      autoscaler,
      'Warning',
      'FailedRescale',
      `New size: ${size}; reason: ${why}; error: ${error.message}`,
    );
    return { current, desired: wanted, conditions: [able] };
  }
  events.record(autoscaler, 'Normal', 'SuccessfulRescale', `New size: ${size}; reason: ${why}`);
  return {
    current,
    desired: size,
    conditions: [
      {
        type: 'AbleToScale',
        status: 'True',
        reason: 'SucceededRescale',
        message: `the HPA controller was able to update the target scale to ${size}`,
      },
    ],
  };
}

/** Why nothing can be said of how much is needed. Only resources are asked for here. */
function unmeasured(events: EventRecorder, autoscaler: HorizontalPodAutoscaler): Condition[] {
  const metrics = autoscaler.spec.metrics ?? [];
  const resource = metrics.find(({ type }) => type === 'Resource')?.resource;
  if (resource?.name === undefined) return [];
  const what = resource.target.averageUtilization === undefined ? 'resource metric' : 'utilization';
  const why = `failed to get ${resource.name} ${what}: unable to get metrics for resource ${resource.name}: ${NO_METRICS}`;
  events.record(autoscaler, 'Warning', 'FailedGetResourceMetric', why);
  events.record(
    autoscaler,
    'Warning',
    'FailedComputeMetricsReplicas',
    `invalid metrics (${metrics.length} invalid out of ${metrics.length}), first error is: failed to get ${resource.name} resource metric value: ${why}`,
  );
  return [
    {
      type: 'ScalingActive',
      status: 'False',
      reason: 'FailedGetResourceMetric',
      message: `the HPA was unable to compute the replica count: ${why}`,
    },
  ];
}

/** Conditions that are told anew keep the time of their last change. */
function merged(before: readonly Condition[], told: readonly Condition[], now: string): Condition[] {
  const kept = before.filter(({ type }) => !told.some((each) => each.type === type));
  const fresh = told.map((condition) => {
    const earlier = before.find(({ type }) => type === condition.type);
    const lastTransitionTime =
      (earlier?.status === condition.status ? earlier.lastTransitionTime : undefined) ?? now;
    return { ...condition, lastTransitionTime };
  });
  return [...fresh, ...kept];
}
