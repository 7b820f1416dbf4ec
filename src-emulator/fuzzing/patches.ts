import { createPatch } from 'rfc6902';
import { cloneJson, isJsonObject, jsonEqual } from '../store/json.ts';
import type { Json, Step } from './case.ts';
import type { Random } from './random.ts';

/** A patch that turns `from` into `to`, of some type, sometimes with a twist of its own. */
export function makePatch(from: Json, to: Json, random: Random): Pick<Step, 'type' | 'body'> {
  const type = random.weighted([
    [3, 'strategic-merge'],
    [2, 'merge'],
    [1.5, 'json'],
    [0.1, 'foo'],
  ] as const);
  switch (type) {
    case 'json': {
      const operations: unknown[] = createPatch(from, to);
      if (random.chance(0.3)) operations.push(random.pick(ODD_OPERATIONS));
      if (random.chance(0.05))
        return { type: 'application/json-patch+json', body: random.pick([{}, 'x', [1], '[']) };
      return { type: 'application/json-patch+json', body: operations };
    }
    case 'merge':
      return {
        type: 'application/merge-patch+json',
        body: random.chance(0.04) ? random.pick([[], 'x', '{']) : mergePatch(from, to),
      };
    case 'strategic-merge': {
      const patch = mergePatch(from, to);
      if (random.chance(0.15)) addDirective(patch, random);
      return {
        type: 'application/strategic-merge-patch+json',
        body: random.chance(0.03) ? random.pick([[], 'x', '{']) : patch,
      };
    }
    default:
      return { type: 'application/foo', body: {} };
  }
}

/** The configuration of server-side apply: some of the fields of an object, those that one manager cares for. */
export function makeConfiguration(object: Json, random: Random): Pick<Step, 'type' | 'body'> {
  const type = 'application/apply-patch+yaml';
  if (random.chance(0.03)) return { type, body: random.pick(['x', '[]', '{', 'a: 1\n\tb: 2']) };
  const body = cloneJson(object);
  thin(body, random);
  if (random.chance(0.03))
    Object.assign(
      body,
      random.pick<Json>([{ kind: 'Foo' }, { apiVersion: 'v9' }, { metadata: { name: 'other' } }]),
    );
  return { type, body };
}

/** Fields that say which object it is: without them there is nothing to apply. */
const IDENTITY = new Set(['apiVersion', 'kind', 'metadata', 'name']);

function thin(object: Json, random: Random): void {
  for (const [key, value] of Object.entries(object)) {
    if (!IDENTITY.has(key) && random.chance(0.15)) Reflect.deleteProperty(object, key);
    else if (isJsonObject(value)) thin(value, random);
    else if (Array.isArray(value)) for (const item of value) if (isJsonObject(item)) thin(item, random);
  }
}

const ODD_OPERATIONS: readonly Json[] = [
  { op: 'test', path: '/metadata/name', value: 'x' },
  { op: 'remove', path: '/spec/foo' },
  { op: 'add', path: '/spec/foo/bar', value: 1 },
  { op: 'replace', path: '/spec/foo', value: 1 },
  { op: 'foo', path: '/spec' },
  { op: 'add', path: 'spec', value: 1 },
  { op: 'copy', from: '/metadata/name', path: '/metadata/labels' },
  { op: 'move', from: '/metadata/labels', path: '/metadata/annotations' },
  { op: 'add', path: '/spec/ports/-', value: { port: 81, name: 'more' } },
  { op: 'add', path: '/spec/ports/9', value: { port: 81 } },
  { op: 'remove', path: '/metadata/name' },
  { op: 'replace', path: '/kind', value: 'Foo' },
  { op: 'replace', path: '/metadata/uid', value: 'x' },
  { op: 'add', path: '/metadata/labels/a~1b', value: 'c' },
];

function mergePatch(from: Json, to: Json): Json {
  const patch: Json = {};
  for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const [before, after] = [from[key], to[key]];
    if (jsonEqual(before, after)) continue;
    if (after === undefined) patch[key] = null;
    else patch[key] = isJsonObject(before) && isJsonObject(after) ? mergePatch(before, after) : after;
  }
  return patch;
}

function addDirective(patch: Json, random: Random): void {
  const inner = Object.values(patch).filter((value) => isJsonObject(value));
  const at = inner.length > 0 && random.chance(0.7) ? random.pick(inner) : patch;
  Object.assign(
    at,
    random.pick<Json>([
      { $patch: 'replace' },
      { $patch: 'delete' },
      { $patch: 'foo' },
      { $retainKeys: ['type'] },
      { '$setElementOrder/ports': [{ port: 80 }] },
      { '$deleteFromPrimitiveList/finalizers': ['a'] },
      { '$setElementOrder/containers': [{ name: 'log' }, { name: 'web' }] },
      { ports: [{ $patch: 'delete', port: 80 }] },
      { ports: [{ $patch: 'replace' }, { port: 90 }] },
    ]),
  );
}
