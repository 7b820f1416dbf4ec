import { cloneJson, isJsonObject, jsonEqual } from '../../store/json.ts';
import type { FieldSchema, Schemas } from '../schema/index.ts';
import type { ApiError } from '../cluster-api.ts';
import { badRequest, unclassified } from '../status.ts';
import { goSyntax } from './go-syntax.ts';

type JsonObject = Record<string, unknown>;

const DIRECTIVE = '$patch';
const DELETE_FROM_PRIMITIVES = '$deleteFromPrimitiveList/';
const SET_ORDER = '$setElementOrder/';
const RETAIN_KEYS = '$retainKeys';

/**
 * Applies a strategic merge patch and returns the result; neither argument is changed. Lists are merged by the
 * merge keys of the schema; the directives `$patch`, `$retainKeys`, `$deleteFromPrimitiveList` and
 * `$setElementOrder` are honoured. Behaviour: sig-api-machinery/strategic-merge-patch.md of the Kubernetes
 * community repository.
 *
 * @throws ApiError 400, 500 for a patch that contradicts the schema.
 */
export function applyStrategicMergePatch(
  target: JsonObject,
  patch: JsonObject,
  schemas: Schemas,
  schemaName: string,
): JsonObject {
  return mergeObjects(target, patch, objectSchema(schemas, schemaName));
}

/** How one value is merged. */
interface PatchSchema {
  field(name: string): PatchSchema | undefined;
  readonly items: PatchSchema | undefined;
  readonly strategies: readonly string[];
  readonly mergeKey: string | undefined;
}

function objectSchema(schemas: Schemas, schemaName: string): PatchSchema {
  return {
    field: (name) => {
      const field = schemas.field(schemaName, name);
      return field === undefined ? undefined : fieldSchema(schemas, field);
    },
    items: undefined,
    strategies: [],
    mergeKey: undefined,
  };
}

function fieldSchema(schemas: Schemas, field: FieldSchema): PatchSchema {
  const element = field.ref === undefined ? undefined : objectSchema(schemas, field.ref);
  return {
    field: (name) => (field.container === 'map' ? element : element?.field(name)),
    items: field.container === 'list' ? element : undefined,
    strategies: field.patchStrategy ?? [],
    mergeKey: field.patchMergeKey,
  };
}

function mergeObjects(target: JsonObject, patch: JsonObject, schema: PatchSchema | undefined): JsonObject {
  const directive = patch[DIRECTIVE];
  if (directive === 'replace') return cloneJson(without(patch, DIRECTIVE));
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge')
    throw unclassified(`unknown patch type: ${goSyntax(directive)} in map: ${goSyntax(patch)}`);

  const result: JsonObject = { ...target };
  retainKeys(result, patch);
  for (const [key, order] of Object.entries(patch))
    if (key.startsWith(SET_ORDER)) {
      const field = key.slice(SET_ORDER.length);
      checkOrder(patch[field], order, schema?.field(field)?.mergeKey);
    }
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith(DELETE_FROM_PRIMITIVES)) {
      const field = key.slice(DELETE_FROM_PRIMITIVES.length);
      const current = result[field];
      const removed = Array.isArray(value) ? value : [];
      if (Array.isArray(current))
        result[field] = current.filter((entry) => !removed.some((gone) => jsonEqual(gone, entry)));
      // A list that nothing else in the patch touches is still put in order below.
    } else if (key.startsWith('$')) continue;
    else if (value === null) Reflect.deleteProperty(result, key);
    else mergeField(result, key, value, schema?.field(key));
  }
  for (const [key, value] of Object.entries(patch)) {
    if (!key.startsWith(SET_ORDER) || !Array.isArray(value)) continue;
    const field = key.slice(SET_ORDER.length);
    const list = result[field];
    if (Array.isArray(list))
      result[field] = inOrder(list, value, target[field], schema?.field(field)?.mergeKey);
  }
  return result;
}

function mergeField(result: JsonObject, key: string, value: unknown, schema: PatchSchema | undefined): void {
  const current = result[key];
  if (isJsonObject(value)) {
    const replace = schema?.strategies.includes('replace') === true;
    const base = isJsonObject(current) && !replace ? current : {};
    const merged = mergeObjects(base, value, schema);
    if (value[DIRECTIVE] === 'delete') Reflect.deleteProperty(result, key);
    else result[key] = merged;
  } else if (Array.isArray(value)) {
    result[key] = mergeLists(Array.isArray(current) ? current : [], value, schema);
  } else result[key] = value;
}

