/**
 * Sets of fields of one object, as managedFields records them in FieldsV1. Once it is put together a set stays as it
 * is: others may share it. A path element is kept in its
 * serialized form: `f:spec` a field, `k:{"name":"web"}` an element of a keyed list, `v:"a"` an element of a set.
 */
export class FieldSet {
  /** The elements that are in the set themselves. */
  readonly members = new Set<string>();
  /** What is in the set below an element. Never empty sets. */
  readonly children = new Map<string, FieldSet>();

  /** Reads FieldsV1. What does not look like a path element is left out. */
  static fromFieldsV1(fields: Record<string, unknown>): FieldSet {
    const set = new FieldSet();
    for (const [element, content] of Object.entries(fields)) {
      if (!/^[fkvi]:/.test(element)) continue;
      const below = typeof content === 'object' && content !== null ? (content as typeof fields) : {};
      const child = FieldSet.fromFieldsV1(below);
      if (child.isEmpty || '.' in below) set.members.add(element);
      if (!child.isEmpty) set.children.set(element, child);
    }
    return set;
  }

  /** Writes FieldsV1, elements in the order in which the real server has them. */
  toFieldsV1(): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    for (const element of [...new Set([...this.members, ...this.children.keys()])].sort(compareElements)) {
      const child = this.children.get(element);
      const self = child !== undefined && this.members.has(element) ? { '.': {} } : {};
      fields[element] = { ...self, ...child?.toFieldsV1() };
    }
    return fields;
  }

  get isEmpty(): boolean {
    return this.members.size === 0 && this.children.size === 0;
  }

  insert(path: readonly string[], depth = 0): void {
    const element = path[depth];
    if (element === undefined) return;
    if (depth === path.length - 1) {
      this.members.add(element);
      return;
    }
    let child = this.children.get(element);
    if (child === undefined) this.children.set(element, (child = new FieldSet()));
    child.insert(path, depth + 1);
  }

  has(path: readonly string[], depth = 0): boolean {
    const element = path[depth];
    if (element === undefined) return false;
    if (depth === path.length - 1) return this.members.has(element);
    return this.children.get(element)?.has(path, depth + 1) ?? false;
  }

  /** This set itself when it holds the other one already. */
  union(other: FieldSet): FieldSet {
    if (this.includes(other)) return this;
    return combine(this, other, (a, b) => a || b);
  }

  intersection(other: FieldSet): FieldSet {
    return combine(this, other, (a, b) => a && b);
  }

  /** Without the members of `other`. What is below a member stays. This set itself when they share none. */
  difference(other: FieldSet): FieldSet {
    if (!this.meets(other)) return this;
    return combine(this, other, (a, b) => a && !b);
  }

  /** Without the members of `other` and everything below them. This set itself when there is nothing of them. */
  withoutTrees(other: FieldSet): FieldSet {
    if (!this.reaches(other)) return this;
    const result = new FieldSet();
    for (const element of this.members) if (!other.members.has(element)) result.members.add(element);
    for (const [element, child] of this.children) {
      if (other.members.has(element)) continue;
      const removed = other.children.get(element);
      const left = removed === undefined ? child : child.withoutTrees(removed);
      if (!left.isEmpty) result.children.set(element, left);
    }
    return result;
  }

  /** A text that sets have in common which were put together alike. Elements are in no particular order. */
  shape(): string {
    let text = '';
    for (const element of this.members) text += `${element}\n`;
    for (const [element, child] of this.children) text += `${element}{${child.shape()}}`;
    return text;
  }

  /** Whether all members of `other` are in this set. */
  includes(other: FieldSet): boolean {
    for (const element of other.members) if (!this.members.has(element)) return false;
    for (const [element, child] of other.children)
      if (this.children.get(element)?.includes(child) !== true) return false;
    return true;
  }

  /** Whether the sets have a member in common. */
  meets(other: FieldSet): boolean {
    for (const element of other.members) if (this.members.has(element)) return true;
    for (const [element, child] of other.children)
      if (this.children.get(element)?.meets(child) === true) return true;
    return false;
  }

  /** Whether a member of `other`, or something below one, is in this set. */
  reaches(other: FieldSet): boolean {
    for (const element of other.members)
      if (this.members.has(element) || this.children.has(element)) return true;
    for (const [element, child] of other.children)
      if (this.children.get(element)?.reaches(child) === true) return true;
    return false;
  }

  equals(other: FieldSet): boolean {
    if (this.members.size !== other.members.size || this.children.size !== other.children.size) return false;
    for (const element of this.members) if (!other.members.has(element)) return false;
    for (const [element, child] of this.children) {
      const counterpart = other.children.get(element);
      if (counterpart === undefined || !child.equals(counterpart)) return false;
    }
    return true;
  }

  /** All paths: of each level first its members, then what is below them. */
  *paths(prefix: readonly string[] = []): Generator<string[]> {
    for (const element of [...this.members].sort(compareElements)) yield [...prefix, element];
    for (const element of [...this.children.keys()].sort(compareElements))
      yield* this.children.get(element)?.paths([...prefix, element]) ?? [];
  }
}

function combine(a: FieldSet, b: FieldSet, keep: (inA: boolean, inB: boolean) => boolean): FieldSet {
  const result = new FieldSet();
  for (const element of a.members) if (keep(true, b.members.has(element))) result.members.add(element);
  if (keep(false, true))
    for (const element of b.members) if (!a.members.has(element)) result.members.add(element);
  const empty = new FieldSet();
  for (const element of new Set([...a.children.keys(), ...b.children.keys()])) {
    const child = combine(a.children.get(element) ?? empty, b.children.get(element) ?? empty, keep);
    if (!child.isEmpty) result.children.set(element, child);
  }
  return result;
}

/** Fields by name, then keys by the values of their fields, then values. Numbers count as numbers. */
function compareElements(a: string, b: string): number {
  if (a[0] !== b[0] || a.startsWith('f:')) return a < b ? -1 : a > b ? 1 : 0;
  return compareValues(JSON.parse(a.slice(2)), JSON.parse(b.slice(2)));
}

function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) {
    const left = Object.entries(a);
    const right = Object.entries(b);
    for (const [index, [name, value]] of left.entries()) {
      const other = right[index];
      if (other === undefined) return 1;
      if (name !== other[0]) return name < other[0] ? -1 : 1;
      const order = compareValues(value, other[1]);
      if (order !== 0) return order;
    }
    return left.length - right.length;
  }
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A path as messages show it: `.spec.containers[name="web"].image`. */
export function formatPath(path: readonly string[]): string {
  return path.map(formatElement).join('');
}

export function formatElement(element: string): string {
  const content = element.slice(2);
  if (element.startsWith('f:')) return `.${content}`;
  if (element.startsWith('v:')) return `[=${content}]`;
  if (element.startsWith('i:')) return `[${content}]`;
  const key = JSON.parse(content) as Record<string, unknown>;
  const fields = Object.entries(key).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `[${fields.join(',')}]`;
}
