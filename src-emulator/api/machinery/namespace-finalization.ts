import { NAMESPACES } from '../resources.ts';
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
  const left = (stored.spec.finalizers ?? []).filter((entry) => entry !== KUBERNETES_FINALIZER);
  machinery.writer.finalize(machinery.registry.of(NAMESPACES), stored, left);
}
