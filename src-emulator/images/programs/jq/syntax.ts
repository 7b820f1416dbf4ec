/** A jq filter as a tree (jq 1.7 manual). */
export type Filter =
  | { type: 'identity' | 'recurse' }
  | { type: 'literal'; value: Json }
  | { type: 'string'; parts: (string | Filter)[]; format: string | undefined }
  | { type: 'format'; name: string }
  | { type: 'index'; of: Filter; key: Filter }
  | { type: 'slice'; of: Filter; from: Filter | undefined; to: Filter | undefined }
  | { type: 'iterate'; of: Filter }
  | { type: 'try'; body: Filter; handler: Filter | undefined }
  | { type: 'array'; body: Filter | undefined }
  | { type: 'object'; entries: [Filter, Filter][] }
  | { type: 'negate'; body: Filter }
  | { type: 'pipe' | 'comma'; left: Filter; right: Filter }
  | { type: 'binary'; operator: string; left: Filter; right: Filter }
  | { type: 'if'; branches: [Filter, Filter][]; otherwise: Filter | undefined }
  | { type: 'bind'; source: Filter; names: string[]; keys: (string | undefined)[]; body: Filter }
  | { type: 'reduce'; source: Filter; name: string; start: Filter; update: Filter }
  | {
      type: 'foreach';
      source: Filter;
      name: string;
      start: Filter;
      update: Filter;
      extract: Filter | undefined;
    }
  | { type: 'define'; name: string; parameters: string[]; body: Filter; rest: Filter }
  | { type: 'variable'; name: string }
  | { type: 'call'; name: string; args: Filter[] };

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export class JqFailure extends Error {
  override readonly name = 'JqFailure';
  /** What `try … catch` gets. */
  readonly value: Json;
  constructor(value: Json) {
    super(typeof value === 'string' ? value : `${JSON.stringify(value)} (not a string)`);
    this.value = value;
  }
}

/** The text is no filter. */
export class JqSyntax extends Error {
  override readonly name = 'JqSyntax';
}

export function typeName(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
