import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { HorizontalPodAutoscaler, MetricSpec, MetricTarget } from '../objects.ts';
import { HORIZONTAL_POD_AUTOSCALERS } from '../resources.ts';
import { forbidden, invalid, invalidEach, notSupported, required } from '../validation/errors.ts';
import { pathSegment } from '../validation/names.ts';
import { parseQuantity } from '../validation/quantity.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN } from './columns.ts';
import { AUTOSCALING_V1 } from './horizontal-pod-autoscaler-v1.ts';

type Rules = { stabilizationWindowSeconds?: number; selectPolicy?: string; policies?: Policy[] };
type Policy = { type: string; value: number; periodSeconds: number };
interface Reference {
  apiVersion?: string;
  kind: string;
  name: string;
}

const DEFAULT_CPU = 80;
const METRIC_TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
const SELECT_POLICIES = ['Disabled', 'Max', 'Min'];
const POLICY_TYPES = ['Percent', 'Pods'];
const MAX_PERIOD = 1800;
const MAX_WINDOW = 3600;
/** The field that each type of metric is described in, in the order in which the server looks at them. */
const SOURCES = {
  object: 'Object',
  external: 'External',
  pods: 'Pods',
  resource: 'Resource',
  containerResource: 'ContainerResource',
} as const;
type Source = keyof typeof SOURCES;

const DEFAULT_SCALE_UP: Rules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};
const DEFAULT_SCALE_DOWN: Rules = {
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
};

function applyDefaults({ spec }: HorizontalPodAutoscaler): void {
  spec.minReplicas ??= 1;
  if ((spec.metrics ?? []).length === 0)
    spec.metrics = [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: DEFAULT_CPU } },
      },
    ];
  if (spec.behavior === undefined) return;
  const behavior = spec.behavior as { scaleUp?: Rules; scaleDown?: Rules };
  behavior.scaleUp = { ...structuredClone(DEFAULT_SCALE_UP), ...behavior.scaleUp };
  behavior.scaleDown = { ...structuredClone(DEFAULT_SCALE_DOWN), ...behavior.scaleDown };
}

