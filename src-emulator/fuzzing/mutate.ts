import type { FieldSchema } from '../api/schema/field-schema.ts';
import { cloneJson, isJsonObject } from '../store/json.ts';
import type { Json } from './case.ts';
import type { Random } from './random.ts';
import { fieldsOf, shortName } from './schema.ts';
import { FIELD_VALUES, GENERIC_VALUES, MAP_KEYS, WRONG_TYPES } from './values/index.ts';

/** How deep an object is that is made from its schema alone. */
const MAX_DEPTH = 3;
/** What only the server writes, and what would tie a case to one run. */
const SERVERS_OWN = new Set(['creationTimestamp', 'deletionTimestamp', 'managedFields', 'selfLink']);
/** At each step down from the root: to go no further. */
const STOP_HERE = 0.3;
/** Fields whose values stand in the table are tried more often than others. */
const KNOWN_FIELD_WEIGHT = 6;

/** A field, and the type whose field it is. */
interface FieldOfType {
  typeName: string;
  name: string;
  field: FieldSchema;
}

/** Changes one thing somewhere in an object, in place. */
export function mutate(object: Json, typeName: string, random: Random): void {
  const fields = fieldsOf(typeName);
  const present = Object.keys(object).filter((name) => {
    const field = fields[name];
    return field !== undefined && (field.type === 'object' || field.container !== undefined);
  });
  // Kind and version stay as they are: what is said of those is not found by chance.
  if (present.length === 0 || (random.chance(STOP_HERE) && !('apiVersion' in object))) {
    mutateFields(object, typeName, random);
    return;
  }
  const name = random.pick(present);
  const field = fields[name];
  const value = object[name];
  if (field === undefined) return;
  if (field.container === 'list' && Array.isArray(value))
    mutateList(object, value, { typeName, name, field }, random);
  else if (field.container === 'map' && isJsonObject(value)) mutateMap(value, name, field, random);
  else if (isJsonObject(value) && field.ref !== undefined) mutate(value, field.ref, random);
  else mutateFields(object, typeName, random);
}

function mutateFields(object: Json, typeName: string, random: Random): void {
  const fields = fieldsOf(typeName);
  const names = Object.keys(fields).filter((name) => !SERVERS_OWN.has(name));
  const present = Object.keys(object).filter(
    (name) => name in fields && name !== 'apiVersion' && name !== 'kind',
  );
  const wrong = present.length > 0 ? 1 : 0;
  const what = random.weighted([
    [names.length > 0 ? 14 : 0, 'set'],
    [wrong * 4, 'delete'],
    [wrong, 'wrong type'],
    [0.5, 'unknown'],
    [wrong * 0.5, 'misspell'],
  ] as const);
  switch (what) {
    case 'set': {
      const name = random.weighted(
        names.map(
          (field) =>
            [
              `${shortName(typeName)}.${field}` in FIELD_VALUES
                ? KNOWN_FIELD_WEIGHT
                : field in object
                  ? 3
                  : 1,
              field,
            ] as const,
        ),
      );
      const field = fields[name];
      if (field !== undefined) object[name] = makeField({ typeName, name, field }, random, 0);
      return;
    }
    case 'delete':
      Reflect.deleteProperty(object, random.pick(present));
      return;
    case 'wrong type':
      object[random.pick(present)] = anyWrong(random);
      return;
    case 'unknown':
      object[random.pick(['foo', 'extra', 'Spec'])] = anyWrong(random);
      return;
    case 'misspell': {
      const name = random.pick(present);
      object[name.toUpperCase() === name ? `${name}s` : name.slice(0, -1)] = object[name];
      Reflect.deleteProperty(object, name);
    }
  }
}

