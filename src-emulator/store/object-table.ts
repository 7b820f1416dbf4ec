import type { KubeObject } from '../api/objects.ts';

/**
 * Under which values an object is found, as an IndexFunc of client-go's informers. The function itself is the
 * index's name: keep one for each index. What it says may depend on the object alone.
 */
export type IndexFunction<T extends KubeObject = KubeObject> = (object: T) => readonly string[];

/** The objects of one resource, in the order of etcd's keys: all, by namespace, and by whatever else is asked for. */
export class ObjectTable {
  readonly #objects = new Map<string, KubeObject>();
  readonly #all = new Bucket();
  readonly #namespaces = new Map<string, Bucket>();
  /** Each is made when it is first asked for, and kept up to date from then on. */
  readonly #indexes = new Map<IndexFunction<never>, Map<string, Bucket>>();

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): KubeObject | undefined {
    return this.#objects.get(key);
  }

  /** Keys and objects, in the order in which they came. */
  entries(): Iterable<[string, KubeObject]> {
    return this.#objects;
  }

  /** All objects, or those of one namespace. */
  list(namespace?: string): readonly KubeObject[] {
    const bucket = namespace === undefined ? this.#all : this.#namespaces.get(namespace);
    return bucket?.list(this.#objects) ?? [];
  }

  /** The objects that an index has under a value. The same array until one of them changes. */
  byIndex<T extends KubeObject>(index: IndexFunction<T>, value: string): readonly T[] {
    let buckets = this.#indexes.get(index);
    if (buckets === undefined) {
      this.#indexes.set(index, (buckets = new Map<string, Bucket>()));
      for (const [key, object] of this.#objects)
        for (const each of index(object as T)) bucketOf(buckets, each).add(key);
    }
    return (buckets.get(value)?.list(this.#objects) ?? []) as readonly T[];
  }

  /** @returns what was there before. */
  put(key: string, object: KubeObject): KubeObject | undefined {
    const previous = this.#objects.get(key);
    this.#objects.set(key, object);
    const { namespace } = object.metadata;
    for (const bucket of [
      this.#all,
      ...(namespace === undefined ? [] : [bucketOf(this.#namespaces, namespace)]),
    ])
      if (previous === undefined) bucket.add(key);
      else bucket.changed();
    this.#reindex(key, previous, object);
    return previous;
  }

  /** @returns what was there. */
  delete(key: string): KubeObject | undefined {
    const previous = this.#objects.get(key);
    if (previous === undefined) return undefined;
    this.#objects.delete(key);
    this.#all.remove(key);
    const { namespace } = previous.metadata;
    if (namespace !== undefined) removeFrom(this.#namespaces, namespace, key);
    this.#reindex(key, previous, undefined);
    return previous;
  }

  #reindex(key: string, previous: KubeObject | undefined, object: KubeObject | undefined): void {
    for (const [index, buckets] of this.#indexes) {
      const before = previous === undefined ? [] : index(previous as never);
      const now = object === undefined ? [] : index(object as never);
      for (const value of before)
        if (now.includes(value)) buckets.get(value)?.changed();
        else removeFrom(buckets, value, key);
      for (const value of now) if (!before.includes(value)) bucketOf(buckets, value).add(key);
    }
  }
}

function bucketOf(buckets: Map<string, Bucket>, value: string): Bucket {
  let bucket = buckets.get(value);
  if (bucket === undefined) buckets.set(value, (bucket = new Bucket()));
  return bucket;
}

function removeFrom(buckets: Map<string, Bucket>, value: string, key: string): void {
  const bucket = buckets.get(value);
  bucket?.remove(key);
  if (bucket?.isEmpty === true) buckets.delete(value);
}

/** Keys in order, and the list of their objects until one of them changes. */
class Bucket {
  readonly #keys: string[] = [];
  #listed: readonly KubeObject[] | undefined;

  get isEmpty(): boolean {
    return this.#keys.length === 0;
  }

  add(key: string): void {
    const at = this.#place(key);
    if (this.#keys[at] !== key) this.#keys.splice(at, 0, key);
    this.#listed = undefined;
  }

  remove(key: string): void {
    const at = this.#place(key);
    if (this.#keys[at] === key) this.#keys.splice(at, 1);
    this.#listed = undefined;
  }

  changed(): void {
    this.#listed = undefined;
  }

  list(objects: ReadonlyMap<string, KubeObject>): readonly KubeObject[] {
    if (this.#listed !== undefined) return this.#listed;
    const listed: KubeObject[] = [];
    for (const key of this.#keys) {
      const object = objects.get(key);
      if (object !== undefined) listed.push(object);
    }
    this.#listed = listed;
    return listed;
  }

  /** Where a key is, or would be. */
  #place(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] ?? '') < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
