import type { KubeObject } from '../kube/objects.ts';

/** The fields that every view model has. */
export function baseOf({ metadata }: KubeObject): {
  uid: string;
  namespace: string;
  name: string;
  createdAt: number;
} {
  return {
    uid: metadata.uid ?? '',
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    createdAt: timeOf(metadata.creationTimestamp),
  };
}

/** Milliseconds since the epoch; 0 for what is no time. */
export function timeOf(text: string | null | undefined): number {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? 0 : time;
}
