import { addJson, compareJson, isObject } from './arithmetic.ts';
import { JqFailure, type Json, typeName } from './syntax.ts';

/** What `@name` makes of a value. @throws JqFailure */
export function formatText(name: string, value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const cells = (quote: (cell: string) => string, what: string): string[] => {
    if (!Array.isArray(value))
      throw new JqFailure(`${typeName(value)} (${text}) cannot be ${what}-formatted, only an array can be`);
    return value.map((each) =>
      typeof each === 'string' ? quote(each) : each === null ? '' : JSON.stringify(each),
    );
  };
  switch (name) {
    case '@text':
      return text;
    case '@json':
      return JSON.stringify(value);
    case '@base64':
      return Buffer.from(text).toString('base64');
    case '@base64d':
      return Buffer.from(text, 'base64').toString('utf8');
    case '@uri':
      return encodeURIComponent(text).replace(
        /[!'()*]/g,
        (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
      );
    case '@csv':
      return cells((cell) => `"${cell.replaceAll('"', '""')}"`, 'csv').join(',');
    case '@tsv':
      return cells(
        (cell) => cell.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n'),
        'tsv',
      ).join('\t');
    case '@html':
      return text.replace(
        /[&<>'"]/g,
        (char) => `&${{ '&': 'amp', '<': 'lt', '>': 'gt', "'": '#39', '"': 'quot' }[char] ?? ''};`,
      );
    case '@sh': {
      const quote = (each: Json): string =>
        typeof each === 'string' ? `'${each.replaceAll("'", "'\\''")}'` : JSON.stringify(each);
      return Array.isArray(value) ? value.map(quote).join(' ') : quote(value);
    }
    default:
      throw new JqFailure(`${name.slice(1)} is not a valid format`);
  }
}

type Simple = (input: Json) => Json;

export function list(input: Json, what: string): Json[] {
  if (!Array.isArray(input))
    throw new JqFailure(
      `${typeName(input)} (${JSON.stringify(input)}) cannot be ${what}, as it is not an array`,
    );
  return input;
}

export function string(input: Json, what: string): string {
  if (typeof input !== 'string') throw new JqFailure(`${typeName(input)} (${JSON.stringify(input)}) ${what}`);
  return input;
}

export function number(input: Json): number {
  if (typeof input !== 'number')
    throw new JqFailure(`${typeName(input)} (${JSON.stringify(input)}) number required`);
  return input;
}

function lengthOf(input: Json): Json {
  if (input === null) return 0;
  if (typeof input === 'number') return Math.abs(input);
  if (typeof input === 'string') return Array.from(input).length;
  if (typeof input === 'boolean') throw new JqFailure(`boolean (${String(input)}) has no length`);
  return Object.keys(input).length;
}

const sorted = (items: readonly Json[]): Json[] => [...items].sort(compareJson);

function unique(items: readonly Json[]): Json[] {
  return sorted(items).filter(
    (each, index, all) => index === 0 || compareJson(each, all[index - 1] ?? null) !== 0,
  );
}

export function toEntries(input: Json): Json[] {
  if (!isObject(input)) throw new JqFailure(`${typeName(input)} (${JSON.stringify(input)}) has no keys`);
  return Object.entries(input).map(([key, value]) => ({ key, value }));
}

export function fromEntries(input: Json): Json {
  const result: { [key: string]: Json } = {};
  for (const each of list(input, 'turned into an object')) {
    const entry = isObject(each) ? each : {};
    const key = entry['key'] ?? entry['k'] ?? entry['name'] ?? entry['Name'] ?? entry['Key'] ?? null;
    result[typeof key === 'string' ? key : JSON.stringify(key)] =
      entry['value'] ?? entry['v'] ?? entry['Value'] ?? null;
  }
  return result;
}

export function flatten(items: readonly Json[], depth: number): Json[] {
  return items.flatMap((each) => (Array.isArray(each) && depth > 0 ? flatten(each, depth - 1) : [each]));
}

export function contains(a: Json, b: Json): boolean {
  if (typeof a === 'string' && typeof b === 'string') return a.includes(b);
  if (Array.isArray(a) && Array.isArray(b))
    return b.every((each) => a.some((other) => contains(other, each)));
  if (isObject(a) && isObject(b))
    return Object.entries(b).every(([key, value]) => key in a && contains(a[key] ?? null, value));
  return compareJson(a, b) === 0;
}

export const isTrue = (value: Json): boolean => value !== null && value !== false;

/** Functions of one value. */
export const SIMPLE: Readonly<Record<string, Simple>> = {
  not: (input) => !isTrue(input),
  length: lengthOf,
  utf8bytelength: (input) => Buffer.byteLength(string(input, 'only strings have UTF-8 byte length')),
  keys: (input) =>
    Array.isArray(input)
      ? [...input.keys()]
      : toEntries(input)
          .map((each) => (each as { key: string }).key)
          .sort(),
  keys_unsorted: (input) =>
    Array.isArray(input) ? [...input.keys()] : Object.keys(isObject(input) ? input : {}),
  values: (input) => input,
  type: typeName,
  add: (input) =>
    (Array.isArray(input) ? input : Object.values(input ?? {})).reduce<Json>(
      (sum, each) => addJson(sum, each as Json),
      null,
    ),
  any: (input) => list(input, 'tested').some(isTrue),
  all: (input) => list(input, 'tested').every(isTrue),
  sort: (input) => sorted(list(input, 'sorted')),
  unique: (input) => unique(list(input, 'sorted')),
  reverse: (input) =>
    typeof input === 'string'
      ? Array.from(input).reverse().join('')
      : [...list(input ?? [], 'reversed')].reverse(),
  min: (input) => sorted(list(input, 'iterated over'))[0] ?? null,
  max: (input) => sorted(list(input, 'iterated over')).at(-1) ?? null,
  first: (input) => list(input, 'indexed')[0] ?? null,
  last: (input) => list(input, 'indexed').at(-1) ?? null,
  flatten: (input) => flatten(list(input, 'flattened'), Infinity),
  tostring: (input) => formatText('@text', input),
  tojson: (input) => JSON.stringify(input),
  fromjson: (input) => {
    const text = string(input, 'only strings can be parsed');
    try {
      return JSON.parse(text) as Json;
    } catch {
      throw new JqFailure(`${text} (while parsing '${text}')`);
    }
  },
  tonumber: (input) => {
    if (typeof input === 'number') return input;
    const value = typeof input === 'string' && input.trim() !== '' ? Number(input) : NaN;
    if (Number.isNaN(value))
      throw new JqFailure(`${typeName(input)} (${JSON.stringify(input)}) cannot be parsed as a number`);
    return value;
  },
  to_entries: toEntries,
  from_entries: fromEntries,
  ascii_downcase: (input) => string(input, 'cannot be lowercased').toLowerCase(),
  ascii_upcase: (input) => string(input, 'cannot be uppercased').toUpperCase(),
  explode: (input) => Array.from(string(input, 'cannot be exploded'), (char) => char.codePointAt(0) ?? 0),
  implode: (input) => String.fromCodePoint(...list(input, 'imploded').map(number)),
  trim: (input) => string(input, 'cannot be trimmed').trim(),

  floor: (input) => Math.floor(number(input)),
  ceil: (input) => Math.ceil(number(input)),
  round: (input) => Math.round(number(input)),
  sqrt: (input) => Math.sqrt(number(input)),
  fabs: (input) => Math.abs(number(input)),
  abs: (input) => Math.abs(number(input)),
  transpose: (input) => {
    const rows = list(input, 'transposed').map((each) => list(each, 'transposed'));
    return Array.from({ length: Math.max(0, ...rows.map((row) => row.length)) }, (_, at) =>
      rows.map((row) => row[at] ?? null),
    );
  },
  fromdateiso8601: (input) => Math.floor(Date.parse(string(input, 'cannot be parsed')) / 1000),
  fromdate: (input) => Math.floor(Date.parse(string(input, 'cannot be parsed')) / 1000),
  todate: (input) => new Date(number(input) * 1000).toISOString().replace('.000Z', 'Z'),
  ascii: (input) => String.fromCharCode(number(input)),
};

/** Functions that keep or drop their input by its type. */
export const SELECTORS: Readonly<Record<string, (value: Json) => boolean>> = {
  arrays: Array.isArray,
  objects: isObject,
  iterables: (value) => value !== null && typeof value === 'object',
  booleans: (value) => typeof value === 'boolean',
  numbers: (value) => typeof value === 'number',
  strings: (value) => typeof value === 'string',
  nulls: (value) => value === null,
  values: (value) => value !== null,
  scalars: (value) => value === null || typeof value !== 'object',
};
