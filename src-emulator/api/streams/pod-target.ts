import type { ApiMachinery } from '../machinery/machinery.ts';
import type { Pod } from '../objects.ts';
import { PODS } from '../resources.ts';
import { badRequest, notFound } from '../status.ts';

/** @throws ApiError 404. */
export function findPod(
  machinery: ApiMachinery,
  namespace: string | undefined,
  name: string | undefined,
): Pod {
  const pod = machinery.get(PODS, namespace, name ?? '');
  if (pod === undefined) throw notFound(PODS, name ?? '');
  return pod;
}

/**
 * The container that a request means: the one it names, or the only one.
 * @throws ApiError 400 when there is a choice and none was made, or when there is no such container.
 */
export function chooseContainer(pod: Pod, wanted: string | null): string {
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec;
  // In the order in which Kubernetes visits them.
  const all = [...initContainers, ...containers, ...ephemeralContainers].map((container) => container.name);
  if (wanted !== null && wanted !== '') {
    if (!all.includes(wanted))
      throw badRequest(`container ${wanted} is not valid for pod ${pod.metadata.name}`);
    return wanted;
  }
  const [only] = containers;
  if (only !== undefined && containers.length === 1) return only.name;
  const choice = all.length === 0 ? '' : `, choose one of: [${all.join(' ')}]`;
  throw badRequest(`a container name must be specified for pod ${pod.metadata.name}${choice}`);
}

/** @throws ApiError 400 for a pod that no node runs yet. */
export function requireNode(pod: Pod): void {
  if (pod.spec.nodeName === undefined || pod.spec.nodeName === '')
    throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`);
}
