import { JqFailure, type Json, typeName } from './syntax.ts';

const ORDER = ['null', 'false', 'true', 'number', 'string', 'array', 'object'];

function rank(value: Json): number {
  return ORDER.indexOf(typeof value === 'boolean' ? String(value) : typeName(value));
}

/** jq's order of all values: null, booleans, numbers, strings, arrays, objects. */
export function compareJson(a: Json, b: Json): number {
  const difference = rank(a) - rank(b);
  if (difference !== 0) return difference;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let at = 0; at < Math.min(a.length, b.length); at++) {
      const order = compareJson(a[at] ?? null, b[at] ?? null);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  if (isObject(a) && isObject(b)) {
    const [keysA, keysB] = [Object.keys(a).sort(), Object.keys(b).sort()];
    const order = compareJson(keysA, keysB);
    if (order !== 0) return order;
    for (const key of keysA) {
      const each = compareJson(a[key] ?? null, b[key] ?? null);
      if (each !== 0) return each;
    }
  }
  return 0;
}

export function isObject(value: Json): value is { [key: string]: Json } {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function cannot(a: Json, b: Json, what: string): JqFailure {
  const describe = (value: Json): string => `${typeName(value)} (${JSON.stringify(value)})`;
  return new JqFailure(`${describe(a)} and ${describe(b)} cannot be ${what}`);
}

export function addJson(a: Json, b: Json): Json {
  if (a === null) return b;
  if (b === null) return a;
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (typeof a === 'string' && typeof b === 'string') return a + b;
  if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
  if (isObject(a) && isObject(b)) return { ...a, ...b };
  throw cannot(a, b, 'added');
}

export function subtractJson(a: Json, b: Json): Json {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (Array.isArray(a) && Array.isArray(b))
    return a.filter((each) => !b.some((other) => compareJson(each, other) === 0));
  throw cannot(a, b, 'subtracted');
}

export function multiplyJson(a: Json, b: Json): Json {
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  if (typeof a === 'string' && typeof b === 'number') return b > 0 ? a.repeat(Math.ceil(b)) : null;
  if (isObject(a) && isObject(b)) return merge(a, b);
  throw cannot(a, b, 'multiplied');
}

function merge(a: { [key: string]: Json }, b: { [key: string]: Json }): Json {
  const result = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const old = result[key] ?? null;
    result[key] = isObject(old) && isObject(value) ? merge(old, value) : value;
  }
  return result;
}

export function divideJson(operator: '/' | '%', a: Json, b: Json): Json {
  if (operator === '/' && typeof a === 'string' && typeof b === 'string') return a.split(b);
  if (typeof a !== 'number' || typeof b !== 'number') throw cannot(a, b, 'divided');
  if (b === 0) throw cannot(a, b, 'divided because the divisor is zero');
  return operator === '/' ? a / b : Math.trunc(a) % Math.trunc(b);
}
