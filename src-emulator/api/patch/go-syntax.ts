import { isJsonObject } from '../../store/json.ts';

/** A value as Go's `%+v` prints it. */
export function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goSyntax).join(' ')}]`;
  if (!isJsonObject(value)) return typeof value === 'string' ? value : JSON.stringify(value);
  const entries = Object.keys(value).sort();
  return `map[${entries.map((key) => `${key}:${goSyntax(value[key])}`).join(' ')}]`;
}
