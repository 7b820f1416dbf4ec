/** The former states of StatefulSets and DaemonSets (k8s.io/kubernetes/pkg/controller/history). */
import type { ClusterApi } from '../api/cluster-api.ts';
import type { ControllerRevision, KubeObject, LabelSelector, PodTemplateSpec } from '../api/objects.ts';
import { CONTROLLER_REVISIONS } from '../api/resources.ts';
import { matchesLabels } from '../api/selectors.ts';
import { cloneJson, jsonEqual } from '../store/json.ts';
import { fnv32, safeName } from './fnv.ts';
import { controllerOf, controllerReference } from './object-helpers.ts';

/** The label of a StatefulSet's revisions that carries their hash. */
export const REVISION_HASH = 'controller.kubernetes.io/hash';

/** The label of pods that tells the revision they were made from. */
export const CONTROLLER_REVISION_HASH = 'controller-revision-hash';

/** What a revision keeps: a strategic merge patch that puts the template back. */
export function revisionData(template: PodTemplateSpec): unknown {
  return { spec: { template: { ...cloneJson(template), $patch: 'replace' } } };
}

/** The template that a revision keeps. */
export function templateOf(revision: ControllerRevision): PodTemplateSpec | undefined {
  const data = revision.data as { spec?: { template?: PodTemplateSpec & { $patch?: string } } } | undefined;
  if (data?.spec?.template === undefined) return undefined;
  const { $patch: _patch, ...template } = data.spec.template;
  return template;
}

/** The revisions of a workload, oldest first, after adopting those that match and belong to nobody. */
export function claimRevisions(
  api: ClusterApi,
  owner: KubeObject,
  selector: LabelSelector,
): ControllerRevision[] {
  const { namespace, uid, deletionTimestamp } = owner.metadata;
  const claimed: ControllerRevision[] = [];
  for (const revision of api.list(CONTROLLER_REVISIONS, namespace === undefined ? {} : { namespace })) {
    const controller = controllerOf(revision);
    if (controller !== undefined) {
      if (controller.uid === uid) claimed.push(revision);
    } else if (deletionTimestamp === undefined && matchesLabels(selector, revision.metadata.labels)) {
      const adopted = api.mutate(CONTROLLER_REVISIONS, namespace, revision.metadata.name, (draft) => {
        draft.metadata.ownerReferences = [
          ...(draft.metadata.ownerReferences ?? []),
          controllerReference(owner),
        ];
      });
      if (adopted !== undefined) claimed.push(adopted);
    }
  }
  return claimed.sort(
    (a, b) =>
      a.revision - b.revision ||
      Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp) ||
      (a.metadata.name < b.metadata.name ? -1 : 1),
  );
}

/** The hash of what a revision keeps, the same as Kubernetes' own. */
export function revisionHash(data: unknown, collisionCount: number): string {
  return safeName(fnv32(goJson(data) + String(collisionCount)));
}

/** JSON as Go writes maps: keys sorted, and what could be taken for HTML escaped. */
function goJson(value: unknown): string {
  const text = JSON.stringify(value, (_key, entry: unknown) =>
    typeof entry === 'object' && entry !== null && !Array.isArray(entry)
      ? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)))
      : entry,
  );
  return text.replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Finds the revision that keeps `data` and makes it the newest; creates it where there is none.
 * @param revisions oldest first
 * @param how the name and the labels of what is created
 * @throws ApiError AlreadyExists when another revision has that name
 */
export function ensureRevision(
  api: ClusterApi,
  owner: KubeObject,
  revisions: readonly ControllerRevision[],
  data: unknown,
  { name, labels }: { name: string; labels: Record<string, string> },
): ControllerRevision {
  const newest = revisions.at(-1);
  const next = (newest?.revision ?? 0) + 1;
  const equal = revisions.filter((revision) => jsonEqual(revision.data, data)).at(-1);
  const { namespace, annotations } = owner.metadata;
  if (equal === undefined)
    return api.create(CONTROLLER_REVISIONS, {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: {
        name,
        ...(namespace === undefined ? {} : { namespace }),
        labels,
        ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
        ownerReferences: [controllerReference(owner)],
      },
      data,
      revision: next,
    });
  if (equal === newest) return equal;
  const renewed = api.mutate(CONTROLLER_REVISIONS, namespace, equal.metadata.name, (draft) => {
    draft.revision = next;
  });
  return renewed ?? equal;
}

/** Deletes revisions that nothing runs any more, oldest first, down to the limit. A negative limit keeps all. */
export function truncateHistory(
  api: ClusterApi,
  revisions: readonly ControllerRevision[],
  isLive: (revision: ControllerRevision) => boolean,
  limit: number,
): void {
  const dead = revisions.filter((revision) => !isLive(revision));
  if (limit < 0) return;
  for (const { metadata } of dead.slice(0, Math.max(0, dead.length - limit)))
    api.delete(CONTROLLER_REVISIONS, metadata.namespace, metadata.name);
}
