import { JqFailure, type Json, typeName } from './syntax.ts';

/** A value, and where it stands in the value that a path began at. */
export interface Located {
  value: Json;
  /** Undefined when it is no part of that value: it was computed. */
  path: Json[] | undefined;
}

export function computed(value: Json): Located {
  return { value, path: undefined };
}

export function* recurse(input: Located): Generator<Located, void> {
  yield input;
  if (input.value !== null && typeof input.value === 'object')
    for (const child of children(input)) yield* recurse(child);
}

export function* children(of: Located): Generator<Located, void> {
  const { value, path } = of;
  if (value === null || typeof value !== 'object')
    throw new JqFailure(`Cannot iterate over ${describe(value)}`);
  const keys: Json[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  for (const key of keys) {
    const child = Array.isArray(value) ? value[key as number] : value[key as string];
    yield { value: child ?? null, path: path === undefined ? undefined : [...path, key] };
  }
}

/** The type with the value, cut short. */
export function describe(value: Json): string {
  const text = JSON.stringify(value);
  return `${typeName(value)} (${text.length > 11 ? `${text.slice(0, 10)}...` : text})`;
}

export function step(of: Located, key: Json): Located {
  const path = of.path === undefined ? undefined : [...of.path, key];
  const { value } = of;
  if (value === null && (typeof key === 'string' || typeof key === 'number')) return { value: null, path };
  if (Array.isArray(value) && typeof key === 'number')
    return { value: value.at(Math.floor(key)) ?? null, path };
  if (typeof key === 'string' && value !== null && typeof value === 'object' && !Array.isArray(value))
    return { value: Object.hasOwn(value, key) ? (value[key] ?? null) : null, path };
  if (typeof key === 'string') throw new JqFailure(`Cannot index ${typeName(value)} with "${key}"`);
  throw new JqFailure(`Cannot index ${typeName(value)} with ${typeName(key)}`);
}

export function sliceOf(value: Json, from: Json, to: Json): Json {
  if (value === null) return null;
  if (typeof value !== 'string' && !Array.isArray(value))
    throw new JqFailure(`Cannot index ${typeName(value)} with object`);
  const [start, end] = [typeof from === 'number' ? from : 0, typeof to === 'number' ? to : undefined];
  return value.slice(start, end);
}

export function getPath(value: Json, path: readonly Json[]): Json {
  return path.reduce<Json>((each, key) => (each === null ? null : step(computed(each), key).value), value);
}

export function setPath(value: Json, path: readonly Json[], to: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return to;
  if (typeof key === 'number') {
    if (value !== null && !Array.isArray(value))
      throw new JqFailure(`Cannot index ${typeName(value)} with number`);
    const list = [...(value ?? [])];
    const at = key < 0 ? list.length + key : key;
    while (list.length < at) list.push(null);
    list[at] = setPath(list[at] ?? null, rest, to);
    return list;
  }
  if (typeof key !== 'string') throw new JqFailure('Invalid path expression');
  if (value !== null && (typeof value !== 'object' || Array.isArray(value)))
    throw new JqFailure(`Cannot index ${typeName(value)} with "${key}"`);
  return { ...value, [key]: setPath(value?.[key] ?? null, rest, to) };
}

export function deletePath(value: Json, path: readonly Json[]): Json {
  const [key, ...rest] = path;
  if (value === null || key === undefined) return null;
  if (Array.isArray(value) && typeof key === 'number') {
    if (rest.length > 0) return value.map((each, index) => (index === key ? deletePath(each, rest) : each));
    return value.filter((_, index) => index !== (key < 0 ? value.length + key : key));
  }
  if (typeof value !== 'object' || Array.isArray(value) || typeof key !== 'string')
    throw new JqFailure(`Cannot delete field at object index of ${typeName(value)}`);
  if (rest.length > 0)
    return key in value ? { ...value, [key]: deletePath(value[key] ?? null, rest) } : value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
}
