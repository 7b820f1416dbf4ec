/** Pods in few words, as they stand at {@link NOW}. */
import type { ContainerState, ContainerStatus, ObjectMeta, Pod, PodSpec, PodStatus } from '../../objects.ts';

export const NOW = Date.UTC(2026, 0, 1, 1, 0, 0);
export const EARLIER = '2026-01-01T00:59:55Z';

export function metadata(name: string, more: Partial<ObjectMeta> = {}): ObjectMeta {
  return {
    name,
    namespace: 'default',
    uid: 'u',
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
    ...more,
  };
}

export function container(
  name: string,
  state: ContainerState,
  more: Partial<ContainerStatus> = {},
): ContainerStatus {
  return { name, state, lastState: {}, ready: false, restartCount: 0, image: 'x', imageID: '', ...more };
}

export const RUNNING: ContainerState = { running: { startedAt: EARLIER } };
export const terminated = (exitCode: number, reason?: string, signal?: number): ContainerState => ({
  terminated: {
    exitCode,
    startedAt: EARLIER,
    finishedAt: EARLIER,
    ...(reason !== undefined && { reason }),
    ...(signal !== undefined && { signal }),
  },
});
export const waiting = (reason: string): ContainerState => ({ waiting: { reason } });

export function pod(
  status: Partial<PodStatus>,
  spec: Partial<PodSpec> = {},
  meta: Partial<ObjectMeta> = {},
): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata('p', meta),
    spec: { containers: [{ name: 'c', image: 'x' }], ...spec },
    status: { phase: 'Running', ...status },
  };
}
