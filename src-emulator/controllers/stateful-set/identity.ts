/** Names, labels and volumes of a StatefulSet's pods (k8s.io/kubernetes/pkg/controller/statefulset). */
import type {
  ControllerRevision,
  NewObject,
  PersistentVolumeClaim,
  Pod,
  StatefulSet,
  Volume,
} from '../../api/objects.ts';
import { cloneJson } from '../../store/json.ts';
import { CONTROLLER_REVISION_HASH, templateOf } from '../controller-history.ts';
import { podFromTemplate } from '../pod-control.ts';

const POD_NAME = 'statefulset.kubernetes.io/pod-name';
const POD_INDEX = 'apps.kubernetes.io/pod-index';

/** The number at the end of a pod's name; -1 for a pod whose name is not made from the set's. */
export function ordinalOf(set: StatefulSet, pod: Pod): number {
  const match = /^(.*)-(\d+)$/.exec(pod.metadata.name);
  return match?.[1] === set.metadata.name ? Number(match[2]) : -1;
}

/** The number of the first pod. */
export function startOrdinal({ spec }: StatefulSet): number {
  return spec.ordinals?.start ?? 0;
}

/** Whether a StatefulSet of its size has a pod of that number. */
export function isInRange(set: StatefulSet, ordinal: number): boolean {
  const start = startOrdinal(set);
  return ordinal >= start && ordinal < start + (set.spec.replicas ?? 1);
}

function podNameOf(set: StatefulSet, ordinal: number): string {
  return `${set.metadata.name}-${ordinal}`;
}

/** What the claim of a pod is called: template, set and number. */
export function claimNameOf(set: StatefulSet, claim: string, ordinal: number): string {
  return `${claim}-${set.metadata.name}-${ordinal}`;
}

/** The claims that a pod mounts, as they are to be created. */
export function claimsOf(set: StatefulSet, ordinal: number): NewObject<PersistentVolumeClaim>[] {
  const { namespace } = set.metadata;
  return (set.spec.volumeClaimTemplates ?? []).map((template) => {
    const { metadata, spec } = cloneJson(template);
    const labels = { ...metadata.labels, ...set.spec.selector.matchLabels };
    return {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        ...(metadata.annotations === undefined ? {} : { annotations: metadata.annotations }),
        ...(metadata.ownerReferences === undefined ? {} : { ownerReferences: metadata.ownerReferences }),
        name: claimNameOf(set, metadata.name, ordinal),
        ...(namespace === undefined ? {} : { namespace }),
        ...(Object.keys(labels).length === 0 ? {} : { labels }),
      },
      spec,
      status: { phase: 'Pending' },
    };
  });
}

/** A new pod of a set at one of its revisions. */
export function newPod(set: StatefulSet, revision: ControllerRevision, ordinal: number): NewObject<Pod> {
  const name = podNameOf(set, ordinal);
  const pod = podFromTemplate(set, templateOf(revision) ?? set.spec.template, {
    name,
    labels: {
      [POD_NAME]: name,
      [POD_INDEX]: String(ordinal),
      [CONTROLLER_REVISION_HASH]: revision.metadata.name,
    },
  });
  pod.spec.hostname = name;
  if ((set.spec.serviceName ?? '') !== '') pod.spec.subdomain = set.spec.serviceName as string;
  const templates = (set.spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name);
  const volumes: Volume[] = [
    ...templates.map((claim) => ({
      name: claim,
      persistentVolumeClaim: { claimName: claimNameOf(set, claim, ordinal) },
    })),
    ...(pod.spec.volumes ?? []).filter((volume) => !templates.includes(volume.name)),
  ];
  if (volumes.length > 0) pod.spec.volumes = volumes;
  return pod;
}

/** Puts the labels of its name back on a pod. */
export function restoreIdentity(set: StatefulSet, pod: Pod): void {
  pod.metadata.labels = {
    ...pod.metadata.labels,
    [POD_NAME]: pod.metadata.name,
    [POD_INDEX]: String(ordinalOf(set, pod)),
  };
}

/** Whether a pod carries the label of its own name. */
export function hasIdentity(pod: Pod): boolean {
  return pod.metadata.labels?.[POD_NAME] === pod.metadata.name;
}

/** The name of the revision that a pod was made from. */
export function revisionOf(pod: Pod): string {
  return pod.metadata.labels?.[CONTROLLER_REVISION_HASH] ?? '';
}
