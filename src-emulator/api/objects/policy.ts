/** Limits and budgets: policy/v1, autoscaling, scheduling.k8s.io/v1, and core/v1's quotas and ranges. */
import type { Condition, KubeObject, LabelSelector } from '../objects.ts';

export interface PodDisruptionBudget extends KubeObject {
  spec: {
    minAvailable?: number | string;
    maxUnavailable?: number | string;
    selector?: LabelSelector;
    unhealthyPodEvictionPolicy?: 'IfHealthyBudget' | 'AlwaysAllow';
  };
  status: {
    observedGeneration?: number;
    disruptedPods?: Record<string, string>;
    disruptionsAllowed: number;
    currentHealthy: number;
    desiredHealthy: number;
    expectedPods: number;
    conditions?: Condition[];
  };
}

export interface MetricTarget {
  type: string;
  value?: string;
  averageValue?: string;
  averageUtilization?: number;
}

/** A metric of any type: each uses some of the fields. */
interface MetricSource {
  name?: string;
  container?: string;
  metric?: { name: string };
  describedObject?: { apiVersion?: string; kind: string; name: string };
  target: MetricTarget;
}

export interface MetricSpec {
  type: string;
  object?: MetricSource;
  pods?: MetricSource;
  resource?: MetricSource;
  containerResource?: MetricSource;
  external?: MetricSource;
}

/** autoscaling/v2. Stored only: nothing measures. */
export interface HorizontalPodAutoscaler extends KubeObject {
  spec: {
    scaleTargetRef: { apiVersion?: string; kind: string; name: string };
    minReplicas?: number;
    maxReplicas: number;
    metrics?: MetricSpec[];
    behavior?: Record<string, unknown>;
  };
  status: {
    observedGeneration?: number;
    lastScaleTime?: string;
    currentReplicas?: number;
    desiredReplicas: number;
    /** Never left out. */
    currentMetrics?: Record<string, unknown>[] | null;
    conditions?: Condition[];
  };
}

export interface PriorityClass extends KubeObject {
  value: number;
  globalDefault?: boolean;
  description?: string;
  preemptionPolicy?: 'PreemptLowerPriority' | 'Never';
}

export interface ResourceQuota extends KubeObject {
  spec: {
    hard?: Record<string, string>;
    scopes?: string[];
    scopeSelector?: { matchExpressions?: { scopeName: string; operator: string; values?: string[] }[] };
  };
  status: { hard?: Record<string, string>; used?: Record<string, string> };
}

export interface LimitRange extends KubeObject {
  spec: {
    limits: {
      type: 'Pod' | 'Container' | 'PersistentVolumeClaim';
      max?: Record<string, string>;
      min?: Record<string, string>;
      default?: Record<string, string>;
      defaultRequest?: Record<string, string>;
      maxLimitRequestRatio?: Record<string, string>;
    }[];
  };
}
