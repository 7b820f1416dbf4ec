/** autoscaling/v1: one target for the CPU, and the rest in annotations (pkg/apis/autoscaling/v1/conversion.go). */
import type { ServedVersion } from '../kind-definition.ts';
import type { HorizontalPodAutoscaler, KubeObject, MetricSpec } from '../objects.ts';
import { HORIZONTAL_POD_AUTOSCALERS } from '../resources.ts';

interface SpecV1 {
  scaleTargetRef: HorizontalPodAutoscaler['spec']['scaleTargetRef'];
  minReplicas?: number;
  maxReplicas: number;
  targetCPUUtilizationPercentage?: number;
}

const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const CURRENT_METRICS = 'autoscaling.alpha.kubernetes.io/current-metrics';
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions';
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior';
const ANNOTATIONS = [METRICS, CURRENT_METRICS, CONDITIONS, BEHAVIOR];

function isCpuShare({ type, resource }: MetricSpec): boolean {
  return type === 'Resource' && resource?.name === 'cpu' && resource.target.averageUtilization !== undefined;
}

function fromStored({ metadata, spec, status, ...rest }: HorizontalPodAutoscaler): KubeObject {
  const { metrics = [], behavior, ...common } = spec;
  const { currentMetrics, conditions = [], currentReplicas = 0, ...counts } = status;
  const cpu = metrics.find(isCpuShare);
  const others = metrics.filter((metric) => metric !== cpu);
  const kept: [string, unknown][] = [
    ...(others.length > 0 ? ([[METRICS, others]] as const) : []),
    ...((currentMetrics ?? []).length > 0 ? ([[CURRENT_METRICS, currentMetrics]] as const) : []),
    ...(conditions.length > 0 ? ([[CONDITIONS, conditions]] as const) : []),
    ...(behavior === undefined ? [] : ([[BEHAVIOR, behavior]] as const)),
  ].map(([key, value]) => [key, JSON.stringify(value)]);
  const target = cpu?.resource?.target.averageUtilization;
  return {
    ...rest,
    apiVersion: 'autoscaling/v1',
    metadata:
      kept.length === 0
        ? metadata
        : {
            ...metadata,
            annotations: { ...metadata.annotations, ...(Object.fromEntries(kept) as Record<string, string>) },
          },
    spec: { ...common, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) },
    status: { ...counts, currentReplicas },
  } as KubeObject;
}

function toStored(object: KubeObject): HorizontalPodAutoscaler {
  const { metadata, spec, ...rest } = object as KubeObject & { spec: SpecV1; status?: unknown };
  const { targetCPUUtilizationPercentage: share, ...common } = spec;
  const read = (key: string): unknown => {
    const text = metadata.annotations?.[key];
    try {
      return text === undefined ? undefined : JSON.parse(text);
    } catch {
      // What is not JSON is not taken in.
      return undefined;
    }
  };
  const metrics: MetricSpec[] = [
    ...((read(METRICS) as MetricSpec[] | undefined) ?? []),
    ...(share === undefined
      ? []
      : [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: share } },
          },
        ]),
  ];
  const behavior = read(BEHAVIOR);
  const annotations = Object.entries(metadata.annotations ?? {}).filter(
    ([key]) => !ANNOTATIONS.includes(key),
  );
  const { annotations: _annotations, ...others } = metadata;
  return {
    ...rest,
    apiVersion: 'autoscaling/v2',
    metadata: annotations.length === 0 ? others : { ...others, annotations: Object.fromEntries(annotations) },
    spec: {
      ...common,
      ...(metrics.length === 0 ? {} : { metrics }),
      ...(behavior === undefined ? {} : { behavior }),
    },
  } as HorizontalPodAutoscaler;
}

export const AUTOSCALING_V1: ServedVersion<HorizontalPodAutoscaler> = {
  type: { ...HORIZONTAL_POD_AUTOSCALERS, version: 'v1' },
  schema: 'io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler',
  fromStored,
  toStored,
};
