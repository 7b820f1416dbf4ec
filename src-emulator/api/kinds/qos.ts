/** The quality-of-service class of a pod (k8s.io/kubernetes/pkg/apis/core/helper/qos). */
import type { Container, PodSpec } from '../objects.ts';
import { parseQuantity } from '../validation/quantity.ts';

const COMPUTE = ['cpu', 'memory'] as const;

function amount(list: Record<string, string> | undefined, name: string): bigint {
  const text = list?.[name];
  return text === undefined ? 0n : (parseQuantity(text)?.nanos ?? 0n);
}

export function qosClassOf(spec: PodSpec): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const containers: Container[] = [...spec.containers, ...(spec.initContainers ?? [])];
  const uses = containers.some(({ resources }) =>
    COMPUTE.some((name) => amount(resources?.requests, name) > 0n || amount(resources?.limits, name) > 0n),
  );
  if (!uses) return 'BestEffort';
  const guaranteed = containers.every(({ resources }) =>
    COMPUTE.every((name) => {
      const limit = amount(resources?.limits, name);
      return limit > 0n && amount(resources?.requests, name) === limit;
    }),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
