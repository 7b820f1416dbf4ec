import { isJsonObject } from '../../../store/json.ts';
import type { ListType } from './typed-schema.ts';

/** A value that does not fit its schema, in the words of structured-merge-diff. `path` is where. */
export class MergeFault extends Error {
  readonly why: string;
  readonly path: string;

  constructor(why: string, path = '') {
    super(path === '' ? why : `${path}: ${why}`);
    this.why = why;
    this.path = path;
  }
}

export function fieldElement(name: string): string {
  return `f:${name}`;
}

/**
 * The path element of an item of an associative list.
 * @throws MergeFault when the item cannot be told from others.
 */
export function itemElement(type: ListType, item: unknown): string {
  if (type.keys.length === 0) return setElement(item);
  if (item === null) throw new MergeFault('associative list with keys may not have a null element');
  if (!isJsonObject(item)) throw new MergeFault('associative list with keys may not have non-map elements');
  const key: Record<string, unknown> = {};
  for (const name of type.keys.toSorted()) {
    const value = item[name] === undefined ? type.keyDefaults.get(name) : item[name];
    if (value !== undefined) key[name] = value;
  }
  if (Object.keys(key).length === 0) {
    const names = type.keys.map((name) => JSON.stringify(name)).join(' ');
    throw new MergeFault(
      `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`,
    );
  }
  return `k:${JSON.stringify(key)}`;
}

function setElement(item: unknown): string {
  if (isJsonObject(item))
    throw new MergeFault("associative list without keys has an element that's a map type");
  if (Array.isArray(item)) throw new MergeFault('not supported: associative list with lists as elements');
  if (item === null)
    throw new MergeFault("associative list without keys has an element that's an explicit null");
  return `v:${JSON.stringify(item)}`;
}

/** {@link itemElement} of every item. @throws MergeFault that says which item. */
export function itemElements(type: ListType, items: readonly unknown[]): string[] {
  return items.map((item, index) => {
    try {
      return itemElement(type, item);
    } catch (error) {
      if (error instanceof MergeFault) throw new MergeFault(`element ${index}: ${error.why}`);
      throw error;
    }
  });
}
