import { randomUUID } from 'node:crypto';
import { KubeStatusError, KubeUnreachableError } from '../errors.ts';
import type { ExecOptions, ExecResult } from '../exec.ts';
import type { KubeClient, PatchOptions } from '../client.ts';
import { selects, type KindRef, type KubeObject, type NamedRef } from '../objects.ts';
import { parseYamlDocuments } from '../yaml-documents.ts';
import type { WatchHandlers } from '../watch.ts';

interface Watch {
  kind: string;
  namespace: string | undefined;
  handlers: WatchHandlers<KubeObject>;
}

/** A cluster in memory without controllers: pods are Ready as soon as they are made. For tests. */
export class FakeKube implements KubeClient {
  readonly server: string;
  /** While true, every request fails as with a cluster that is down. */
  down = false;
  /** Answers what is run in pods. */
  onExec: (argv: readonly string[], where: { pod: string; stdin?: string }) => ExecResult = () => ({
    stdout: '',
    stderr: '',
    exitCode: 0,
  });
  readonly #objects = new Map<string, KubeObject>();
  readonly #watches = new Set<Watch>();
  #version = 1;

  constructor(server = 'https://fake.test') {
    this.server = server;
  }

  /** Puts an object in, as if somebody else had changed it. */
  put(object: KubeObject): KubeObject {
    const key = keyOf(object);
    const before = this.#objects.get(key);
    const version = String(this.#version++);
    const stored: KubeObject = structuredClone({
      ...object,
      ...(object.kind === 'Pod'
        ? {
            status: {
              phase: 'Running',
              podIP: `10.0.0.${version}`,
              conditions: [{ type: 'Ready', status: 'True' }],
              ...(object['status'] as object | undefined),
            },
          }
        : {}),
      metadata: {
        ...object.metadata,
        uid: before?.metadata.uid ?? randomUUID(),
        resourceVersion: version,
      },
    });
    this.#objects.set(key, stored);
    this.#tell(before === undefined ? 'ADDED' : 'MODIFIED', stored);
    return stored;
  }

  /** Everything of a kind. */
  all(kind: string): KubeObject[] {
    return [...this.#objects.values()].filter((object) => object.kind === kind);
  }

  version(): Promise<string> {
    return Promise.resolve('v1.34.0');
  }

  answers(): Promise<void> {
    return this.#answer(() => undefined);
  }

  get<T extends KubeObject>(ref: NamedRef): Promise<T | undefined> {
    return this.#answer(() => this.#objects.get(keyOf({ ...ref, metadata: ref })) as T | undefined);
  }

  list<T extends KubeObject>(
    kind: KindRef,
    options: { namespace?: string; labelSelector?: string } = {},
  ): Promise<T[]> {
    const selector = Object.fromEntries(
      (options.labelSelector ?? '')
        .split(',')
        .filter((part) => part !== '')
        .map((part) => part.split('=') as [string, string]),
    );
    return this.#answer(
      () =>
        this.all(kind.kind).filter(
          (object) =>
            (options.namespace === undefined || object.metadata.namespace === options.namespace) &&
            (Object.keys(selector).length === 0 || selects(selector, object.metadata.labels)),
        ) as T[],
    );
  }

  create(object: KubeObject): Promise<KubeObject> {
    return this.#answer(() => this.put(object));
  }

  patch(ref: NamedRef, patch: object, { subresource }: PatchOptions = {}): Promise<KubeObject> {
    const { metadata, status } = patch as Partial<KubeObject>;
    return this.#answer(() => {
      const object = this.#objects.get(keyOf({ ...ref, metadata: ref }));
      if (object === undefined) throw new KubeStatusError(404, { reason: 'NotFound' }, 'patch');
      const expected = metadata?.resourceVersion;
      if (expected !== undefined && expected !== object.metadata.resourceVersion)
        throw new KubeStatusError(409, { reason: 'Conflict' }, 'patch');
      return this.put(merge(object, subresource ? { status } : patch) as KubeObject);
    });
  }

  delete(ref: NamedRef): Promise<boolean> {
    return this.#answer(() => {
      const doomed = [...this.#objects.entries()].filter(
        ([key, object]) =>
          key === keyOf({ ...ref, metadata: ref }) ||
          (ref.kind === 'Namespace' && object.metadata.namespace === ref.name),
      );
      for (const [key, object] of doomed) {
        this.#objects.delete(key);
        this.#tell('DELETED', object);
      }
      return doomed.length > 0;
    });
  }

  apply: KubeClient['apply'] = (text, options) =>
    this.#answer(() => {
      const { documents, problems } = parseYamlDocuments(text);
      const applied = documents.map((document) => {
        const declared = document.value as KubeObject;
        const namespace = declared.metadata.namespace ?? options.namespace;
        const object = { ...declared, metadata: { ...declared.metadata, namespace } };
        const before = this.#objects.get(keyOf(object));
        this.put(merge(before ?? {}, options.transform?.(object) ?? object) as KubeObject);
        const { apiVersion, kind, metadata } = object;
        return {
          ref: { apiVersion, kind, namespace, name: metadata.name },
          action: before === undefined ? ('created' as const) : ('configured' as const),
        };
      });
      return { applied, problems };
    });

  watch<T extends KubeObject>(
    kind: KindRef,
    options: { namespace?: string },
    handlers: WatchHandlers<T>,
  ): Disposable {
    const watch: Watch = {
      kind: kind.kind,
      namespace: options.namespace,
      handlers: handlers,
    };
    this.#watches.add(watch);
    const there = this.all(kind.kind).filter(
      ({ metadata }) => options.namespace === undefined || options.namespace === metadata.namespace,
    );
    handlers.snapshot(structuredClone(there) as T[]);
    handlers.state?.('connected');
    return { [Symbol.dispose]: () => this.#watches.delete(watch) };
  }

  /** Tells every watch that the connection was lost or is back. */
  connection(state: 'connected' | 'disconnected'): void {
    for (const { handlers } of this.#watches)
      handlers.state?.(state, state === 'connected' ? undefined : new Error('connection lost'));
  }

  exec(
    _namespace: string,
    pod: string,
    argv: readonly string[],
    { stdin }: ExecOptions = {},
  ): Promise<ExecResult> {
    return this.#answer(() => this.onExec(argv, { pod, ...(stdin === undefined ? {} : { stdin }) }));
  }

  openExec(): never {
    throw new Error('not in the fake');
  }

  logs(): never {
    throw new Error('not in the fake');
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #answer<T>(work: () => T): Promise<T> {
    return Promise.resolve().then(() => {
      if (this.down)
        throw new KubeUnreachableError(this.server, 'a request', new Error('connection refused'));
      return structuredClone(work());
    });
  }

  #tell(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject): void {
    for (const { kind, namespace, handlers } of this.#watches)
      if (kind === object.kind && (namespace === undefined || namespace === object.metadata.namespace))
        handlers.event(type, structuredClone(object));
  }
}

function keyOf({ kind, metadata }: { kind: string; metadata: { namespace?: string; name: string } }): string {
  return kind === 'Namespace'
    ? `${kind}//${metadata.name}`
    : `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;
}

/** RFC 7386. */
function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const base: Record<string, unknown> =
    typeof target === 'object' && target !== null && !Array.isArray(target)
      ? { ...(target as Record<string, unknown>) }
      : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(base, key);
    else base[key] = merge(base[key], value);
  }
  return base;
}
