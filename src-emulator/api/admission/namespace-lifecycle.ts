/** The NamespaceLifecycle admission plugin: what a namespace must be for objects to be made in it, and which ones stay. */
import type { KubeObject, Namespace } from '../objects.ts';
import { groupResource, NAMESPACES, type ResourceType } from '../resources.ts';
import { forbidden, notFound } from '../status.ts';

/** Namespaces that the server does not let go. */
const IMMORTAL = new Set(['default', 'kube-system', 'kube-public']);

/**
 * Lets a new object into its namespace.
 * @param namespace the one that the object names; undefined when there is none
 * @throws ApiError 404 without a namespace, 403 when it is on its way out
 */
export function admitToNamespace(
  type: ResourceType,
  draft: KubeObject,
  namespace: Namespace | undefined,
): void {
  const name = draft.metadata.namespace ?? '';
  if (namespace === undefined) throw notFound(NAMESPACES, name);
  if (namespace.status.phase !== 'Terminating') return;
  throw forbidden(
    type,
    draft.metadata.name,
    `unable to create new content in namespace ${name} because it is being terminated`,
    [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${name} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  );
}

/** @throws ApiError 403 for a namespace that may not be deleted */
export function checkMayBeDeleted(type: ResourceType, name: string): void {
  if (groupResource(type) === groupResource(NAMESPACES) && IMMORTAL.has(name))
    throw forbidden(type, name, 'this namespace may not be deleted');
}