function mutateList(parent: Json, list: unknown[], at: FieldOfType, random: Random): void {
  const objects = list.filter((item) => isJsonObject(item));
  const { ref } = at.field;
  const what = random.weighted([
    [objects.length > 0 && ref !== undefined ? 12 : 0, 'inside'],
    [3, 'add'],
    [list.length > 0 ? 2 : 0, 'repeat'],
    [list.length > 0 ? 1 : 0, 'remove'],
    [list.length > 1 ? 0.5 : 0, 'reverse'],
    [0.5, 'wrong item'],
    [1, 'replace'],
  ] as const);
  switch (what) {
    case 'inside':
      mutate(random.pick(objects), ref ?? '', random);
      return;
    case 'add':
      list.push(makeSingle(at, random, 0));
      return;
    case 'repeat': {
      const again = cloneJson(random.pick(list));
      if (isJsonObject(again) && ref !== undefined && random.chance(0.7)) mutateFields(again, ref, random);
      list.push(again);
      return;
    }
    case 'remove':
      list.splice(random.below(list.length), 1);
      return;
    case 'reverse':
      list.reverse();
      return;
    case 'wrong item':
      list.push(anyWrong(random));
      return;
    case 'replace':
      parent[at.name] = makeField(at, random, 0);
  }
}

function mutateMap(map: Json, name: string, field: FieldSchema, random: Random): void {
  const keys = Object.keys(map);
  const what = random.weighted([
    [6, 'add'],
    [keys.length > 0 ? 3 : 0, 'change'],
    [keys.length > 0 ? 2 : 0, 'delete'],
    [0.5, 'wrong type'],
  ] as const);
  const known = MAP_KEYS[name] ?? GENERIC_VALUES['key'] ?? [];
  const value: FieldOfType = { typeName: '', name: `${name}.value`, field };
  if (what === 'add') map[String(random.pick(known))] = makeSingle(value, random, 0);
  else if (what === 'change') map[random.pick(keys)] = makeSingle(value, random, 0);
  else if (what === 'delete') Reflect.deleteProperty(map, random.pick(keys));
  else map[keys[0] ?? 'a'] = anyWrong(random);
}

/** A new value of a field. @param depth how many objects made from their schemas alone it stands in */
export function makeField(at: FieldOfType, random: Random, depth: number): unknown {
  const { field } = at;
  const known = knownValues(at);
  if (known !== undefined && field.type !== 'object') {
    const value = cloneJson(random.pick(known));
    if (field.container !== 'list' || Array.isArray(value)) return value;
    return [value];
  }
  if (field.container === 'list')
    return Array.from({ length: random.pick([1, 1, 1, 2, 0]) }, () => makeSingle(at, random, depth));
  if (field.container === 'map') {
    const map: Json = {};
    for (let count = random.pick([1, 1, 2, 0]); count > 0; count--) mutateMap(map, at.name, field, random);
    return map;
  }
  if (known !== undefined && random.chance(0.6)) return cloneJson(random.pick(known));
  return makeSingle(at, random, depth);
}

function knownValues({ typeName, name }: FieldOfType): readonly unknown[] | undefined {
  return FIELD_VALUES[`${shortName(typeName)}.${name}`] ?? FIELD_VALUES[name];
}

/** A new value of a field that is no list or map, or of an item of one that is. */
function makeSingle(at: FieldOfType, random: Random, depth: number): unknown {
  const { field } = at;
  if (field.type !== 'object') {
    const single = knownValues(at)?.filter((value) => typeof value !== 'object') ?? [];
    return cloneJson(random.pick(single.length > 0 ? single : (GENERIC_VALUES[field.type] ?? [''])));
  }
  const object: Json = {};
  const fields = Object.entries(fieldsOf(field.ref ?? '')).filter(([key]) => !SERVERS_OWN.has(key));
  if (fields.length === 0 || depth >= MAX_DEPTH) return object;
  const wanted = Math.min(fields.length, 1 + random.below(4));
  for (const [key, content] of fields) {
    const likely =
      key === 'name' || key === 'key' || key === 'port' || key === 'containerPort' || key === 'image';
    if (random.chance(likely ? 0.85 : wanted / fields.length))
      object[key] = makeField({ typeName: field.ref ?? '', name: key, field: content }, random, depth + 1);
  }
  return object;
}

/** Something that does not belong where it is put: of its own, so that what changes it later changes no other case. */
function anyWrong(random: Random): unknown {
  return cloneJson(random.pick(WRONG_TYPES));
}
