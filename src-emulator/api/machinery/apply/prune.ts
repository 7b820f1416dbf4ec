import { isJsonObject } from '../../../store/json.ts';
import { FieldSet } from './field-set.ts';
import { fieldElement, itemElements } from './path-elements.ts';
import type { ListType, MapType, MergeType } from './typed-schema.ts';

/** An object without the fields and items of a set. The object is not changed; the result shares parts with it. */
export function removeFields(
  object: Record<string, unknown>,
  fields: FieldSet,
  type: MapType,
): Record<string, unknown> {
  const left = remove(object, fields, type);
  return isJsonObject(left) ? left : {};
}

function remove(value: unknown, fields: FieldSet, type: MergeType | undefined): unknown {
  if (type?.kind === 'list' && !type.atomic && Array.isArray(value)) {
    const elements = itemElements(type, value);
    return value.flatMap((item: unknown, index) => {
      const element = elements[index] ?? '';
      if (fields.members.has(element)) return [];
      const below = fields.children.get(element);
      return [below === undefined ? item : remove(item, below, type.element)];
    });
  }
  if (type?.kind === 'map' && !type.atomic && isJsonObject(value)) {
    const left: Record<string, unknown> = {};
    for (const [name, content] of Object.entries(value)) {
      const element = fieldElement(name);
      if (fields.members.has(element)) continue;
      const below = fields.children.get(element);
      left[name] = below === undefined ? content : remove(content, below, type.field(name));
    }
    return left;
  }
  return value;
}

/** Every leaf, item and empty map of an object, as the set of fields that whoever applies it owns. */
export function fieldsOf(object: Record<string, unknown>, type: MapType): FieldSet {
  const set = new FieldSet();
  collect(object, type, set, []);
  return set;
}

function collect(value: unknown, type: MergeType | undefined, set: FieldSet, path: string[]): void {
  if (type?.kind === 'list' && !type.atomic) {
    if (Array.isArray(value)) collectItems(value, type, set, path);
    return;
  }
  if (type?.kind === 'map' && !type.atomic) {
    if (!isJsonObject(value)) return;
    for (const [name, content] of Object.entries(value)) {
      path.push(fieldElement(name));
      collect(content, type.field(name), set, path);
      const isEmpty = content === null || (isJsonObject(content) && Object.keys(content).length === 0);
      if (isEmpty || !type.declares(name)) set.insert(path);
      path.pop();
    }
    return;
  }
  set.insert(path);
}

function collectItems(items: readonly unknown[], type: ListType, set: FieldSet, path: string[]): void {
  const elements = itemElements(type, items);
  for (const [index, element] of elements.entries()) {
    path.push(element);
    const isTwice = elements.indexOf(element) !== elements.lastIndexOf(element);
    if (!isTwice) collect(items[index], type.element, set, path);
    set.insert(path);
    path.pop();
  }
}

/**
 * A set in which every declared field with something below it is a member itself: only so can a struct be
 * removed as a whole.
 */
export function withNamedFields(set: FieldSet, type: MergeType | undefined): FieldSet {
  const result = new FieldSet();
  for (const element of set.members) result.members.add(element);
  for (const [element, child] of set.children) {
    const name = element.startsWith('f:') ? element.slice(2) : undefined;
    if (type?.kind === 'map' && name !== undefined && type.declares(name)) result.members.add(element);
    result.children.set(element, withNamedFields(child, typeBelow(type, name)));
  }
  return result;
}

function typeBelow(type: MergeType | undefined, name: string | undefined): MergeType | undefined {
  if (type?.kind === 'map') return name === undefined ? undefined : type.field(name);
  return type?.kind === 'list' ? type.element : undefined;
}
