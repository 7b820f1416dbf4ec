import type { Pod } from '../api/objects.ts';
import type { ContainerRole } from './managed-container.ts';

/**
 * Whether a container that has ended is started again (restartPolicy of the pod; sidecars always, ephemeral
 * containers never).
 * @param exitCode of its last instance.
 */
export function restartsAfter(pod: Pod, role: ContainerRole, exitCode: number): boolean {
  const policy = pod.spec.restartPolicy ?? 'Always';
  if (role === 'sidecar') return true;
  if (role === 'ephemeral') return false;
  // An init container that has succeeded has done its work.
  if (role === 'init') return policy !== 'Never' && exitCode !== 0;
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

/** How messages of the kubelet name a pod. */
export function fullPodName({ metadata: { name, namespace = '', uid } }: Pod): string {
  return `${name}_${namespace}(${uid})`;
}
