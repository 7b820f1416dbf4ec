import type { KubeObject, OwnerReference } from '../api/objects.ts';
import type { ResourceType } from '../api/resources.ts';
import { disposeAll, type ControllerContext } from './controller.ts';
import { ALL_KINDS, kindOfReference } from './resource-kinds.ts';
import { WorkQueue } from './work-queue.ts';

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';

/** What the collector remembers of an object that owns, is owned, or is waited for. */
interface GraphNode {
  type: ResourceType;
  namespace: string | undefined;
  name: string;
  owners: string[];
}

/**
 * Deletes objects whose owners are gone and carries out foreground and orphan deletion
 * (kube-controller-manager's garbage collector).
 */
export function startGarbageCollector(context: ControllerContext): Disposable {
  const collector = new GarbageCollector(context);
  return disposeAll([
    collector,
    ...ALL_KINDS.map((type) =>
      context.api.watch(type, (event) => {
        if (event.type === 'DELETED') collector.removed(event.object);
        else collector.seen(type, event.object);
      }),
    ),
  ]);
}

class GarbageCollector implements Disposable {
  readonly #context: ControllerContext;
  readonly #queue: WorkQueue;
  readonly #nodes = new Map<string, GraphNode>();
  readonly #dependents = new Map<string, Set<string>>();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#queue = new WorkQueue(context.clock, (uid) => this.#sync(uid));
  }

  [Symbol.dispose](): void {
    this.#queue[Symbol.dispose]();
  }

  seen(type: ResourceType, object: KubeObject): void {
    const { uid, namespace, name, ownerReferences, deletionTimestamp, finalizers } = object.metadata;
    const owners = (ownerReferences ?? []).map((owner) => owner.uid);
    const deleting = deletionTimestamp !== undefined;
    const known = this.#nodes.get(uid);
    this.#unlink(uid, known);
    const waits =
      deleting && (finalizers ?? []).some((finalizer) => finalizer === FOREGROUND || finalizer === ORPHAN);
    if (owners.length === 0 && !waits) return;
    this.#nodes.set(uid, { type, namespace, name, owners });
    for (const owner of owners) {
      const dependents = this.#dependents.get(owner) ?? new Set();
      this.#dependents.set(owner, dependents.add(uid));
      // A dependent that starts to go, or stops to block, may be what its owner waits for.
      if (this.#nodes.has(owner)) this.#queue.add(owner);
    }
    // References are checked when they are first seen: the owner may have gone before.
    if (waits || known === undefined || known.owners.join() !== owners.join()) this.#queue.add(uid);
  }

  removed(object: KubeObject): void {
    const { uid, ownerReferences } = object.metadata;
    this.#unlink(uid, this.#nodes.get(uid));
    for (const dependent of this.#dependents.get(uid) ?? []) this.#queue.add(dependent);
    for (const owner of ownerReferences ?? []) if (this.#nodes.has(owner.uid)) this.#queue.add(owner.uid);
  }

  #unlink(uid: string, node: GraphNode | undefined): void {
    this.#nodes.delete(uid);
    for (const owner of node?.owners ?? []) {
      const dependents = this.#dependents.get(owner);
      dependents?.delete(uid);
      if (dependents?.size === 0) this.#dependents.delete(owner);
    }
  }

  #read(uid: string): { node: GraphNode; object: KubeObject } | undefined {
    const node = this.#nodes.get(uid);
    if (node === undefined) return undefined;
    const object = this.#context.api.get(node.type, node.namespace, node.name);
    return object?.metadata.uid === uid ? { node, object } : undefined;
  }

  #sync(uid: string): void {
    const found = this.#read(uid);
    if (found === undefined) return;
    const { node, object } = found;
    const finalizers = object.metadata.finalizers ?? [];
    if (object.metadata.deletionTimestamp !== undefined) {
      if (finalizers.includes(ORPHAN)) this.#orphanDependents(uid, node);
      else if (finalizers.includes(FOREGROUND)) this.#deleteDependents(uid, node);
      return;
    }
    const references = object.metadata.ownerReferences ?? [];
    const states = references.map((reference) => ({
      reference,
      state: this.#stateOf(reference, node.namespace),
    }));
    const solid = states.filter(({ state }) => state === 'solid');
    if (states.length === 0 || solid.length === states.length) return;
    if (solid.length > 0) {
      const keep = new Set(solid.map(({ reference }) => reference.uid));
      this.#changeOwners(node, (owner) => keep.has(owner.uid));
      return;
    }
    const blocks = states.some(({ state }) => state === 'waiting') && this.#dependents.has(uid);
    const policy = finalizers.includes(ORPHAN)
      ? 'Orphan'
      : blocks || finalizers.includes(FOREGROUND)
        ? 'Foreground'
        : 'Background';
    this.#context.api.delete(node.type, node.namespace, node.name, {
      propagationPolicy: policy,
      preconditions: { uid },
    });
  }

  /** solid: is there and stays; waiting: goes as soon as its dependents are gone; absent: is gone. */
  #stateOf(reference: OwnerReference, namespace: string | undefined): 'solid' | 'waiting' | 'absent' {
    const type = kindOfReference(reference.apiVersion, reference.kind);
    // An owner of a kind that the cluster does not know cannot be looked up: nothing is deleted on a guess.
    if (type === undefined) return 'solid';
    const owner = this.#context.api.get(type, type.namespaced ? namespace : undefined, reference.name);
    if (owner?.metadata.uid !== reference.uid) return 'absent';
    const { deletionTimestamp, finalizers } = owner.metadata;
    return deletionTimestamp !== undefined && (finalizers ?? []).includes(FOREGROUND) ? 'waiting' : 'solid';
  }

  #orphanDependents(uid: string, node: GraphNode): void {
    for (const dependent of [...(this.#dependents.get(uid) ?? [])]) {
      const found = this.#nodes.get(dependent);
      if (found !== undefined) this.#changeOwners(found, (owner) => owner.uid !== uid);
    }
    this.#dropFinalizer(node, ORPHAN);
  }

  #deleteDependents(uid: string, node: GraphNode): void {
    let blocked = false;
    for (const dependent of [...(this.#dependents.get(uid) ?? [])]) {
      const found = this.#read(dependent);
      if (found === undefined) continue;
      const reference = found.object.metadata.ownerReferences?.find((owner) => owner.uid === uid);
      if (reference?.blockOwnerDeletion === true) blocked = true;
      if (found.object.metadata.deletionTimestamp === undefined) this.#queue.add(dependent);
    }
    if (!blocked) this.#dropFinalizer(node, FOREGROUND);
  }

  #changeOwners(node: GraphNode, keep: (owner: OwnerReference) => boolean): void {
    this.#context.api.mutate(node.type, node.namespace, node.name, (draft) => {
      const owners = (draft.metadata.ownerReferences ?? []).filter(keep);
      if (owners.length === 0) delete draft.metadata.ownerReferences;
      else draft.metadata.ownerReferences = owners;
    });
  }

  #dropFinalizer(node: GraphNode, finalizer: string): void {
    this.#context.api.mutate(node.type, node.namespace, node.name, (draft) => {
      const left = (draft.metadata.finalizers ?? []).filter((entry) => entry !== finalizer);
      if (left.length === 0) delete draft.metadata.finalizers;
      else draft.metadata.finalizers = left;
    });
  }
}
