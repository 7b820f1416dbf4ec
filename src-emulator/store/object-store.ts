import type { KubeObject } from '../api/objects.ts';
import { deepFreeze } from './json.ts';
import { ObjectTable, type IndexFunction } from './object-table.ts';

/** One write, as watchers see it. */
export interface StoreEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** Group-resource, for example `deployments.apps`. */
  resource: string;
  /** The revision that this write made; it is also the object's resourceVersion. */
  revision: number;
  /** What is stored now; for DELETED the last state, with the revision of the deletion. */
  object: KubeObject;
  /** What was stored before. Absent for ADDED. */
  previous?: KubeObject;
}

export interface StoreWatchOptions {
  namespace?: string;
  /** Deliver what was written after this revision. @throws RevisionExpired when that is compacted. */
  after: number;
}

/** Everything the store holds, as plain JSON. The history is not kept: old watches must start over. */
export interface StoreSnapshot {
  revision: number;
  objects: Record<string, KubeObject[]>;
}

/** A revision that is no longer in the history (HTTP 410). */
export class RevisionExpired extends Error {
  constructor(requested: number, oldest: number) {
    super(`too old resource version: ${requested} (${oldest})`);
    this.name = 'RevisionExpired';
  }
}

interface Watcher {
  resource: string;
  namespace: string | undefined;
  handler: (event: StoreEvent) => void;
  queue: StoreEvent[];
  closed: boolean;
}

/**
 * Versioned objects in memory: what etcd and the watch cache are to Kubernetes. Every write takes the next
 * value of one revision counter. Objects are frozen when they come in and shared from then on.
 */
export class ObjectStore {
  readonly #tables = new Map<string, ObjectTable>();
  readonly #watchers = new Set<Watcher>();
  readonly #historyLimit: number;
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  #history: StoreEvent[] = [];
  #revision = 1;
  /** Watches can resume after this revision or any later one. */
  #compacted = 1;
  #flushQueued = false;

  /** @param options.historyLimit how many writes can be replayed to a watch that resumes. */
  constructor(options: { historyLimit?: number } = {}) {
    this.#historyLimit = options.historyLimit ?? 4000;
  }

  /** The revision of the latest write. */
  get revision(): number {
    return this.#revision;
  }

  get(resource: string, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#tables.get(resource)?.get(keyOf(namespace, name));
  }

  /** All objects of a resource, or those of one namespace, ordered by namespace and name as in etcd. */
  list(resource: string, namespace?: string): KubeObject[] {
    return this.#tables.get(resource)?.list(namespace).slice() ?? [];
  }

  /** The objects of a resource that an index has under a value, in the same order; an array that others share. */
  byIndex<T extends KubeObject>(resource: string, index: IndexFunction<T>, value: string): readonly T[] {
    return this.#table(resource).byIndex(index, value);
  }

