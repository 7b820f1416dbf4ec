import { compareJson, isObject } from './arithmetic.ts';
import { evaluate, first, locate, type Scope } from './evaluate.ts';
import { deletePath, getPath, type Located, setPath } from './paths.ts';
import {
  contains,
  flatten,
  formatText,
  fromEntries,
  isTrue,
  list,
  number,
  SELECTORS,
  SIMPLE,
  string,
  toEntries,
} from './simple-functions.ts';
import { type Filter, JqFailure, JqSyntax, type Json } from './syntax.ts';

/** A text as it is, other values as JSON. */
function textOf(value: Json): string {
  return formatText('@text', value);
}

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
            : isObject(value) && Object.hasOwn(value, textOf(key)),
        );
      return;
    case 'in/1':
      for (const of of evaluate(f, value, scope))
        yield each(isObject(of) && Object.hasOwn(of, textOf(value)));
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
          : indicesOf(textOf(value), textOf(wanted));
        yield each(name === 'indices' ? found : ((name === 'index' ? found[0] : found.at(-1)) ?? null));
      }
      return;
    }
    case 'startswith/1':
    case 'endswith/1':
      for (const part of evaluate(f, value, scope)) {
        const text = string(value, `${name}() requires string inputs`);
        yield each(name === 'startswith' ? text.startsWith(textOf(part)) : text.endsWith(textOf(part)));
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
        yield each(value === '' ? [] : string(value, 'cannot be split').split(textOf(by)));
      return;
    case 'join/1':
      for (const by of evaluate(f, value, scope))
        yield each(
          list(value, 'iterated over')
            .map((item) => (item === null ? '' : formatText('@text', item)))
            .join(textOf(by)),
        );
      return;
    case 'test/1':
    case 'test/2':
      yield each(
        new RegExp(textOf(first(f, value, scope)), flagsOf(g, value, scope)).test(
          string(value, 'cannot be matched, as it is not a string'),
        ),
      );
      return;
    case 'match/1':
    case 'capture/1':
    case 'scan/1': {
      const text = string(value, 'cannot be matched, as it is not a string');
      for (const match of text.matchAll(new RegExp(textOf(first(f, value, scope)), 'g'))) {
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
      const regex = new RegExp(textOf(first(f, value, scope)), name === 'gsub' ? 'g' : '');
      yield each(
        text.replace(regex, (...found: unknown[]) => {
          const groups = found.at(-1);
          return textOf(
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
  return flags === undefined ? '' : textOf(first(flags, value, scope)).replace(/[^i]/g, '');
}

function indicesOf(text: string, part: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(part); at !== -1 && part !== ''; at = text.indexOf(part, at + 1)) found.push(at);
  return found;
}
