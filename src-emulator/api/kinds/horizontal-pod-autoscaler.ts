import type { KindDefinition } from '../kind-definition.ts';
import type { HorizontalPodAutoscaler } from '../objects.ts';
import { HORIZONTAL_POD_AUTOSCALERS } from '../resources.ts';
import { ageOf } from './age.ts';
import { AUTOSCALING_V1 } from './horizontal-pod-autoscaler-v1.ts';
import { AGE_COLUMN, column, NAME_COLUMN } from './columns.ts';
import {
  defaultAutoscaler,
  formatMetrics,
  validateAutoscaler,
  type FullSpec,
} from './horizontal-pod-autoscaler-validation.ts';

export const HORIZONTAL_POD_AUTOSCALER_KIND: KindDefinition<HorizontalPodAutoscaler> = {
  type: HORIZONTAL_POD_AUTOSCALERS,
  versions: [AUTOSCALING_V1],
  singular: 'horizontalpodautoscaler',
  shortNames: ['hpa'],
  categories: ['all'],
  subresources: ['status'],
  schema: 'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: false,
  applyDefaults: ({ spec }) => defaultAutoscaler(spec),
  prepareForCreate(draft) {
    draft.status = { desiredReplicas: 0, currentMetrics: null };
  },
  prepareForUpdate(draft, stored) {
    draft.status = stored.status;
  },
  validate: ({ spec }) => validateAutoscaler(spec),
  validateUpdate: () => [],
  columns: [
    NAME_COLUMN,
    column(
      'Reference',
      'scaleTargetRef points to the target resource to scale, and is used to the pods for which metrics should be collected, as well as to actually change the replica count.',
    ),
    column(
      'Targets',
      'metrics contains the specifications for which to use to calculate the desired replica count (the maximum replica count across all metrics will be used).  The desired replica count is calculated multiplying the ratio between the target value and the current value by the current number of pods.  Ergo, metrics used must decrease as the pod count is increased, and vice-versa.  See the individual metric source types for more information about how each type of metric must respond.',
    ),
    column(
      'MinPods',
      'minReplicas is the lower limit for the number of replicas to which the autoscaler can scale down.  It defaults to 1 pod.  minReplicas is allowed to be 0 if the alpha feature gate HPAScaleToZero is enabled and at least one Object or External metric is configured.  Scaling is active as long as at least one metric value is available.',
    ),
    column(
      'MaxPods',
      'maxReplicas is the upper limit for the number of replicas to which the autoscaler can scale up. It cannot be less that minReplicas.',
    ),
    column(
      'Replicas',
      'currentReplicas is current number of replicas of pods managed by this autoscaler, as last seen by the autoscaler.',
    ),
    AGE_COLUMN,
  ],
  cells: ({ metadata, spec, status }, now) => [
    metadata.name,
    `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`,
    formatMetrics((spec as FullSpec).metrics ?? []),
    spec.minReplicas === undefined ? '<unset>' : String(spec.minReplicas),
    String(spec.maxReplicas),
    String(status.currentReplicas ?? 0),
    ageOf(metadata.creationTimestamp, now),
  ],
  fieldSelectors: {},
};
