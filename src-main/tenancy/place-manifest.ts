import { isMap, isNode, isScalar, isSeq, parseAllDocuments, type Scalar } from 'yaml';
import { placeCode, placeDnsNames, type Placement } from './place-words.ts';

interface Edit {
  start: number;
  end: number;
  text: string;
}

/** Keys under which a text names nothing: labels, images and the like may have the same word for something else. */
const WITHOUT_NAMES = new Set(['image', 'labels', 'matchLabels', 'path']);
/** The label that every namespace has with its own name. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

/**
 * A manifest with its namespaces placed: fields that name one, Namespace objects, DNS names in values, and the
 * words of comments. Everything else, also how it is written, stays.
 */
export function placeManifest(yaml: string, placement: Placement): string {
  const edits: Edit[] = [];
  const documents = parseAllDocuments(yaml);
  for (const document of Array.isArray(documents) ? documents : []) {
    const isNamespace = document.get('kind') === 'Namespace';
    walk(document.contents, { placement, edits, yaml, isNamespace }, []);
  }
  const placed = edits
    .sort((a, b) => b.start - a.start)
    .reduce((text, { start, end, text: words }) => text.slice(0, start) + words + text.slice(end), yaml);
  return placed.replaceAll(/(^|\s)#.*$/gm, (comment) => placeCode(comment, placement));
}

interface Walk {
  placement: Placement;
  edits: Edit[];
  yaml: string;
  isNamespace: boolean;
}

function walk(node: unknown, on: Walk, path: readonly string[]): void {
  if (isMap(node)) {
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : '';
      const inside = path.at(-1);
      // A label's value is a name of its own, but for the one that is the namespace's name.
      if (inside !== undefined && WITHOUT_NAMES.has(inside) && name !== NAME_LABEL) continue;
      if (isNode(value)) walk(value, on, [...path, name]);
    }
  } else if (isSeq(node)) {
    for (const item of node.items) walk(item, on, path);
  } else if (isScalar(node) && typeof node.value === 'string') {
    place(node, node.value, on, path);
  }
}

function place(
  node: Scalar,
  value: string,
  { placement, edits, yaml, isNamespace }: Walk,
  path: readonly string[],
): void {
  const [start, end] = node.range ?? [0, 0];
  const source = yaml.slice(start, end);
  const key = path.at(-1) ?? '';
  const names =
    ['namespace', 'namespaces', 'matchNames', NAME_LABEL].includes(key) ||
    (isNamespace && path.join('.') === 'metadata.name');
  const wanted = placement.get(value);
  let text = source;
  if (names && wanted !== undefined) text = source.replace(value, wanted);
  else if (!WITHOUT_NAMES.has(key))
    text = isCommand(path) ? placeCode(source, placement) : placeDnsNames(source, placement);
  if (text !== source) edits.push({ start, end, text });
}

/** What a container runs. */
function isCommand(path: readonly string[]): boolean {
  return path.includes('args') || path.includes('command');
}
