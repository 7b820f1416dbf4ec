import { ApiError, type ClusterApi, type WatchEvent } from '../../api/cluster-api.ts';
import { isReleasedFromDeletion, planDeletion } from '../../api/machinery/deletion.ts';
import type { KubeObject } from '../../api/objects.ts';
import { groupResource, NAMESPACES, PODS, type ResourceType } from '../../api/resources.ts';
import { matchesLabels } from '../../api/selectors.ts';
import { alreadyExists } from '../../api/status.ts';
import type { Clock } from '../../clock.ts';
import { cloneJson, jsonEqual } from '../../store/json.ts';
import { timestamp } from '../object-helpers.ts';
import type { FinalizeNamespace } from '../namespace.ts';
import type { BindPod } from '../scheduler.ts';

interface Watcher {
  key: string;
  handler: (event: WatchEvent<KubeObject>) => void;
}

export interface FakeClusterApi extends ClusterApi {
  bindPod: BindPod;
  finalizeNamespace: FinalizeNamespace;
  /** How many writes there have been. */
  readonly writes: number;
}

/** The API in memory without defaulting and validation: enough for tests of what works through it. */
export function createFakeClusterApi(clock: Clock): FakeClusterApi {
  const kinds = new Map<string, Map<string, KubeObject>>();
  const watchers = new Set<Watcher>();
  let version = 0;
  let names = 0;
  let uids = 0;

  const objectsOf = (type: ResourceType): Map<string, KubeObject> => {
    const existing = kinds.get(groupResource(type)) ?? new Map<string, KubeObject>();
    kinds.set(groupResource(type), existing);
    return existing;
  };
  const keyOf = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`;
  const tell = (type: ResourceType, event: WatchEvent<KubeObject>): void => {
    for (const watcher of watchers) {
      if (watcher.key !== groupResource(type)) continue;
      queueMicrotask(() => {
        if (watchers.has(watcher)) watcher.handler(event);
      });
    }
  };
  const remove = (type: ResourceType, object: KubeObject): void => {
    objectsOf(type).delete(keyOf(object.metadata.namespace, object.metadata.name));
    version++;
    tell(type, { type: 'DELETED', object });
  };
  const put = (type: ResourceType, object: KubeObject, change: 'ADDED' | 'MODIFIED'): void => {
    object.metadata.resourceVersion = String(++version);
    objectsOf(type).set(keyOf(object.metadata.namespace, object.metadata.name), object);
    tell(type, { type: change, object });
    if (isReleasedFromDeletion(object)) remove(type, object);
  };

  const api: FakeClusterApi = {
    get writes() {
      return version;
    },
    get: (type, namespace, name) => objectsOf(type).get(keyOf(namespace, name)) as never,
    list: (type, options = {}) =>
      [...objectsOf(type).values()].filter(
        ({ metadata }) =>
          (options.namespace === undefined || metadata.namespace === options.namespace) &&
          (options.labelSelector === undefined || matchesLabels(options.labelSelector, metadata.labels)),
      ) as never,
    byIndex: (type, index, value) => api.list(type).filter((object) => index(object).includes(value)),
    create(type, object) {
      const draft = cloneJson(object) as unknown as KubeObject;
      const { metadata } = draft;
      if (object.metadata.name === undefined)
        metadata.name = `${metadata.generateName ?? ''}${String(++names).padStart(5, 'x')}`;
      metadata.uid = `uid-${++uids}`;
      metadata.creationTimestamp = timestamp(clock.now());
      metadata.generation = 1;
      if (objectsOf(type).has(keyOf(metadata.namespace, metadata.name)))
        throw alreadyExists(type, metadata.name);
      put(type, draft, 'ADDED');
      return draft as never;
    },
    mutate(type, namespace, name, change, options = {}) {
      const stored = objectsOf(type).get(keyOf(namespace, name)) as
        (KubeObject & { status?: unknown; spec?: unknown }) | undefined;
      if (stored === undefined) return undefined;
      const draft = cloneJson(stored);
      change(draft as never);
      const written =
        options.subresource === 'status'
          ? {
              ...cloneJson(stored),
              metadata: { ...cloneJson(stored.metadata), annotations: draft.metadata.annotations ?? {} },
              status: draft.status,
            }
          : { ...draft, status: stored.status };
      if (written.status === undefined) delete written.status;
      if (jsonEqual(written, stored)) return stored as never;
      if (!jsonEqual(written.spec ?? null, stored.spec ?? null))
        written.metadata = { ...written.metadata, generation: (stored.metadata.generation ?? 1) + 1 };
      put(type, written, 'MODIFIED');
      return written as never;
    },
    delete(type, namespace, name, options = {}) {
      const stored = objectsOf(type).get(keyOf(namespace, name));
      if (stored === undefined) return;
      if (options.preconditions?.uid !== undefined && options.preconditions.uid !== stored.metadata.uid)
        throw new ApiError({
          kind: 'Status',
          apiVersion: 'v1',
          metadata: {},
          status: 'Failure',
          message: 'the UID in the precondition does not match',
          reason: 'Conflict',
          code: 409,
        });
      const plan = planDeletion(type, stored, options, clock.now());
      if (plan.remove) remove(type, stored);
      else if (!jsonEqual(plan.metadata, stored.metadata))
        put(type, { ...cloneJson(stored), metadata: cloneJson(plan.metadata) }, 'MODIFIED');
    },
    watch(type, handler) {
      const watcher: Watcher = { key: groupResource(type), handler: handler as Watcher['handler'] };
      const existing = [...objectsOf(type).values()];
      watchers.add(watcher);
      queueMicrotask(() => {
        for (const object of existing) watcher.handler({ type: 'ADDED', object });
      });
      return { [Symbol.dispose]: () => void watchers.delete(watcher) };
    },
    bindPod(namespace, name, nodeName) {
      api.mutate(PODS, namespace, name, (pod) => {
        pod.spec.nodeName = nodeName;
      });
      // Assigning a node is no change of what is wanted.
      const bound = api.get(PODS, namespace, name);
      if (bound !== undefined) bound.metadata.generation = 1;
    },
    finalizeNamespace: (name) =>
      void api.mutate(NAMESPACES, undefined, name, (namespace) => {
        namespace.spec.finalizers = [];
      }),
  };
  return api;
}
