import type { Clock } from '../../clock.ts';
import { cloneJson } from '../../store/json.ts';
import type { ObjectStore } from '../../store/object-store.ts';
import type { AdmissionPlugin } from '../admission/admission.ts';
import type { ClusterApi, DeleteOptions, WatchEvent } from '../cluster-api.ts';
import type { KindDefinition } from '../kind-definition.ts';
import type { KubeObject, LabelSelector, NewObject } from '../objects.ts';
import { groupResource, type ResourceType } from '../resources.ts';
import type { Schemas } from '../schema/index.ts';
import { matchesLabels } from '../selectors.ts';
import { FieldManagement } from './apply/field-management.ts';
import { ObjectWriter } from './object-writer.ts';
import { draftMetadata } from './update-draft.ts';
import { KindRegistry } from './registry.ts';

export interface ApiMachineryOptions {
  clock: Clock;
  store: ObjectStore;
  kinds: readonly KindDefinition[];
  schemas: Schemas;
  /** Between 0 and 1: for generated names. Default Math.random. */
  random?: () => number;
}

/**
 * The API without the wire: what the cluster's own parts call directly ({@link ClusterApi}), and what the HTTPS
 * server builds its requests on.
 */
export interface ApiMachinery extends ClusterApi {
  readonly clock: Clock;
  readonly store: ObjectStore;
  readonly registry: KindRegistry;
  readonly schemas: Schemas;
  readonly writer: ObjectWriter;
  readonly fields: FieldManagement;
  /** Plug-ins that every write is shown to, in this order. Whoever puts the server together adds them. */
  readonly admission: AdmissionPlugin[];
  /** The API as one of the cluster's parts uses it: what it writes is recorded in managedFields under its name. */
  as(manager: string): ClusterApi;
}

/** A copy to be changed; of the status alone where nothing else is written. */
function draftOf<T extends KubeObject>(stored: T, subresource: string | undefined): T {
  const { metadata, ...rest } = stored as T & { status?: unknown };
  const copied =
    subresource !== 'status' ? cloneJson(rest) : 'status' in rest ? { status: cloneJson(rest.status) } : {};
  return { ...stored, ...copied, metadata: draftMetadata(metadata) };
}

/** Most selectors name a label and its value: objects that have it are found without looking at the others. */
function byLabel({ metadata }: KubeObject): string[] {
  const { namespace = '', labels = {} } = metadata;
  return Object.entries(labels).map(([key, value]) => labelKey(namespace, key, value));
}

function labelKey(namespace: string, key: string, value: string): string {
  return `${namespace}/${key}=${value}`;
}

export function createApiMachinery(options: ApiMachineryOptions): ApiMachinery {
  const { clock, store, schemas } = options;
  const registry = new KindRegistry(options.kinds);
  const fields = new FieldManagement(schemas);
  const admission: AdmissionPlugin[] = [];
  const writer = new ObjectWriter({
    clock,
    store,
    schemas,
    fields,
    admission,
    ...(options.random === undefined ? {} : { random: options.random }),
  });

  function list<T extends KubeObject>(
    type: ResourceType<T>,
    filter: { namespace?: string; labelSelector?: LabelSelector } = {},
  ): T[] {
    const resource = groupResource(type);
    const { namespace, labelSelector: selector } = filter;
    if (selector === undefined) return store.list(resource, namespace) as T[];
    const [pair] = Object.entries(selector.matchLabels ?? {});
    const candidates =
      pair === undefined || namespace === undefined
        ? store.list(resource, namespace)
        : store.byIndex(resource, byLabel, labelKey(namespace, ...pair));
    return candidates.filter((object) => matchesLabels(selector, object.metadata.labels)) as T[];
  }

  const as = (manager?: string): ClusterApi => ({
    get: <T extends KubeObject>(type: ResourceType<T>, namespace: string | undefined, name: string) =>
      store.get(groupResource(type), namespace, name) as T | undefined,
    list,
    byIndex: (type, index, value) => store.byIndex(groupResource(type), index, value),
    create: <T extends KubeObject>(type: ResourceType<T>, object: NewObject<T>) =>
      writer.create(registry.of(type), cloneJson(object) as unknown as KubeObject, {
        ...(manager === undefined ? {} : { manager }),
      }) as T,
    mutate<T extends KubeObject>(
      type: ResourceType<T>,
      namespace: string | undefined,
      name: string,
      change: (draft: T) => void,
      how: { subresource?: 'status' | 'approval' } = {},
    ): T | undefined {
      const stored = store.get(groupResource(type), namespace, name) as T | undefined;
      if (stored === undefined) return undefined;
      const draft = draftOf(stored, how.subresource);
      change(draft);
      return writer.update(registry.of(type), stored, draft, {
        ...how,
        ...(manager === undefined ? {} : { manager }),
      }) as T;
    },
    delete(type: ResourceType, namespace: string | undefined, name: string, how: DeleteOptions = {}): void {
      const stored = store.get(groupResource(type), namespace, name);
      if (stored !== undefined) writer.delete(registry.of(type), stored, how);
    },
    watch<T extends KubeObject>(
      type: ResourceType<T>,
      handler: (event: WatchEvent<T>) => void,
      filter: { namespace?: string } = {},
    ): Disposable {
      let closed = false;
      let existing: readonly T[] = list(type, filter);
      // What is there comes before what changes, whichever microtask runs first.
      const start = (): void => {
        const first = existing;
        existing = [];
        for (const object of first) if (!closed) handler({ type: 'ADDED', object });
      };
      queueMicrotask(start);
      const changes = store.watch(groupResource(type), { ...filter, after: store.revision }, (event) => {
        start();
        if (!closed) handler({ type: event.type, object: event.object as T });
      });
      return {
        [Symbol.dispose]: () => {
          closed = true;
          changes[Symbol.dispose]();
        },
      };
    },
  });
  return { clock, store, registry, schemas, writer, fields, admission, as, ...as() };
}
