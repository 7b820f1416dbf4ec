import { addJson, compareJson, isObject } from './arithmetic.ts';
import {
  deletePath,
  evaluate,
  first,
  getPath,
  locate,
  type Located,
  type Scope,
  setPath,
} from './evaluate.ts';
import { type Filter, JqFailure, JqSyntax, type Json, typeName } from './syntax.ts';

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

function list(input: Json, what: string): Json[] {
  if (!Array.isArray(input))
    throw new JqFailure(
      `${typeName(input)} (${JSON.stringify(input)}) cannot be ${what}, as it is not an array`,
    );
  return input;
}

function string(input: Json, what: string): string {
  if (typeof input !== 'string') throw new JqFailure(`${typeName(input)} (${JSON.stringify(input)}) ${what}`);
  return input;
}

function number(input: Json): number {
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

function toEntries(input: Json): Json[] {
  if (!isObject(input)) throw new JqFailure(`${typeName(input)} (${JSON.stringify(input)}) has no keys`);
  return Object.entries(input).map(([key, value]) => ({ key, value }));
}

function fromEntries(input: Json): Json {
  const result: { [key: string]: Json } = {};
  for (const each of list(input, 'turned into an object')) {
    const entry = isObject(each) ? each : {};
    const key = entry['key'] ?? entry['k'] ?? entry['name'] ?? entry['Name'] ?? entry['Key'] ?? null;
    result[typeof key === 'string' ? key : JSON.stringify(key)] =
      entry['value'] ?? entry['v'] ?? entry['Value'] ?? null;
  }
  return result;
}

function flatten(items: readonly Json[], depth: number): Json[] {
  return items.flatMap((each) => (Array.isArray(each) && depth > 0 ? flatten(each, depth - 1) : [each]));
}

function contains(a: Json, b: Json): boolean {
  if (typeof a === 'string' && typeof b === 'string') return a.includes(b);
  if (Array.isArray(a) && Array.isArray(b))
    return b.every((each) => a.some((other) => contains(other, each)));
  if (isObject(a) && isObject(b))
    return Object.entries(b).every(([key, value]) => key in a && contains(a[key] ?? null, value));
  return compareJson(a, b) === 0;
}

const isTrue = (value: Json): boolean => value !== null && value !== false;

const SIMPLE: Readonly<Record<string, Simple>> = {
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
const SELECTORS: Readonly<Record<string, (value: Json) => boolean>> = {
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

/** Calls a function that jq has of itself. @throws JqFailure */
export function* callFunction(
  name: string,
  args: readonly Filter[],
  input: Located,
  scope: Scope,
): Generator<Located, void> {
  const { value } = input;
  const [f, g] = args;
  const each = (result: Json): Located => ({ value: result, path: undefined });
  if (f === undefined) {
    const keeps = SELECTORS[name];
    if (keeps !== undefined) {
      if (keeps(value)) yield input;
      return;
    }
    const simple = Object.hasOwn(SIMPLE, name) ? SIMPLE[name] : undefined;
    if (simple !== undefined) yield each(simple(value));
    else if (name === 'empty') return;
    else if (name === 'error') throw new JqFailure(value);
    else if (name === 'recurse') yield* locate({ type: 'recurse' }, input, scope);
    else if (name === 'paths')
      for (const { path } of locate({ type: 'recurse' }, { value, path: [] }, scope)) {
        if (path !== undefined && path.length > 0) yield each(path);
      }
    else if (name === 'leaf_paths')
      for (const { value: at, path } of locate({ type: 'recurse' }, { value, path: [] }, scope)) {
        if (path !== undefined && (at === null || typeof at !== 'object')) yield each(path);
      }
    else if (name === 'env') yield each(scope.variable('ENV') ?? {});
    else if (name === 'now') yield each(scope.variable('__now__') ?? null);
    else if (name === 'halt') return;
    else throw new JqSyntax(`${name}/0 is not defined`);
    return;
  }
  const keyed = (): [Json, Json][] =>
    list(value, 'sorted').map((item) => [[...evaluate(f, item, scope)], item]);
  const byKey = (): [Json, Json][] => keyed().sort(([a], [b]) => compareJson(a, b));
  switch (`${name}/${args.length}`) {
    case 'select/1':
      for (const test of evaluate(f, value, scope)) if (isTrue(test)) yield input;
      return;
    case 'map/1':
      yield each(
        [...locate({ type: 'iterate', of: { type: 'identity' } }, { value, path: undefined }, scope)].flatMap(
          (item) => [...evaluate(f, item.value, scope)],
        ),
      );
      return;
    case 'map_values/1': {
      if (Array.isArray(value))
        yield each(value.flatMap((item) => [...evaluate(f, item, scope)].slice(0, 1)));
      else
        yield each(
          Object.fromEntries(
            toEntries(value).flatMap((entry) => {
              const { key, value: item } = entry as { key: string; value: Json };
              return [...evaluate(f, item, scope)].slice(0, 1).map((result) => [key, result] as const);
            }),
          ),
        );
      return;
    }
    case 'has/1':
      for (const key of evaluate(f, value, scope))
        yield each(
          Array.isArray(value)
            ? typeof key === 'number' && key < value.length
            : isObject(value) && Object.hasOwn(value, String(key)),
        );
      return;
    case 'in/1':
      for (const of of evaluate(f, value, scope))
        yield each(isObject(of) && Object.hasOwn(of, String(value)));
      return;
    case 'contains/1':
      for (const other of evaluate(f, value, scope)) yield each(contains(value, other));
      return;
    case 'inside/1':
      for (const other of evaluate(f, value, scope)) yield each(contains(other, value));
      return;
    case 'index/1':
    case 'indices/1':
    case 'rindex/1': {
      for (const wanted of evaluate(f, value, scope)) {
        const found = Array.isArray(value)
          ? [...value.keys()].filter((at) => compareJson(value[at] ?? null, wanted) === 0)
          : indicesOf(String(value), String(wanted));
        yield each(name === 'indices' ? found : ((name === 'index' ? found[0] : found.at(-1)) ?? null));
      }
      return;
    }
    case 'startswith/1':
    case 'endswith/1':
      for (const part of evaluate(f, value, scope)) {
        const text = string(value, `${name}() requires string inputs`);
        yield each(name === 'startswith' ? text.startsWith(String(part)) : text.endsWith(String(part)));
      }
      return;
    case 'ltrimstr/1':
    case 'rtrimstr/1':
      for (const part of evaluate(f, value, scope)) {
        if (typeof value !== 'string' || typeof part !== 'string') yield each(value);
        else if (name === 'ltrimstr') yield each(value.startsWith(part) ? value.slice(part.length) : value);
        else yield each(part !== '' && value.endsWith(part) ? value.slice(0, -part.length) : value);
      }
      return;
    case 'split/1':
      for (const by of evaluate(f, value, scope))
        yield each(value === '' ? [] : string(value, 'cannot be split').split(String(by)));
      return;
    case 'join/1':
      for (const by of evaluate(f, value, scope))
        yield each(
          list(value, 'iterated over')
            .map((item) => (item === null ? '' : formatText('@text', item)))
            .join(String(by)),
        );
      return;
    case 'test/1':
    case 'test/2':
      yield each(
        new RegExp(String(first(f, value, scope)), flagsOf(g, value, scope)).test(
          string(value, 'cannot be matched, as it is not a string'),
        ),
      );
      return;
    case 'match/1':
    case 'capture/1':
    case 'scan/1': {
      const text = string(value, 'cannot be matched, as it is not a string');
      for (const match of text.matchAll(new RegExp(String(first(f, value, scope)), 'g'))) {
        if (name === 'scan')
          yield each(
            match.length > 1 ? match.slice(1).map((part) => (part as string | undefined) ?? null) : match[0],
          );
        else if (name === 'capture') yield each({ ...(match.groups ?? {}) });
        else yield each({ offset: match.index, length: match[0].length, string: match[0], captures: [] });
        if (name !== 'scan') return;
      }
      return;
    }
    case 'sub/2':
    case 'gsub/2': {
      const text = string(value, 'cannot be matched, as it is not a string');
      const regex = new RegExp(String(first(f, value, scope)), name === 'gsub' ? 'g' : '');
      yield each(
        text.replace(regex, (...found: unknown[]) => {
          const groups = found.at(-1);
          return String(
            g === undefined
              ? ''
              : first(
                  g,
                  typeof groups === 'object' && groups !== null
                    ? { ...(groups as Record<string, string>) }
                    : {},
                  scope,
                ),
          );
        }),
      );
      return;
    }
    case 'sort_by/1':
      yield each(byKey().map(([, item]) => item));
      return;
    case 'min_by/1':
      yield each(byKey()[0]?.[1] ?? null);
      return;
    case 'max_by/1':
      yield each(byKey().at(-1)?.[1] ?? null);
      return;
    case 'group_by/1':
    case 'unique_by/1': {
      const groups: [Json, Json[]][] = [];
      for (const [key, item] of byKey()) {
        const last = groups.at(-1);
        if (last !== undefined && compareJson(last[0], key) === 0) last[1].push(item);
        else groups.push([key, [item]]);
      }
      yield each(groups.map(([, items]) => (name === 'group_by' ? items : (items[0] ?? null))));
      return;
    }
    case 'with_entries/1':
      yield each(fromEntries(toEntries(value).flatMap((entry) => [...evaluate(f, entry, scope)])));
      return;
    case 'any/1':
    case 'all/1': {
      const tests = list(value, 'tested').flatMap((item) => [...evaluate(f, item, scope)].map(isTrue));
      yield each(name === 'any' ? tests.includes(true) : !tests.includes(false));
      return;
    }
    case 'flatten/1':
      yield each(flatten(list(value, 'flattened'), number(first(f, value, scope))));
      return;
    case 'first/1':
      for (const result of locate(f, input, scope)) {
        yield result;
        return;
      }
      return;
    case 'last/1':
      yield each([...evaluate(f, value, scope)].at(-1) ?? null);
      return;
    case 'limit/2': {
      let left = number(first(f, value, scope));
      if (g === undefined || left <= 0) return;
      for (const result of locate(g, input, scope)) {
        yield result;
        if (--left <= 0) return;
      }
      return;
    }
    case 'range/1':
    case 'range/2': {
      const from = g === undefined ? 0 : number(first(f, value, scope));
      const to = number(first(g ?? f, value, scope));
      for (let at = from; at < to; at++) yield each(at);
      return;
    }
    case 'recurse/1':
      yield input;
      for (const next of locate(f, input, scope)) yield* callFunction(name, args, next, scope);
      return;
    case 'path/1':
      for (const { path } of locate(f, { value, path: [] }, scope)) yield each(path ?? []);
      return;
    case 'getpath/1':
      for (const path of evaluate(f, value, scope)) yield each(getPath(value, list(path, 'a path')));
      return;
    case 'setpath/2':
      if (g !== undefined)
        yield each(setPath(value, list(first(f, value, scope), 'a path'), first(g, value, scope)));
      return;
    case 'del/1': {
      const paths = [...locate(f, { value, path: [] }, scope)].map(({ path }) => path ?? []);
      // The last first, so that indexes stay right.
      yield each(paths.sort(compareJson).reverse().reduce(deletePath, value));
      return;
    }
    case 'error/1':
      throw new JqFailure(first(f, value, scope));
    default:
      throw new JqSyntax(`${name}/${args.length} is not defined`);
  }
}

function flagsOf(flags: Filter | undefined, value: Json, scope: Scope): string {
  return flags === undefined ? '' : String(first(flags, value, scope)).replace(/[^i]/g, '');
}

function indicesOf(text: string, part: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(part); at !== -1 && part !== ''; at = text.indexOf(part, at + 1)) found.push(at);
  return found;
}
