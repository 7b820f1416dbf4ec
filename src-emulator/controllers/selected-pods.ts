import type { ClusterApi } from '../api/cluster-api.ts';
import type { Pod, Service } from '../api/objects.ts';
import { PODS, SERVICES } from '../api/resources.ts';
import { disposeAll } from './controller.ts';
import { findCondition, isPodFinished } from './object-helpers.ts';
import { keyOf, type WorkQueue } from './work-queue.ts';

/** What the endpoints and the endpointslice controller share: which pods stand behind a Service. */

/** Label on what belongs to a headless Service. */
export const HEADLESS = 'service.kubernetes.io/headless';
export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';

function isSelected(service: Service, pod: Pod): boolean {
  const pairs = Object.entries(service.spec.selector ?? {});
  return pairs.length > 0 && pairs.every(([key, value]) => pod.metadata.labels?.[key] === value);
}

/** False for an ExternalName and for a Service whose endpoints are the user's own business. */
export function selectsPods({ spec }: Service): boolean {
  return spec.type !== 'ExternalName' && Object.keys(spec.selector ?? {}).length > 0;
}

function selectedPods(api: ClusterApi, { metadata, spec }: Service): Pod[] {
  const { selector: matchLabels = {} } = spec;
  if (Object.keys(matchLabels).length === 0) return [];
  return api.list(PODS, { namespace: metadata.namespace ?? '', labelSelector: { matchLabels } });
}

/** Services by the first pair of their selector: one that selects a pod has it from the pod's labels. */
function bySelector({ metadata, spec }: Service): string[] {
  const [pair] = Object.entries(spec.selector ?? {});
  return pair === undefined ? [] : [`${metadata.namespace ?? ''}/${pair.join('=')}`];
}

/** The keys of the Services that select a pod, in order. */
function servicesSelecting(api: ClusterApi, pod: Pod): string[] {
  const { namespace = '', labels = {} } = pod.metadata;
  return Object.entries(labels)
    .flatMap((pair) => api.byIndex(SERVICES, bySelector, `${namespace}/${pair.join('=')}`))
    .filter((service) => isSelected(service, pod))
    .map(keyOf)
    .sort();
}

/** The pods of a Service that have an address and may still answer. */
export function endpointPods(api: ClusterApi, service: Service): Pod[] {
  return selectedPods(api, service).filter((pod) => (pod.status.podIP ?? '') !== '' && !isPodFinished(pod));
}

/** The number of a Service's target port in a pod; a name is looked up among the pod's containers. */
export function targetPortIn(
  pod: Pod,
  { targetPort, port, protocol }: { targetPort?: number | string; port: number; protocol: string },
): number | undefined {
  const target = targetPort ?? port;
  if (typeof target === 'number') return target;
  const sidecars = (pod.spec.initContainers ?? []).filter(
    (container) => container.restartPolicy === 'Always',
  );
  return [...pod.spec.containers, ...sidecars]
    .flatMap((container) => container.ports ?? [])
    .find((each) => each.name === target && (each.protocol ?? 'TCP') === protocol)?.containerPort;
}

/** A pod that is found under a name of its own in the Service's domain. */
export function hostnameIn(service: Service, pod: Pod): string | undefined {
  const { hostname, subdomain } = pod.spec;
  return hostname !== undefined && hostname !== '' && subdomain === service.metadata.name
    ? hostname
    : undefined;
}

/** When the last change came about that the endpoints show. */
export function lastChange(service: Service, pods: readonly Pod[]): string {
  const changes = pods.flatMap(
    (pod) => findCondition(pod.status.conditions, 'Ready')?.lastTransitionTime ?? [],
  );
  return [service.metadata.creationTimestamp, ...changes].sort().at(-1) ?? '';
}

/** Adds the key of every Service to `queue` that changes, or whose pods do. */
export function watchSelectedPods(api: ClusterApi, queue: WorkQueue): Disposable {
  /** Which Services a pod stood behind when it was last seen: they lose it when its labels change. */
  const servicesOfPod = new Map<string, string[]>();
  const podChanged = (pod: Pod, gone: boolean): void => {
    const key = keyOf(pod);
    for (const service of servicesOfPod.get(key) ?? []) queue.add(service);
    if (gone) {
      servicesOfPod.delete(key);
      return;
    }
    const services = servicesSelecting(api, pod);
    if (services.length > 0) servicesOfPod.set(key, services);
    else servicesOfPod.delete(key);
    for (const service of services) queue.add(service);
  };
  return disposeAll([
    api.watch(SERVICES, ({ type, object }) => {
      queue.add(keyOf(object));
      if (type === 'DELETED') return;
      for (const pod of selectedPods(api, object)) podChanged(pod, false);
    }),
    api.watch(PODS, ({ type, object }) => podChanged(object, type === 'DELETED')),
  ]);
}
