import type { KubeObject, LabelSelector } from './objects.ts';
import { badRequest } from './status.ts';

/** Decides whether an object is selected. */
export type ObjectFilter = (object: KubeObject) => boolean;

/** Whether labels satisfy a LabelSelector as it stands in objects. An empty selector matches all. */
export function matchesLabels(selector: LabelSelector, labels: Record<string, string> = {}): boolean {
  for (const [key, value] of Object.entries(selector.matchLabels ?? {}))
    if (labels[key] !== value) return false;
  return (selector.matchExpressions ?? []).every((requirement) =>
    satisfies(labels[requirement.key], requirement),
  );
}

/**
 * Whether a value, undefined where there is none, is what a requirement of a label or node selector asks for. `Gt` and
 * `Lt`, which only nodes are selected by, compare whole numbers.
 */
export function satisfies(
  value: string | undefined,
  { operator, values = [] }: { operator: string; values?: readonly string[] },
): boolean {
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

/**
 * Parses the `fieldSelector` parameter.
 * @param fields the labels a kind supports beyond metadata.name and metadata.namespace.
 * @throws ApiError 400.
 */
export function parseFieldSelector(
  text: string,
  fields: Record<string, (object: never) => string>,
  context: { namespaced: boolean },
): ObjectFilter {
  if (text.trim() === '') return () => true;
  const terms = text.split(',').map((term) => {
    const match = /^\s*([^=!]+?)\s*(==|=|!=)(.*)$/.exec(term);
    if (match === null) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
    const key = match[1] ?? '';
    const read = readerOf(key, fields, context.namespaced);
    if (read === undefined) throw unknownField(key, Object.keys(fields).length > 0);
    return { read, equal: match[2] !== '!=', value: match[3] ?? '' };
  });
  return (object) => terms.every((term) => (term.read(object) === term.value) === term.equal);
}

function readerOf(
  key: string,
  fields: Record<string, (object: never) => string>,
  namespaced: boolean,
): ((object: KubeObject) => string) | undefined {
  if (key === 'metadata.name') return (object) => object.metadata.name;
  if (key === 'metadata.namespace' && namespaced) return (object) => object.metadata.namespace ?? '';
  return fields[key] as ((object: KubeObject) => string) | undefined;
}

/** Kinds that support fields of their own answer in other words than those that do not. */
function unknownField(key: string, hasOwnFields: boolean): Error {
  return badRequest(
    hasOwnFields
      ? `field label not supported: ${key}`
      : `${JSON.stringify(key)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
  );
}
