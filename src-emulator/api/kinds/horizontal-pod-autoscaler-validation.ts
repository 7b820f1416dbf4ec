/** Defaults and validation of HorizontalPodAutoscalers (pkg/apis/autoscaling). */
import type { FieldError } from '../kind-definition.ts';
import type { HorizontalPodAutoscaler } from '../objects.ts';
import { forbidden, invalid, invalidEach, notSupported, required } from '../validation/errors.ts';
import { dns1123Label, pathSegment } from '../validation/names.ts';
import { parseQuantity } from '../validation/quantity.ts';
import { validateContainerResourceName } from '../validation/resource-names.ts';

interface Reference {
  apiVersion?: string;
  kind?: string;
  name?: string;
}

interface Target {
  type?: string;
  value?: string;
  averageValue?: string;
  averageUtilization?: number;
}

interface Source {
  name?: string;
  container?: string;
  describedObject?: Reference;
  metric?: { name?: string };
  target?: Target;
}

interface Metric {
  type?: string;
  object?: Source;
  external?: Source;
  pods?: Source;
  resource?: Source;
  containerResource?: Source;
}

interface ScalingRules {
  stabilizationWindowSeconds?: number;
  selectPolicy?: string;
  policies?: { type?: string; value?: number; periodSeconds?: number }[];
  tolerance?: string;
}

export type FullSpec = Omit<HorizontalPodAutoscaler['spec'], 'metrics' | 'behavior' | 'scaleTargetRef'> & {
  scaleTargetRef: Reference;
  metrics?: Metric[];
  behavior?: { scaleUp?: ScalingRules; scaleDown?: ScalingRules };
};

const DEFAULT_UTILIZATION = 80;
const MAX_WINDOW_SECONDS = 3600;
const MAX_PERIOD_SECONDS = 1800;
const POLICY_PERIOD_SECONDS = 15;
const METRIC_TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
const TARGET_TYPES = ['Utilization', 'Value', 'AverageValue'];
const SELECT_POLICIES = ['Disabled', 'Max', 'Min'];
const POLICY_TYPES = ['Percent', 'Pods'];
/** In the order in which the server looks at them. */
const SOURCES = ['object', 'external', 'pods', 'resource', 'containerResource'] as const;
const SOURCE_OF_TYPE: Partial<Record<string, (typeof SOURCES)[number]>> = {
  Object: 'object',
  External: 'external',
  Pods: 'pods',
  Resource: 'resource',
  ContainerResource: 'containerResource',
};

export function defaultAutoscaler(spec: FullSpec): void {
  spec.minReplicas ??= 1;
  if ((spec.metrics ?? []).length === 0)
    spec.metrics = [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: DEFAULT_UTILIZATION } },
      },
    ];
  const { behavior } = spec;
  if (behavior === undefined) return;
  const percent = { type: 'Percent', value: 100, periodSeconds: POLICY_PERIOD_SECONDS };
  behavior.scaleUp = {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [{ type: 'Pods', value: 4, periodSeconds: POLICY_PERIOD_SECONDS }, percent],
    ...behavior.scaleUp,
  };
  behavior.scaleDown = { selectPolicy: 'Max', policies: [percent], ...behavior.scaleDown };
}

