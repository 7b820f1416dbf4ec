import { isJsonObject, jsonEqual } from '../../../store/json.ts';
import { FieldSet } from './field-set.ts';
import { fieldElement, itemElements } from './path-elements.ts';
import type { ListType, MapType, MergeType } from './typed-schema.ts';

/** What one object has and another has not. A field is in one of the three at most. */
export interface Comparison {
  removed: FieldSet;
  modified: FieldSet;
  added: FieldSet;
}

/** Compares two objects field by field, as their type divides them into fields. */
export function compareObjects(before: object, after: object, type: MapType): Comparison {
  const comparer = new Comparer();
  comparer.compare(before, after, type);
  return comparer.found;
}

class Comparer {
  readonly found: Comparison = { removed: new FieldSet(), modified: new FieldSet(), added: new FieldSet() };
  /** Where the comparison is. */
  readonly #path: string[] = [];

  /** Undefined is absent; null is a value. */
  compare(before: unknown, after: unknown, type: MergeType | undefined): void {
    if (before === after) return;
    if (type?.kind === 'list' && !type.atomic) {
      const left = Array.isArray(before) ? before : [];
      const right = Array.isArray(after) ? after : [];
      if (left.length > 0 || right.length > 0) {
        this.#items(left, right, type);
        this.#presence(before, after);
        return;
      }
    } else if (type?.kind === 'map' && !type.atomic) {
      const left = isJsonObject(before) ? before : {};
      const right = isJsonObject(after) ? after : {};
      if (Object.keys(left).length > 0 || Object.keys(right).length > 0) {
        this.#fields(left, right, type);
        this.#presence(before, after);
        return;
      }
    }
    if (!this.#presence(before, after) && !jsonEqual(before, after)) this.found.modified.insert(this.#path);
  }

  #presence(before: unknown, after: unknown): boolean {
    if (before === undefined) this.found.added.insert(this.#path);
    else if (after === undefined) this.found.removed.insert(this.#path);
    else return false;
    return true;
  }

  #fields(before: Record<string, unknown>, after: Record<string, unknown>, type: MapType): void {
    for (const name of Object.keys(before))
      this.#below(fieldElement(name), before[name], after[name], type.field(name));
    for (const name of Object.keys(after))
      if (before[name] === undefined)
        this.#below(fieldElement(name), undefined, after[name], type.field(name));
  }

  #items(before: readonly unknown[], after: readonly unknown[], type: ListType): void {
    const left = itemsByElement(type, before);
    const right = itemsByElement(type, after);
    for (const element of new Set([...left.keys(), ...right.keys()])) {
      const [first, ...moreBefore] = left.get(element) ?? [];
      const [second, ...moreAfter] = right.get(element) ?? [];
      const wasTwice = moreBefore.length > 0;
      const isTwice = moreAfter.length > 0;
      if (!wasTwice && !isTwice) {
        this.#below(element, first, second, type.element);
        continue;
      }
      // Elements that occur more than once count as one field.
      this.#path.push(element);
      if (wasTwice && isTwice) {
        if (!jsonEqual(left.get(element), right.get(element))) this.found.modified.insert(this.#path);
      } else if (wasTwice) {
        if (second !== undefined) this.compare(undefined, second, type.element);
        this.found.removed.insert(this.#path);
      } else {
        if (first !== undefined) this.compare(first, undefined, type.element);
        this.found.added.insert(this.#path);
      }
      this.#path.pop();
    }
  }

  #below(element: string, before: unknown, after: unknown, type: MergeType | undefined): void {
    this.#path.push(element);
    this.compare(before, after, type);
    this.#path.pop();
  }
}

function itemsByElement(type: ListType, items: readonly unknown[]): Map<string, unknown[]> {
  const elements = itemElements(type, items);
  const found = new Map<string, unknown[]>();
  for (const [index, element] of elements.entries()) {
    const same = found.get(element);
    if (same === undefined) found.set(element, [items[index]]);
    else same.push(items[index]);
  }
  return found;
}
