/** What tells of the cluster itself: node.k8s.io/v1 and apiregistration.k8s.io/v1. */
import type { Condition, KubeObject, Toleration } from '../objects.ts';

export interface RuntimeClass extends KubeObject {
  handler: string;
  overhead?: { podFixed?: Record<string, string> };
  scheduling?: { nodeSelector?: Record<string, string>; tolerations?: Toleration[] };
}

export interface APIService extends KubeObject {
  spec: { group?: string; version: string; groupPriorityMinimum: number; versionPriority: number };
  status: { conditions?: Condition[] };
}
