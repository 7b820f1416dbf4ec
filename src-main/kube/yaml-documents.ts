import {
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Node,
} from 'yaml';
import type { ManifestProblem } from '#shared/contract.ts';

/** A place in a text, from 1, and where it ends. */
export interface TextRange {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

/** One YAML document: its value, and where its fields stand. */
export interface YamlDocument {
  value: unknown;
  /** Where a field stands: of its value, or its key with `key`. The nearest parent that exists when it does not. */
  rangeOf(path: readonly (string | number)[], part?: 'key' | 'value'): TextRange;
  /** As {@link rangeOf}, for a field path in Kubernetes' notation: see {@link resolveFieldPath}. */
  rangeOfField(field: string, part?: 'key' | 'value', found?: string): TextRange;
}

export interface YamlDocuments {
  documents: YamlDocument[];
  problems: ManifestProblem[];
}

/**
 * Reads a text of one or more YAML documents the way Kubernetes does: YAML 1.1 scalars (`yes` is true, 0644 is
 * octal) but no dates and no base-60 numbers. With version 1.2, as YAML is today. Empty documents are left out.
 */
export function parseYamlDocuments(text: string, version: '1.1' | '1.2' = '1.1'): YamlDocuments {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, {
    version,
    customTags: (tags) =>
      tags.filter(
        (tag) => typeof tag === 'string' || (tag.format !== 'TIME' && !tag.tag.endsWith(':timestamp')),
      ),
    lineCounter: lines,
    prettyErrors: false,
  });
  const documents: YamlDocument[] = [];
  const problems: ManifestProblem[] = [];
  for (const document of Array.isArray(parsed) ? parsed : []) {
    for (const error of [...document.errors, ...document.warnings]) {
      problems.push({
        message: firstLine(error.message),
        ...rangeBetween(lines, text, error.pos[0], error.pos[1]),
        severity: error.name === 'YAMLWarning' ? 'warning' : 'error',
      });
    }
    if (document.errors.length > 0) continue;
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (value === null || value === undefined) continue;
    documents.push(documentOf(document, value, lines, text));
  }
  return { documents, problems };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}

function documentOf(
  document: Document.Parsed,
  value: unknown,
  lines: LineCounter,
  text: string,
): YamlDocument {
  const at = (node: Node | null | undefined): TextRange => {
    const range = node?.range ?? document.range;
    return rangeBetween(lines, text, range[0], Math.max(range[0], range[1]));
  };
  const rangeOf = (path: readonly (string | number)[], part: 'key' | 'value' = 'value'): TextRange => {
    let node: unknown = document.contents;
    let nearest: Node | null = firstKeyOf(document.contents);
    for (const [index, step] of path.entries()) {
      const found = childOf(node, step);
      if (found === undefined) return at(nearest);
      const last = index === path.length - 1;
      if (last && part === 'value') return at(isNode(found.value) ? found.value : found.key);
      nearest = found.key ?? (isNode(found.value) ? found.value : nearest);
      node = found.value;
    }
    return at(nearest);
  };
  return {
    value,
    rangeOf,
    rangeOfField: (field, part, found) => rangeOf(resolveFieldPath(field, value, found), part),
  };
}

function firstKeyOf(node: unknown): Node | null {
  if (isMap(node)) {
    const key = node.items[0]?.key;
    if (isNode(key)) return key;
  }
  return isNode(node) ? node : null;
}

function childOf(node: unknown, step: string | number): { key: Node | null; value: unknown } | undefined {
  if (isMap(node)) {
    for (const pair of node.items) {
      if (isPair(pair) && isScalar(pair.key) && String(pair.key.value) === String(step))
        return { key: pair.key, value: pair.value };
    }
    return undefined;
  }
  if (isSeq(node) && typeof step === 'number') {
    const item = node.items[step];
    return item === undefined ? undefined : { key: null, value: item };
  }
  return undefined;
}

function rangeBetween(lines: LineCounter, text: string, start: number, end: number): TextRange {
  const from = Math.min(start, text.length);
  let to = Math.max(from, Math.min(end, text.length));
  // Values of blocks end after their line break: point at what can be seen.
  while (to > from && /\s/.test(text[to - 1] ?? '')) to -= 1;
  const first = lines.linePos(from);
  const last = lines.linePos(to);
  return {
    line: Math.max(1, first.line),
    column: Math.max(1, first.col),
    endLine: Math.max(1, last.line),
    endColumn: Math.max(1, last.col),
  };
}

/**
 * Splits a field path of the API server (`spec.ports[0].targetPort`, `metadata.labels[a.b/c]`). Where the
 * decoder leaves indexes out (`spec.ports.port`), the first list item is taken that has the field with a value
 * of type `found` (a word of Go's JSON decoder), or failing that the first one that has the field.
 */
function resolveFieldPath(field: string, value: unknown, found?: string): (string | number)[] {
  const steps: (string | number)[] = [];
  for (const match of field.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)) {
    const bracket = match[1];
    if (bracket === undefined) steps.push(match[2] ?? '');
    else steps.push(/^\d+$/.test(bracket) ? Number(bracket) : bracket.replace(/^"|"$/g, ''));
  }
  const paths = candidatePaths(steps, value);
  const complete = paths.filter((path) => path.leaf !== undefined);
  return (complete.find((path) => typeWord(path.leaf) === found) ?? complete[0] ?? paths[0])?.steps ?? steps;
}

interface Candidate {
  steps: (string | number)[];
  leaf: unknown;
}

function candidatePaths(steps: readonly (string | number)[], value: unknown): Candidate[] {
  const [step, ...rest] = steps;
  if (step === undefined) return [{ steps: [], leaf: value }];
  if (Array.isArray(value) && typeof step === 'string') {
    const items: unknown[] = value;
    return items.flatMap((item, index) =>
      candidatePaths(steps, item).map((path) => ({ ...path, steps: [index, ...path.steps] })),
    );
  }
  const child =
    typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)[String(step)]
      : undefined;
  return candidatePaths(rest, child).map((path) => ({ ...path, steps: [step, ...path.steps] }));
}

function typeWord(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
