/** What the controllers that make pods have in common (k8s.io/kubernetes/pkg/controller). */
import type { ClusterApi } from '../api/cluster-api.ts';
import type {
  KubeObject,
  LabelSelector,
  NewObject,
  ObjectMeta,
  Pod,
  PodTemplateSpec,
} from '../api/objects.ts';
import { PODS, type ResourceType } from '../api/resources.ts';
import { matchesLabels } from '../api/selectors.ts';
import { cloneJson } from '../store/json.ts';
import type { ControllerContext } from './controller.ts';
import { claimable, controlledBy } from './indexes.ts';
import { controllerOf, controllerReference, isPodActive } from './object-helpers.ts';
import { keyOf, type WorkQueue } from './work-queue.ts';

/** The pods of a namespace. */
export function podsIn(api: ClusterApi, namespace: string | undefined): Pod[] {
  return api.list(PODS, namespace === undefined ? {} : { namespace });
}

/** The pods whose controller this is. */
export function podsControlledBy(api: ClusterApi, { metadata }: KubeObject): Pod[] {
  return controlledBy(api, PODS, metadata.uid).filter((pod) => pod.metadata.namespace === metadata.namespace);
}

/**
 * The pods that the selector and the owner references give to a workload, after adopting those that match and
 * belong to nobody, and releasing those that match no more.
 * @param accepts what a pod has to be beside that
 */
export function claimPods(
  { api }: ControllerContext,
  owner: KubeObject,
  selector: LabelSelector,
  accepts: (pod: Pod) => boolean = () => true,
): Pod[] {
  const { namespace, uid, deletionTimestamp } = owner.metadata;
  const claimed: Pod[] = [];
  for (const pod of claimable(api, PODS, owner)) {
    const controller = controllerOf(pod);
    const matches = matchesLabels(selector, pod.metadata.labels) && accepts(pod);
    if (controller !== undefined) {
      if (matches) claimed.push(pod);
      else if (deletionTimestamp === undefined) release(api, pod, uid);
    } else if (matches && deletionTimestamp === undefined && isPodActive(pod)) {
      const adopted = api.mutate(PODS, namespace, pod.metadata.name, (draft) => {
        draft.metadata.ownerReferences = [
          ...(draft.metadata.ownerReferences ?? []),
          controllerReference(owner),
        ];
      });
      if (adopted !== undefined) claimed.push(adopted);
    }
  }
  return claimed;
}

function release(api: ClusterApi, pod: Pod, uid: string): void {
  api.mutate(PODS, pod.metadata.namespace, pod.metadata.name, (draft) => {
    const left = (draft.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid);
    if (left.length === 0) delete draft.metadata.ownerReferences;
    else draft.metadata.ownerReferences = left;
  });
}

/** A new pod from a template. @param metadata its name, and what it gets beside what the template says */
export function podFromTemplate(
  owner: KubeObject,
  template: PodTemplateSpec,
  metadata: Partial<ObjectMeta>,
): NewObject<Pod> {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  const { namespace } = owner.metadata;
  const all = {
    labels: { ...labels, ...metadata.labels },
    annotations: { ...annotations, ...metadata.annotations },
    finalizers: [...(finalizers ?? []), ...(metadata.finalizers ?? [])],
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      ...(namespace === undefined ? {} : { namespace }),
      ...Object.fromEntries(Object.entries(all).filter(([, value]) => Object.keys(value).length > 0)),
      ownerReferences: [controllerReference(owner)],
    },
    spec: cloneJson(template.spec),
    status: { phase: 'Pending' },
  };
}

/**
 * Adds a workload to the queue whenever it changes or one of its pods does. A pod that belongs to nobody wakes
 * every workload that could adopt it.
 */
export function watchWorkload<T extends KubeObject>(
  api: ClusterApi,
  queue: WorkQueue,
  type: ResourceType<T>,
  selectorOf: (workload: T) => LabelSelector | undefined,
): Disposable[] {
  const podChanged = (pod: Pod): void => {
    const namespace = pod.metadata.namespace ?? '';
    const controller = controllerOf(pod);
    if (controller !== undefined) {
      if (controller.kind === type.kind) queue.add(`${namespace}/${controller.name}`);
      return;
    }
    for (const workload of api.list(type, { namespace })) {
      const selector = selectorOf(workload);
      if (selector !== undefined && matchesLabels(selector, pod.metadata.labels)) queue.add(keyOf(workload));
    }
  };
  return [
    api.watch(type, ({ object }) => queue.add(keyOf(object))),
    api.watch(PODS, ({ object }) => podChanged(object)),
  ];
}
