import type { SchemaTypes } from './field-schema.ts';
import { isJsonObject, type JsonObject } from './json.ts';

interface OrderedField {
  rank: number;
  /** The type of the object, or of the objects in the list or map. */
  ref: string | undefined;
  container: 'list' | 'map' | undefined;
}

/**
 * Puts the fields of objects in the order of Go's structs, and the keys of maps in that of the alphabet: that is how
 * the JSON of a Kubernetes server reads.
 */
export class FieldOrder {
  readonly #types: SchemaTypes;
  readonly #known = new Map<string, ReadonlyMap<string, OrderedField>>();

  constructor(types: SchemaTypes) {
    this.#types = types;
  }

  /** The value itself, untouched, when it is in order; otherwise a copy that shares what is. */
  arrange<T extends object>(typeName: string, value: T): T {
    return this.#object(typeName, value as unknown as JsonObject) as unknown as T;
  }

  #object(typeName: string, value: JsonObject): JsonObject {
    const fields = this.#fieldsOf(typeName);
    if (fields === undefined) return value;
    let inOrder = true;
    let last = -1;
    let replaced: [string, unknown][] | undefined;
    for (const name in value) {
      const field = fields.get(name);
      if (field === undefined) continue;
      if (field.rank < last) inOrder = false;
      last = field.rank;
      const before = value[name];
      const after = this.#content(field, before);
      if (after !== before) (replaced ??= []).push([name, after]);
    }
    if (inOrder && replaced === undefined) return value;
    const copy = { ...value, ...(replaced === undefined ? {} : Object.fromEntries(replaced)) };
    if (inOrder) return copy;
    const rankOf = (name: string): number => fields.get(name)?.rank ?? fields.size;
    return Object.fromEntries(Object.entries(copy).sort(([a], [b]) => rankOf(a) - rankOf(b)));
  }

  #content({ ref, container }: OrderedField, value: unknown): unknown {
    if (container === 'list') {
      if (ref === undefined || !Array.isArray(value)) return value;
      const items: readonly unknown[] = value;
      const arranged = items.map((item) => (isJsonObject(item) ? this.#object(ref, item) : item));
      return arranged.some((item, index) => item !== items[index]) ? arranged : value;
    }
    if (!isJsonObject(value)) return value;
    if (container === 'map') return this.#map(ref, value);
    return ref === undefined ? value : this.#object(ref, value);
  }

  #map(ref: string | undefined, value: JsonObject): JsonObject {
    let inOrder = true;
    let last = '';
    let replaced: [string, unknown][] | undefined;
    for (const key in value) {
      if (key < last) inOrder = false;
      last = key;
      const before = value[key];
      const after = ref !== undefined && isJsonObject(before) ? this.#object(ref, before) : before;
      if (after !== before) (replaced ??= []).push([key, after]);
    }
    if (inOrder && replaced === undefined) return value;
    const copy = { ...value, ...(replaced === undefined ? {} : Object.fromEntries(replaced)) };
    return Object.fromEntries(Object.entries(copy).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #fieldsOf(typeName: string): ReadonlyMap<string, OrderedField> | undefined {
    const known = this.#known.get(typeName);
    if (known !== undefined) return known;
    const types = this.#types[typeName];
    if (types === undefined) return undefined;
    const fields = new Map(
      Object.entries(types).map(
        ([name, { ref, container }], rank) => [name, { rank, ref, container }] as const,
      ),
    );
    this.#known.set(typeName, fields);
    return fields;
  }
}
