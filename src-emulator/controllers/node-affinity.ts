/** Which nodes a pod may run on (k8s.io/component-helpers/scheduling/corev1). */
import type { Node, PodSpec } from '../api/objects.ts';

interface Requirement {
  key: string;
  operator: string;
  values?: string[];
}

interface Term {
  matchExpressions?: Requirement[];
  matchFields?: Requirement[];
}

/** The part of a pod's affinity that decides. */
export interface RequiredNodeAffinity {
  nodeAffinity?: { requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms: Term[] } };
}

interface Taint {
  key: string;
  value?: string;
  effect: string;
}

type Tolerations = NonNullable<PodSpec['tolerations']>;

/** Whether a node has what a pod's nodeSelector and required node affinity ask for. */
export function matchesNode(
  { nodeSelector = {}, affinity }: Pick<PodSpec, 'nodeSelector'> & { affinity?: RequiredNodeAffinity },
  { metadata }: Node,
): boolean {
  const labels = metadata.labels ?? {};
  if (Object.entries(nodeSelector).some(([key, value]) => labels[key] !== value)) return false;
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return terms === undefined || terms.some((term) => matchesTerm(term, labels, metadata.name));
}

/** A term that asks for nothing matches nothing. */
function matchesTerm(
  { matchExpressions = [], matchFields = [] }: Term,
  labels: Record<string, string>,
  name: string,
): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  return (
    matchExpressions.every((requirement) => satisfies(requirement, labels[requirement.key])) &&
    matchFields.every((requirement) => requirement.key === 'metadata.name' && satisfies(requirement, name))
  );
}

function satisfies({ operator, values = [] }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}

export function tolerates(tolerations: Tolerations | undefined, taint: Taint): boolean {
  return (tolerations ?? []).some(({ key = '', operator, value = '', effect = '' }) => {
    if (effect !== '' && effect !== taint.effect) return false;
    if (operator === 'Exists') return key === '' || key === taint.key;
    return key === taint.key && value === (taint.value ?? '');
  });
}
