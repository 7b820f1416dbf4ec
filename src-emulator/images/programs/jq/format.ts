import type { Json } from './syntax.ts';

export interface JsonFormat {
  /** Spaces, or what stands for one step; 0 for all on one line. */
  indent: number | string;
  sortKeys: boolean;
  colour: boolean;
}

/** jq 1.7's colours. */
const COLOURS: Record<string, string> = {
  null: '1;30',
  boolean: '0;39',
  number: '0;39',
  string: '0;32',
  array: '1;39',
  object: '1;39',
  key: '34;1',
};

export function formatJson(value: Json, format: JsonFormat): string {
  if (!format.colour)
    return JSON.stringify(format.sortKeys ? sortKeys(value) : value, undefined, format.indent);
  return coloured(format.sortKeys ? sortKeys(value) : value, format.indent, '');
}

function sortKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sortKeys(value[key] ?? null)]),
  );
}

function coloured(value: Json, indent: number | string, margin: string): string {
  const paint = (kind: string, text: string): string => `\x1b[${COLOURS[kind] ?? '0'}m${text}\x1b[0m`;
  if (value === null || typeof value !== 'object')
    return paint(value === null ? 'null' : typeof value, JSON.stringify(value));
  const kind = Array.isArray(value) ? 'array' : 'object';
  const [open, close] = kind === 'array' ? ['[', ']'] : ['{', '}'];
  const inner = indent === 0 ? '' : `${margin}${typeof indent === 'number' ? ' '.repeat(indent) : indent}`;
  const newline = indent === 0 ? '' : '\n';
  const items = Array.isArray(value)
    ? value.map((each) => coloured(each, indent, inner))
    : Object.entries(value).map(
        ([key, each]) =>
          `${paint('key', JSON.stringify(key))}${paint('object', ':')}${indent === 0 ? '' : ' '}${coloured(each, indent, inner)}`,
      );
  if (items.length === 0) return paint(kind, open + close);
  return `${paint(kind, open)}${newline}${items.map((item) => inner + item).join(`${paint(kind, ',')}${newline}`)}${newline}${indent === 0 ? '' : margin}${paint(kind, close)}`;
}