export function validateAutoscaler(spec: FullSpec): FieldError[] {
  const { minReplicas, maxReplicas, metrics = [], behavior } = spec;
  const errors: FieldError[] = [];
  if (minReplicas !== undefined && minReplicas < 1)
    errors.push(invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'));
  if (maxReplicas < 1) errors.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0'));
  if (minReplicas !== undefined && maxReplicas < minReplicas)
    errors.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'));
  errors.push(
    ...validateReference(
      spec.scaleTargetRef,
      'spec.scaleTargetRef',
      spec.scaleTargetRef.kind === 'ReplicationController',
    ),
    ...metrics.flatMap((metric, index) => validateMetric(metric, `spec.metrics[${index}]`)),
  );
  const scalesToNothing = metrics.some(({ type }) => type === 'Object' || type === 'External');
  if (minReplicas === 0 && !scalesToNothing)
    errors.push(
      forbidden(
        'spec.metrics',
        'must specify at least one Object or External metric to support scaling to zero replicas',
      ),
    );
  for (const key of ['scaleUp', 'scaleDown'] as const)
    if (behavior?.[key] !== undefined) errors.push(...validateRules(behavior[key], `spec.behavior.${key}`));
  return errors;
}

function validateReference(
  { apiVersion = '', kind = '', name = '' }: Reference,
  at: string,
  mayBeCore: boolean,
): FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of [
    ['kind', kind],
    ['name', name],
  ] as const)
    errors.push(
      ...(value === '' ? [required(`${at}.${key}`)] : invalidEach(`${at}.${key}`, value, pathSegment(value))),
    );
  if (apiVersion.split('/').length > 2)
    errors.push(invalid(`${at}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  else if (!mayBeCore && !apiVersion.includes('/'))
    errors.push(invalid(`${at}.apiVersion`, apiVersion, 'apiVersion must specify API group'));
  return errors;
}

function validateMetric(metric: Metric, at: string): FieldError[] {
  const { type = '' } = metric;
  const errors: FieldError[] = [];
  if (type === '') errors.push(required(`${at}.type`, 'must specify a metric source type'));
  const unknown = METRIC_TYPES.includes(type) ? [] : [notSupported(`${at}.type`, type, METRIC_TYPES)];
  errors.push(...unknown);
  const present = SOURCES.filter((source) => metric[source] !== undefined);
  const [first] = present;
  if (first !== undefined) errors.push(...validateSource(first, metric[first] ?? {}, `${at}.${first}`));
  const expected = SOURCE_OF_TYPE[type];
  if (expected !== undefined && metric[expected] === undefined)
    errors.push(required(`${at}.${expected}`, 'must populate information for the given metric source'));
  errors.push(...unknown);
  if (present.length !== 1)
    for (const source of present)
      if (source !== expected)
        errors.push(forbidden(`${at}.${source}`, 'must populate the given metric source only'));
  return errors;
}

function validateSource(kind: (typeof SOURCES)[number], source: Source, at: string): FieldError[] {
  const { name = '', container = '', describedObject = {}, metric = {}, target = {} } = source;
  const { value, averageValue, averageUtilization } = target;
  const errors: FieldError[] = [];
  if (kind === 'object') errors.push(...validateReference(describedObject, `${at}.describedObject`, true));
  if (kind === 'object' || kind === 'external' || kind === 'pods') {
    const metricName = metric.name ?? '';
    errors.push(
      ...(metricName === ''
        ? [required(`${at}.metric.name`, 'must specify a metric name')]
        : invalidEach(`${at}.metric.name`, metricName, pathSegment(metricName))),
    );
  } else if (name === '') errors.push(required(`${at}.name`, 'must specify a resource name'));
  else if (kind === 'containerResource') errors.push(...validateContainerResourceName(name, `${at}.name`));
  if (kind === 'containerResource')
    errors.push(
      ...(container === ''
        ? [required(`${at}.container`, 'must specify a container')]
        : invalidEach(`${at}.container`, container, dns1123Label(container))),
    );
  errors.push(...validateTarget(target, `${at}.target`));
  switch (kind) {
    case 'object':
      if (value === undefined && averageValue === undefined)
        errors.push(required(`${at}.target.averageValue`, 'must set either a target value or averageValue'));
      break;
    case 'external':
      if (value === undefined && averageValue === undefined)
        errors.push(
          required(
            `${at}.target.averageValue`,
            'must set either a target value for metric or a per-pod target',
          ),
        );
      if (value !== undefined && averageValue !== undefined)
        errors.push(
          forbidden(`${at}.target.value`, 'may not set both a target value for metric and a per-pod target'),
        );
      break;
    case 'pods':
      if (averageValue === undefined)
        errors.push(required(`${at}.target.averageValue`, 'must specify a positive target averageValue'));
      break;
    default:
      if (averageUtilization === undefined && averageValue === undefined)
        errors.push(
          required(
            `${at}.target.averageUtilization`,
            'must set either a target raw value or a target utilization',
          ),
        );
      if (averageUtilization !== undefined && averageValue !== undefined)
        errors.push(
          forbidden(
            `${at}.target.averageValue`,
            'may not set both a target raw value and a target utilization',
          ),
        );
  }
  return errors;
}

function validateTarget(
  { type = '', value, averageValue, averageUtilization }: Target,
  at: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (type === '') errors.push(required(`${at}.type`, 'must specify a metric target type'));
  if (!TARGET_TYPES.includes(type))
    errors.push(invalid(`${at}.type`, type, 'must be either Utilization, Value, or AverageValue'));
  for (const [key, amount] of [
    ['value', value],
    ['averageValue', averageValue],
  ] as const)
    if (amount !== undefined && (parseQuantity(amount)?.nanos ?? 0n) <= 0n)
      errors.push(invalid(`${at}.${key}`, amount, 'must be positive'));
  if (averageUtilization !== undefined && averageUtilization < 1)
    errors.push(invalid(`${at}.averageUtilization`, averageUtilization, 'must be greater than 0'));
  return errors;
}

function validateRules(rules: ScalingRules, at: string): FieldError[] {
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [] } = rules;
  const errors: FieldError[] = [];
  if (window !== undefined && window < 0)
    errors.push(invalid(`${at}.stabilizationWindowSeconds`, window, 'must be greater than or equal to zero'));
  if (window !== undefined && window > MAX_WINDOW_SECONDS)
    errors.push(
      invalid(
        `${at}.stabilizationWindowSeconds`,
        window,
        `must be less than or equal to ${MAX_WINDOW_SECONDS}`,
      ),
    );
  if (selectPolicy !== undefined && !SELECT_POLICIES.includes(selectPolicy))
    errors.push(notSupported(`${at}.selectPolicy`, selectPolicy, SELECT_POLICIES));
  if (policies.length === 0) errors.push(required(`${at}.policies`, 'must specify at least one Policy'));
  for (const [index, { type = '', value = 0, periodSeconds = 0 }] of policies.entries()) {
    const field = `${at}.policies[${index}]`;
    if (!POLICY_TYPES.includes(type)) errors.push(notSupported(`${field}.type`, type, POLICY_TYPES));
    if (value <= 0) errors.push(invalid(`${field}.value`, value, 'must be greater than zero'));
    if (periodSeconds <= 0)
      errors.push(invalid(`${field}.periodSeconds`, periodSeconds, 'must be greater than zero'));
    if (periodSeconds > MAX_PERIOD_SECONDS)
      errors.push(
        invalid(
          `${field}.periodSeconds`,
          periodSeconds,
          `must be less than or equal to ${MAX_PERIOD_SECONDS}`,
        ),
      );
  }
  return errors;
}

/** `cpu: <unknown>/60%`, of at most two metrics: nothing here measures. */
export function formatMetrics(metrics: readonly Metric[]): string {
  if (metrics.length === 0) return '<none>';
  const shown = metrics.slice(0, 2).map((metric) => {
    const source = metric[SOURCE_OF_TYPE[metric.type ?? ''] ?? 'resource'] ?? {};
    const { value = '0', averageValue, averageUtilization } = source.target ?? {};
    switch (metric.type) {
      case 'Resource':
      case 'ContainerResource': {
        const utilization = averageUtilization === undefined ? '<auto>' : `${averageUtilization}%`;
        return `${source.name ?? ''}: <unknown>/${averageValue ?? utilization}`;
      }
      case 'Pods':
        return `<unknown>/${averageValue ?? '0'}`;
      default:
        return averageValue === undefined ? `<unknown>/${value}` : `<unknown>/${averageValue} (avg)`;
    }
  });
  const more = metrics.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` + ${more} more...` : ''}`;
}