function validate({ spec }: HorizontalPodAutoscaler): FieldError[] {
  const { minReplicas, maxReplicas, metrics = [] } = spec;
  const errors: FieldError[] = [];
  if (minReplicas !== undefined && minReplicas < 1)
    errors.push(invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'));
  if (maxReplicas < 1) errors.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0'));
  if (minReplicas !== undefined && maxReplicas < minReplicas)
    errors.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'));
  errors.push(...validateReference(spec.scaleTargetRef, 'spec.scaleTargetRef', true));
  for (const [index, metric] of metrics.entries())
    errors.push(...validateMetric(metric, `spec.metrics[${index}]`));
  if (minReplicas === 0 && metrics.every(({ type }) => type !== 'Object' && type !== 'External'))
    errors.push(
      forbidden(
        'spec.metrics',
        'must specify at least one Object or External metric to support scaling to zero replicas',
      ),
    );
  const behavior = spec.behavior as { scaleUp?: Rules; scaleDown?: Rules } | undefined;
  for (const key of ['scaleUp', 'scaleDown'] as const) {
    const rules = behavior?.[key];
    if (rules !== undefined) errors.push(...validateRules(rules, `spec.behavior.${key}`));
  }
  return errors;
}

/** @param grouped whether the kind has to be one of an API group, as all are that can be scaled */
function validateReference(
  { apiVersion = '', kind, name }: Reference,
  at: string,
  grouped: boolean,
): FieldError[] {
  const errors = [
    ...(kind === '' ? [required(`${at}.kind`)] : invalidEach(`${at}.kind`, kind, pathSegment(kind))),
    ...(name === '' ? [required(`${at}.name`)] : invalidEach(`${at}.name`, name, pathSegment(name))),
  ];
  if (apiVersion.split('/').length > 2)
    errors.push(invalid(`${at}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  else if (grouped && !apiVersion.includes('/'))
    errors.push(invalid(`${at}.apiVersion`, apiVersion, 'apiVersion must specify API group'));
  return errors;
}

function validateMetric(metric: MetricSpec, at: string): FieldError[] {
  const errors: FieldError[] = [];
  if (metric.type === '') errors.push(required(`${at}.type`, 'must specify a metric source type'));
  const known = METRIC_TYPES.includes(metric.type);
  if (!known) errors.push(notSupported(`${at}.type`, metric.type, METRIC_TYPES));
  const present = (Object.keys(SOURCES) as Source[]).filter((source) => metric[source] !== undefined);
  const [first] = present;
  if (first !== undefined) errors.push(...validateSource(metric, first, `${at}.${first}`));
  const expected = (Object.keys(SOURCES) as Source[]).find((source) => SOURCES[source] === metric.type);
  if (expected === undefined) errors.push(notSupported(`${at}.type`, metric.type, METRIC_TYPES));
  else if (metric[expected] === undefined)
    errors.push(required(`${at}.${expected}`, 'must populate information for the given metric source'));
  if (present.length !== 1)
    for (const source of present)
      if (source !== expected)
        errors.push(forbidden(`${at}.${source}`, 'must populate the given metric source only'));
  return errors;
}

function validateSource(metric: MetricSpec, source: Source, at: string): FieldError[] {
  const {
    name,
    container,
    metric: identifier,
    describedObject,
    target,
  } = metric[source] ?? { target: { type: '' } };
  const errors: FieldError[] = [];
  if (source === 'object' && describedObject !== undefined)
    errors.push(...validateReference(describedObject, `${at}.describedObject`, false));
  if (source === 'resource' || source === 'containerResource') {
    if ((name ?? '') === '') errors.push(required(`${at}.name`, 'must specify a resource name'));
    if (source === 'containerResource' && (container ?? '') === '')
      errors.push(required(`${at}.container`, 'must specify a container'));
  } else if ((identifier?.name ?? '') === '')
    errors.push(required(`${at}.metric.name`, 'must specify a metric name'));
  else
    errors.push(...invalidEach(`${at}.metric.name`, identifier?.name, pathSegment(identifier?.name ?? '')));
  return [
    ...errors,
    ...validateTarget(target, `${at}.target`),
    ...validateChoice(source, target, `${at}.target`),
  ];
}

function validateTarget(
  { type, value, averageValue, averageUtilization }: MetricTarget,
  at: string,
): FieldError[] {
  const positive = (amount: string): boolean => (parseQuantity(amount)?.nanos ?? 0n) > 0n;
  return [
    ...(type === '' ? [required(`${at}.type`, 'must specify a metric target type')] : []),
    ...(['Utilization', 'Value', 'AverageValue'].includes(type)
      ? []
      : [invalid(`${at}.type`, type, 'must be either Utilization, Value, or AverageValue')]),
    ...(value === undefined || positive(value) ? [] : [invalid(`${at}.value`, value, 'must be positive')]),
    ...(averageValue === undefined || positive(averageValue)
      ? []
      : [invalid(`${at}.averageValue`, averageValue, 'must be positive')]),
    ...(averageUtilization === undefined || averageUtilization >= 1
      ? []
      : [invalid(`${at}.averageUtilization`, averageUtilization, 'must be greater than 0')]),
  ];
}

/** Which of a target's values may and must be given depends on the metric. */
function validateChoice(
  source: Source,
  { value, averageValue, averageUtilization }: MetricTarget,
  at: string,
): FieldError[] {
  switch (source) {
    case 'object':
      return value === undefined && averageValue === undefined
        ? [required(`${at}.averageValue`, 'must set either a target value or averageValue')]
        : [];
    case 'external':
      if (value === undefined && averageValue === undefined)
        return [
          required(`${at}.averageValue`, 'must set either a target value for metric or a per-pod target'),
        ];
      return value !== undefined && averageValue !== undefined
        ? [forbidden(`${at}.value`, 'may not set both a target value for metric and a per-pod target')]
        : [];
    case 'pods':
      return averageValue === undefined
        ? [required(`${at}.averageValue`, 'must specify a positive target averageValue')]
        : [];
    default:
      if (averageUtilization === undefined && averageValue === undefined)
        return [
          required(`${at}.averageUtilization`, 'must set either a target raw value or a target utilization'),
        ];
      return averageUtilization !== undefined && averageValue !== undefined
        ? [forbidden(`${at}.averageValue`, 'may not set both a target raw value and a target utilization')]
        : [];
  }
}

function validateRules(
  { stabilizationWindowSeconds: seconds, selectPolicy, policies = [] }: Rules,
  at: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const window = `${at}.stabilizationWindowSeconds`;
  if (seconds !== undefined && seconds < 0)
    errors.push(invalid(window, seconds, 'must be greater than or equal to zero'));
  if (seconds !== undefined && seconds > MAX_WINDOW)
    errors.push(invalid(window, seconds, `must be less than or equal to ${MAX_WINDOW}`));
  if (selectPolicy !== undefined && !SELECT_POLICIES.includes(selectPolicy))
    errors.push(notSupported(`${at}.selectPolicy`, selectPolicy, SELECT_POLICIES));
  if (policies.length === 0) errors.push(required(`${at}.policies`, 'must specify at least one Policy'));
  for (const [index, { type, value, periodSeconds }] of policies.entries()) {
    const policy = `${at}.policies[${index}]`;
    if (!POLICY_TYPES.includes(type)) errors.push(notSupported(`${policy}.type`, type, POLICY_TYPES));
    if (value <= 0) errors.push(invalid(`${policy}.value`, value, 'must be greater than zero'));
    if (periodSeconds <= 0)
      errors.push(invalid(`${policy}.periodSeconds`, periodSeconds, 'must be greater than zero'));
    if (periodSeconds > MAX_PERIOD)
      errors.push(
        invalid(`${policy}.periodSeconds`, periodSeconds, `must be less than or equal to ${MAX_PERIOD}`),
      );
  }
  return errors;
}

/** Nothing is measured here: what a metric is now is unknown. */
function metricText(metric: MetricSpec): string {
  const source = (Object.keys(SOURCES) as Source[]).find((each) => SOURCES[each] === metric.type);
  const described = source === undefined ? undefined : metric[source];
  if (described === undefined) return '<unknown type>';
  const { value, averageValue, averageUtilization } = described.target;
  if (source === 'resource' || source === 'containerResource') {
    const target = averageValue ?? (averageUtilization === undefined ? '<auto>' : `${averageUtilization}%`);
    return `${described.name ?? ''}: <unknown>/${target}`;
  }
  if (averageValue !== undefined) return `<unknown>/${averageValue}${source === 'pods' ? '' : ' (avg)'}`;
  return `<unknown>/${value ?? '0'}`;
}

function metricsText(metrics: readonly MetricSpec[]): string {
  if (metrics.length === 0) return '<none>';
  const shown = metrics.slice(0, 2).map(metricText).join(', ');
  return metrics.length > 2 ? `${shown} + ${metrics.length - 2} more...` : shown;
}

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
  applyDefaults,
  prepareForCreate(draft) {
    draft.status = { desiredReplicas: 0, currentMetrics: null };
  },
  prepareForUpdate(draft, stored) {
    draft.status = stored.status;
  },
  validate,
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
    metricsText(spec.metrics ?? []),
    spec.minReplicas === undefined ? '<unset>' : String(spec.minReplicas),
    spec.maxReplicas,
    status.currentReplicas ?? 0,
    ageOf(metadata.creationTimestamp, now),
  ],
  fieldSelectors: {},
};
