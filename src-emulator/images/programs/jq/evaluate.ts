import { compareJson, addJson, divideJson, multiplyJson, subtractJson } from './arithmetic.ts';
import { callFunction } from './functions.ts';
import {
  children,
  computed,
  describe,
  getPath,
  type Located,
  recurse,
  setPath,
  sliceOf,
  step,
} from './paths.ts';
import { formatText } from './simple-functions.ts';
import { type Filter, JqFailure, type Json } from './syntax.ts';

interface Closure {
  parameters: string[];
  body: Filter;
  scope: Scope;
}

export class Scope {
  readonly #variables: ReadonlyMap<string, Json>;
  readonly #functions: ReadonlyMap<string, Closure>;

  constructor(variables: ReadonlyMap<string, Json>, functions: ReadonlyMap<string, Closure> = new Map()) {
    this.#variables = variables;
    this.#functions = functions;
  }

  variable(name: string): Json | undefined {
    return this.#variables.get(name);
  }

  function(name: string, arity: number): Closure | undefined {
    return this.#functions.get(`${name}/${arity}`);
  }

  withVariable(name: string, value: Json): Scope {
    return new Scope(new Map([...this.#variables, [name, value]]), this.#functions);
  }

  withFunction(name: string, parameters: string[], body: Filter, scope?: Scope): Scope {
    const functions = new Map(this.#functions);
    const result = new Scope(this.#variables, functions);
    // A function sees itself, an argument sees what its caller saw.
    functions.set(`${name}/${parameters.length}`, { parameters, body, scope: scope ?? result });
    return result;
  }
}

/** The outputs of a filter for one input. @throws JqFailure */
export function* evaluate(filter: Filter, input: Json, scope: Scope): Generator<Json, void> {
  for (const { value } of locate(filter, { value: input, path: undefined }, scope)) yield value;
}

/** The outputs with their paths. */
export function* locate(filter: Filter, input: Located, scope: Scope): Generator<Located, void> {
  switch (filter.type) {
    case 'identity':
      yield input;
      return;
    case 'recurse':
      yield* recurse(input);
      return;
    case 'literal':
      yield computed(filter.value);
      return;
    case 'index':
      for (const key of evaluate(filter.key, input.value, scope))
        for (const of of locate(filter.of, input, scope)) yield step(of, key);
      return;
    case 'slice':
      for (const of of locate(filter.of, input, scope)) {
        const from = filter.from === undefined ? null : first(filter.from, input.value, scope);
        const to = filter.to === undefined ? null : first(filter.to, input.value, scope);
        const value = sliceOf(of.value, from, to);
        yield { value, path: of.path === undefined ? undefined : [...of.path, { start: from, end: to }] };
      }
      return;
    case 'iterate':
      for (const of of locate(filter.of, input, scope)) yield* children(of);
      return;
    case 'try':
      try {
        yield* locate(filter.body, input, scope);
      } catch (error) {
        if (!(error instanceof JqFailure)) throw error;
        if (filter.handler !== undefined) yield* locate(filter.handler, computed(error.value), scope);
      }
      return;
    case 'pipe':
      for (const left of locate(filter.left, input, scope)) yield* locate(filter.right, left, scope);
      return;
    case 'comma':
      yield* locate(filter.left, input, scope);
      yield* locate(filter.right, input, scope);
      return;
    case 'if': {
      yield* locateIf(filter, 0, input, scope);
      return;
    }
    case 'bind':
      for (const value of evaluate(filter.source, input.value, scope)) {
        let inner = scope;
        for (const [index, name] of filter.names.entries()) {
          const key = filter.keys[index];
          const part =
            key === undefined ? value : step(computed(value), Array.isArray(value) ? Number(key) : key).value;
          inner = inner.withVariable(name, part);
        }
        yield* locate(filter.body, input, inner);
      }
      return;
    case 'reduce': {
      for (const start of evaluate(filter.start, input.value, scope)) {
        let state = start;
        for (const each of evaluate(filter.source, input.value, scope))
          for (const next of evaluate(filter.update, state, scope.withVariable(filter.name, each)))
            state = next;
        yield computed(state);
      }
      return;
    }
    case 'foreach': {
      for (const start of evaluate(filter.start, input.value, scope)) {
        let state = start;
        for (const each of evaluate(filter.source, input.value, scope)) {
          const inner = scope.withVariable(filter.name, each);
          for (const next of evaluate(filter.update, state, inner)) {
            state = next;
            if (filter.extract === undefined) yield computed(state);
            else yield* locate(filter.extract, computed(state), inner);
          }
        }
      }
      return;
    }
    case 'define':
      yield* locate(filter.rest, input, scope.withFunction(filter.name, filter.parameters, filter.body));
      return;
    case 'call':
      yield* locateCall(filter, input, scope);
      return;
    case 'binary':
      if (filter.operator === '//') {
        yield* alternative(filter.left, filter.right, input, scope);
        return;
      }
      for (const value of evaluateBinary(filter, input.value, scope)) yield computed(value);
      return;
    default:
      for (const value of evaluateValue(filter, input.value, scope)) yield computed(value);
  }
}

/** The first output; null when there is none. */
export function first(filter: Filter, input: Json, scope: Scope): Json {
  for (const value of evaluate(filter, input, scope)) return value;
  return null;
}

function* locateIf(
  filter: Extract<Filter, { type: 'if' }>,
  at: number,
  input: Located,
  scope: Scope,
): Generator<Located, void> {
  const branch = filter.branches[at];
  if (branch === undefined) {
    if (filter.otherwise === undefined) yield input;
    else yield* locate(filter.otherwise, input, scope);
    return;
  }
  for (const test of evaluate(branch[0], input.value, scope)) {
    if (test !== null && test !== false) yield* locate(branch[1], input, scope);
    else yield* locateIf(filter, at + 1, input, scope);
  }
}

function* alternative(left: Filter, right: Filter, input: Located, scope: Scope): Generator<Located, void> {
  let any = false;
  try {
    for (const each of locate(left, input, scope)) {
      if (each.value === null || each.value === false) continue;
      any = true;
      yield each;
    }
  } catch (error) {
    if (!(error instanceof JqFailure)) throw error;
  }
  if (!any) yield* locate(right, input, scope);
}

function* locateCall(
  { name, args }: Extract<Filter, { type: 'call' }>,
  input: Located,
  scope: Scope,
): Generator<Located, void> {
  const own = scope.function(name, args.length);
  if (own === undefined) {
    yield* callFunction(name, args, input, scope);
    return;
  }
  let inner = own.scope;
  const byValue: [string, Filter][] = [];
  for (const [index, parameter] of own.parameters.entries()) {
    const arg = args[index];
    if (arg === undefined) continue;
    if (parameter.startsWith('$')) byValue.push([parameter.slice(1), arg]);
    inner = inner.withFunction(parameter.replace(/^\$/, ''), [], arg, scope);
  }
  yield* bindValues(byValue, own.body, input, inner, scope);
}

function* bindValues(
  pending: readonly [string, Filter][],
  body: Filter,
  input: Located,
  inner: Scope,
  outer: Scope,
): Generator<Located, void> {
  const [next, ...rest] = pending;
  if (next === undefined) {
    yield* locate(body, input, inner);
    return;
  }
  for (const value of evaluate(next[1], input.value, outer))
    yield* bindValues(rest, body, input, inner.withVariable(next[0], value), outer);
}

function* evaluateValue(filter: Filter, input: Json, scope: Scope): Generator<Json, void> {
  switch (filter.type) {
    case 'variable': {
      const value = scope.variable(filter.name);
      if (value === undefined) throw new JqFailure(`$${filter.name} is not defined`);
      yield value;
      return;
    }
    case 'format':
      yield formatText(filter.name, input);
      return;
    case 'string':
      yield* interpolate(filter, 0, '', input, scope);
      return;
    case 'array':
      yield filter.body === undefined ? [] : [...evaluate(filter.body, input, scope)];
      return;
    case 'object':
      yield* buildObject(filter.entries, {}, input, scope);
      return;
    case 'negate':
      for (const value of evaluate(filter.body, input, scope)) {
        if (typeof value !== 'number') throw new JqFailure(`${describe(value)} cannot be negated`);
        yield -value;
      }
      return;
    default:
      throw new JqFailure(`${filter.type} is no value`);
  }
}

function* interpolate(
  filter: Extract<Filter, { type: 'string' }>,
  at: number,
  before: string,
  input: Json,
  scope: Scope,
): Generator<Json, void> {
  const part = filter.parts[at];
  if (part === undefined) yield before;
  else if (typeof part === 'string') yield* interpolate(filter, at + 1, before + part, input, scope);
  else
    for (const value of evaluate(part, input, scope))
      yield* interpolate(filter, at + 1, before + formatText(filter.format ?? '@text', value), input, scope);
}

function* buildObject(
  entries: readonly [Filter, Filter][],
  before: { [key: string]: Json },
  input: Json,
  scope: Scope,
): Generator<Json, void> {
  const [entry, ...rest] = entries;
  if (entry === undefined) {
    yield before;
    return;
  }
  for (const key of evaluate(entry[0], input, scope)) {
    if (typeof key !== 'string') throw new JqFailure('Object keys must be strings');
    for (const value of evaluate(entry[1], input, scope))
      yield* buildObject(rest, { ...before, [key]: value }, input, scope);
  }
}

function* evaluateBinary(
  { operator, left, right }: Extract<Filter, { type: 'binary' }>,
  input: Json,
  scope: Scope,
): Generator<Json, void> {
  const isTrue = (value: Json): boolean => value !== null && value !== false;
  if (operator === 'and' || operator === 'or') {
    for (const a of evaluate(left, input, scope)) {
      if (isTrue(a) === (operator === 'or')) yield operator === 'or';
      else for (const b of evaluate(right, input, scope)) yield isTrue(b);
    }
    return;
  }
  if (operator.endsWith('=') && !['==', '!=', '<=', '>='].includes(operator)) {
    yield* assign(operator, left, right, input, scope);
    return;
  }
  for (const b of evaluate(right, input, scope))
    for (const a of evaluate(left, input, scope)) yield compute(operator, a, b);
}

function compute(operator: string, a: Json, b: Json): Json {
  switch (operator) {
    case '+':
      return addJson(a, b);
    case '-':
      return subtractJson(a, b);
    case '*':
      return multiplyJson(a, b);
    case '/':
    case '%':
      return divideJson(operator, a, b);
    case '//':
      return a === null || a === false ? b : a;
    default: {
      const order = compareJson(a, b);
      const holds = { '==': order === 0, '!=': order !== 0, '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[operator]; // prettier-ignore
      return holds === true;
    }
  }
}

function* assign(
  operator: string,
  left: Filter,
  right: Filter,
  input: Json,
  scope: Scope,
): Generator<Json, void> {
  const paths = [...locate(left, { value: input, path: [] }, scope)].map(({ path }) => {
    if (path === undefined) throw new JqFailure('Invalid path expression');
    return path;
  });
  if (operator === '|=') {
    let result: Json = input;
    for (const path of paths) result = setPath(result, path, first(right, getPath(result, path), scope));
    yield result;
    return;
  }
  for (const value of evaluate(right, input, scope)) {
    let result: Json = input;
    for (const path of paths)
      result = setPath(
        result,
        path,
        operator === '=' ? value : compute(operator.slice(0, -1), getPath(result, path), value),
      );
    yield result;
  }
}
