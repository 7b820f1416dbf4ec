/** Which nodes a pod may run on (k8s.io/component-helpers/scheduling/corev1). */
import type { Node, NodeSelectorTerm, PodSpec } from '../api/objects.ts';
import { satisfies } from '../api/selectors.ts';

interface Taint {
  key: string;
  value?: string;
  effect: string;
}

type Tolerations = NonNullable<PodSpec['tolerations']>;

/** Whether a node has what a pod's nodeSelector and required node affinity ask for. */
export function matchesNode(
  { nodeSelector = {}, affinity }: Pick<PodSpec, 'nodeSelector' | 'affinity'>,
  node: Node,
): boolean {
  const labels = node.metadata.labels ?? {};
  if (Object.entries(nodeSelector).some(([key, value]) => labels[key] !== value)) return false;
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return terms === undefined || matchesTerms(terms, node);
}

/** Whether a node is what any of the terms asks for. */
export function matchesTerms(terms: readonly NodeSelectorTerm[], { metadata }: Node): boolean {
  return terms.some((term) => matchesTerm(term, metadata.labels ?? {}, metadata.name));
}

/** A term that asks for nothing matches nothing. */
export function matchesTerm(
  { matchExpressions = [], matchFields = [] }: NodeSelectorTerm,
  labels: Record<string, string>,
  name: string,
): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  return (
    matchExpressions.every((requirement) => satisfies(labels[requirement.key], requirement)) &&
    matchFields.every((requirement) => requirement.key === 'metadata.name' && satisfies(name, requirement))
  );
}

/** Whether one of a pod's tolerations stands the taint. */
export function tolerates(tolerations: Tolerations | undefined, taint: Taint): boolean {
  return (tolerations ?? []).some(({ key = '', operator, value = '', effect = '' }) => {
    if (effect !== '' && effect !== taint.effect) return false;
    if (operator === 'Exists') return key === '' || key === taint.key;
    return key === taint.key && value === (taint.value ?? '');
  });
}