function mergeLists(
  current: readonly unknown[],
  patch: readonly unknown[],
  schema: PatchSchema | undefined,
): unknown[] {
  const merging = schema?.strategies.includes('merge') === true;
  if (!merging) return cloneJson(patch.filter((entry) => !isDirectiveOnly(entry)));
  const mergeKey = schema.mergeKey;
  if (mergeKey === undefined) {
    const added = patch.filter((entry) => !current.some((known) => jsonEqual(known, entry)));
    return inOrder([...current, ...cloneJson(added)], patch, current, undefined);
  }
  const replaces = patch.some((entry) => isJsonObject(entry) && entry[DIRECTIVE] === 'replace');
  if (replaces) return cloneJson(patch.filter((entry) => !isDirectiveOnly(entry)));

  const result = [...current];
  for (const entry of patch) {
    if (!isJsonObject(entry)) throw badRequest('invalid patch: list of objects expected');
    const key = entry[mergeKey];
    if (key === undefined) throw withoutMergeKey(entry, mergeKey);
    const index = result.findIndex((known) => isJsonObject(known) && jsonEqual(known[mergeKey], key));
    if (entry[DIRECTIVE] === 'delete') {
      for (let at = result.length - 1; at >= 0; at--) {
        const known = result[at];
        if (isJsonObject(known) && jsonEqual(known[mergeKey], key)) result.splice(at, 1);
      }
      continue;
    }
    const base = result[index];
    const merged = mergeObjects(isJsonObject(base) ? base : {}, entry, schema.items);
    if (index >= 0) result[index] = merged;
    else result.push(merged);
  }
  return inOrder(result, patch, current, mergeKey);
}

/**
 * A patch must name the elements of a list in the order that it asks for.
 * @throws ApiError 500.
 */
function checkOrder(list: unknown, order: unknown, mergeKey: string | undefined): void {
  if (!Array.isArray(list) || !Array.isArray(order) || order.length === 0) return;
  const keyOf = (entry: unknown): unknown => {
    if (mergeKey === undefined || !isJsonObject(entry)) return entry;
    if (entry[mergeKey] === undefined) throw withoutMergeKey(entry, mergeKey);
    return entry[mergeKey];
  };
  let at = 0;
  for (const entry of list) {
    if (isJsonObject(entry) && DIRECTIVE in entry) continue;
    while (at < order.length && !jsonEqual(keyOf(order[at]), keyOf(entry))) at++;
    if (at++ === order.length)
      throw unclassified(
        `The order in patch list:\n${goSyntax(list)}\n doesn't match $setElementOrder list:\n${goSyntax(order)}\n`,
      );
  }
}

function withoutMergeKey(entry: JsonObject, mergeKey: string): ApiError {
  return unclassified(`map: ${goSyntax(entry)} does not contain declared merge key: ${mergeKey}`);
}

/** Removes the fields that are not listed in `$retainKeys`. */
function retainKeys(result: JsonObject, patch: JsonObject): void {
  const kept = patch[RETAIN_KEYS];
  if (!Array.isArray(kept)) return;
  for (const key of Object.keys(result)) if (!kept.includes(key)) Reflect.deleteProperty(result, key);
}

/**
 * Puts a merged list in the order that the patch asks for, or has itself. Elements that only the server has stay
 * behind the element they followed; what the patch adds comes before them.
 */
function inOrder(
  list: readonly unknown[],
  order: readonly unknown[],
  before: unknown,
  mergeKey: string | undefined,
): unknown[] {
  const keyOf = (entry: unknown): string =>
    JSON.stringify(mergeKey !== undefined && isJsonObject(entry) ? entry[mergeKey] : entry);
  const wanted = order.map(keyOf);
  const listed = list.filter((entry) => wanted.includes(keyOf(entry)));
  const serverOnly = list.filter((entry) => !wanted.includes(keyOf(entry)));
  listed.sort((a, b) => wanted.indexOf(keyOf(a)) - wanted.indexOf(keyOf(b)));
  const original = Array.isArray(before) ? before.map(keyOf) : [];
  const result: unknown[] = [];
  for (const entry of listed) {
    const position = original.indexOf(keyOf(entry));
    while (position >= 0 && serverOnly.length > 0 && original.indexOf(keyOf(serverOnly[0])) < position)
      result.push(serverOnly.shift());
    result.push(entry);
  }
  return [...result, ...serverOnly];
}

function isDirectiveOnly(entry: unknown): boolean {
  return isJsonObject(entry) && DIRECTIVE in entry && Object.keys(entry).length === 1;
}

function without(object: JsonObject, key: string): JsonObject {
  const { [key]: _dropped, ...rest } = object;
  return rest;
}
