import { cloneJson } from '../../store/json.ts';
import type { Namespace } from '../objects.ts';
import { groupResource, NAMESPACES } from '../resources.ts';
import { isReleasedFromDeletion } from './deletion.ts';
import type { ApiMachinery } from './machinery.ts';

/** The finalizer that every namespace is born with. */
const KUBERNETES_FINALIZER = 'kubernetes';

/**
 * PUT namespaces/<name>/finalize, as the namespace controller calls it: the namespace is empty and may go. Does
 * nothing for one that is not being deleted.
 */
export function finalizeNamespace(machinery: ApiMachinery, name: string): void {
  const stored = machinery.get(NAMESPACES, undefined, name);
  if (stored?.metadata.deletionTimestamp === undefined) return;
  const draft: Namespace = cloneJson(stored);
  draft.spec.finalizers = (draft.spec.finalizers ?? []).filter((entry) => entry !== KUBERNETES_FINALIZER);
  // Straight to the store: an ordinary update may not change these finalizers.
  const written = machinery.store.put(groupResource(NAMESPACES), draft);
  if (isReleasedFromDeletion(written)) machinery.store.remove(groupResource(NAMESPACES), undefined, name);
}