  /**
   * What {@link list} gave at an earlier revision.
   * @throws RevisionExpired when the history does not reach back so far.
   */
  listAt(resource: string, namespace: string | undefined, revision: number): KubeObject[] {
    if (revision < this.#compacted) throw new RevisionExpired(revision, this.#compacted);
    const objects = new Map(this.#tables.get(resource)?.entries());
    for (const event of this.#history.toReversed()) {
      if (event.revision <= revision) break;
      if (event.resource !== resource) continue;
      const key = keyOf(event.object.metadata.namespace, event.object.metadata.name);
      if (event.previous === undefined) objects.delete(key);
      else objects.set(key, event.previous);
    }
    return [...objects.keys()]
      .sort(compareKeys)
      .flatMap((key) => objects.get(key) ?? [])
      .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace);
  }

  /** Writes an object, new or known, and returns it as stored: frozen, with its new resourceVersion. */
  put<T extends KubeObject>(resource: string, object: T): T {
    const stored = this.#stamp(object);
    const previous = this.#table(resource).put(
      keyOf(object.metadata.namespace, object.metadata.name),
      stored,
    );
    this.#record({
      type: previous === undefined ? 'ADDED' : 'MODIFIED',
      resource,
      revision: this.#revision,
      object: stored,
      ...(previous === undefined ? {} : { previous }),
    });
    return stored;
  }

  /** Removes an object. Returns its last state (with the revision of the removal) or undefined. */
  remove(resource: string, namespace: string | undefined, name: string): KubeObject | undefined {
    const previous = this.#tables.get(resource)?.delete(keyOf(namespace, name));
    if (previous === undefined) return undefined;
    const last = this.#stamp(previous);
    this.#record({ type: 'DELETED', resource, revision: this.#revision, object: last, previous });
    return last;
  }

  /** Calls `handler` in a later microtask for each write after `options.after`, in order. */
  watch(resource: string, options: StoreWatchOptions, handler: (event: StoreEvent) => void): Disposable {
    if (options.after < this.#compacted) throw new RevisionExpired(options.after, this.#compacted);
    const missed = this.#history.filter((event) => event.revision > options.after);
    const watcher: Watcher = { resource, namespace: options.namespace, handler, queue: [], closed: false };
    this.#watchers.add(watcher);
    for (const event of missed) this.#offer(watcher, event);
    return {
      [Symbol.dispose]: () => {
        watcher.closed = true;
        this.#watchers.delete(watcher);
      },
    };
  }

  /** Forgets the history up to a revision: watches from before it expire. */
  compact(revision: number = this.#revision): void {
    this.#compacted = Math.max(this.#compacted, Math.min(revision, this.#revision));
    this.#history = this.#history.filter((event) => event.revision > this.#compacted);
  }

  /** Calls `listener` after every write, inside the write. */
  onWrite(listener: (event: StoreEvent) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }

  export(): StoreSnapshot {
    const objects: Record<string, KubeObject[]> = {};
    for (const [resource, table] of this.#tables)
      if (table.size > 0) objects[resource] = [...table.entries()].map(([, object]) => object);
    return { revision: this.#revision, objects };
  }

  /** Fills an empty store. Objects keep their resourceVersions; nothing before the snapshot can be watched. */
  import(snapshot: StoreSnapshot): void {
    for (const [resource, objects] of Object.entries(snapshot.objects)) {
      const table = this.#table(resource);
      for (const object of objects)
        table.put(keyOf(object.metadata.namespace, object.metadata.name), deepFreeze(object));
    }
    this.#revision = Math.max(this.#revision, snapshot.revision);
    this.#compacted = this.#revision;
    this.#history = [];
  }

  /**
   * Does a write of an earlier run again; its object's resourceVersion is the revision that it made. One that is
   * in the store already does nothing. It can be watched like any other.
   */
  replay({ type, resource, object }: { type: 'put' | 'remove'; resource: string; object: KubeObject }): void {
    const revision = Number(object.metadata.resourceVersion);
    if (revision <= this.#revision) return;
    this.#revision = revision;
    const table = this.#table(resource);
    const key = keyOf(object.metadata.namespace, object.metadata.name);
    const stored = deepFreeze(object);
    const previous = type === 'put' ? table.put(key, stored) : table.delete(key);
    this.#record({
      type: type === 'remove' ? 'DELETED' : previous === undefined ? 'ADDED' : 'MODIFIED',
      resource,
      revision,
      object: stored,
      ...(previous === undefined ? {} : { previous }),
    });
  }

  #table(resource: string): ObjectTable {
    let table = this.#tables.get(resource);
    if (table === undefined) this.#tables.set(resource, (table = new ObjectTable()));
    return table;
  }

  #stamp<T extends KubeObject>(object: T): T {
    this.#revision++;
    const metadata = { ...object.metadata, resourceVersion: String(this.#revision) };
    return deepFreeze({ ...object, metadata });
  }

  #record(event: StoreEvent): void {
    this.#history.push(event);
    // Dropped a quarter at a time, so that a busy store does not move the array on every write.
    if (this.#history.length > this.#historyLimit) {
      const dropped = this.#history.splice(0, Math.max(1, Math.floor(this.#historyLimit / 4)));
      this.#compacted = dropped.at(-1)?.revision ?? this.#compacted;
    }
    for (const watcher of this.#watchers) this.#offer(watcher, event);
    for (const listener of this.#listeners) listener(event);
  }

  #offer(watcher: Watcher, event: StoreEvent): void {
    if (event.resource !== watcher.resource) return;
    if (watcher.namespace !== undefined && event.object.metadata.namespace !== watcher.namespace) return;
    watcher.queue.push(event);
    if (this.#flushQueued) return;
    this.#flushQueued = true;
    queueMicrotask(() => {
      this.#flushQueued = false;
      for (const each of [...this.#watchers]) drain(each);
    });
  }
}

function drain(watcher: Watcher): void {
  const events = watcher.queue;
  watcher.queue = [];
  for (const event of events) {
    if (watcher.closed) return;
    watcher.handler(event);
  }
}

function keyOf(namespace: string | undefined, name: string): string {
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
