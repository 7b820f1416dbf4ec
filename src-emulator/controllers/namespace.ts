import type { Condition, KubeObject } from '../api/objects.ts';
import { NAMESPACES, PODS, type ResourceType } from '../api/resources.ts';
import { disposeAll, type ControllerContext } from './controller.ts';
import { findCondition, timestamp } from './object-helpers.ts';
import { ALL_KINDS } from './resource-kinds.ts';
import { WorkQueue } from './work-queue.ts';

const NAMESPACED = ALL_KINDS.filter((type) => type.namespaced);

/** Lets an empty namespace go: the namespaces/finalize subresource. */
export type FinalizeNamespace = (name: string) => void;

interface NamespaceContext extends ControllerContext {
  finalizeNamespace: FinalizeNamespace;
}

/** Empties namespaces that are being deleted, then lets them go (kube-controller-manager's namespace controller). */
export function startNamespaceController(context: NamespaceContext): Disposable {
  const { api } = context;
  const queue = new WorkQueue(context.clock, (name) => sync(context, name));
  const contentGone = (object: KubeObject): void => {
    const name = object.metadata.namespace ?? '';
    if (api.get(NAMESPACES, undefined, name)?.metadata.deletionTimestamp !== undefined) queue.add(name);
  };
  return disposeAll([
    queue,
    api.watch(NAMESPACES, ({ object }) => {
      if (object.metadata.deletionTimestamp !== undefined) queue.add(object.metadata.name);
    }),
    ...NAMESPACED.map((type) =>
      api.watch(type, (event) => {
        if (event.type === 'DELETED') contentGone(event.object);
      }),
    ),
  ]);
}

interface Remaining {
  type: ResourceType;
  objects: KubeObject[];
}

function sync({ api, clock, finalizeNamespace }: NamespaceContext, name: string): void {
  const namespace = api.get(NAMESPACES, undefined, name);
  if (namespace?.metadata.deletionTimestamp === undefined) return;
  const empty = (types: readonly ResourceType[]): Remaining[] => {
    for (const type of types)
      for (const { metadata } of api.list(type, { namespace: name }))
        if (metadata.deletionTimestamp === undefined)
          api.delete(type, name, metadata.name, { propagationPolicy: 'Background' });
    return types
      .map((type) => ({ type, objects: api.list<KubeObject>(type, { namespace: name }) }))
      .filter(({ objects }) => objects.length > 0);
  };
  const tell = (remaining: readonly Remaining[]): void => {
    api.mutate(
      NAMESPACES,
      undefined,
      name,
      (draft) => {
        draft.status = {
          phase: 'Terminating',
          conditions: conditions(draft.status.conditions, remaining, timestamp(clock.now())),
        };
      },
      { subresource: 'status' },
    );
  };
  // Pods go before what they may need to end well. While they do, nothing is told of what remains.
  if (empty([PODS]).length > 0) {
    tell([]);
    return;
  }
  const remaining = empty(NAMESPACED);
  if (remaining.length > 0) tell(remaining);
  else finalizeNamespace(name);
}

/** What keeps the namespace, in the words of k8s.io/kubernetes/pkg/controller/namespace/deletion. */
function conditions(
  before: Condition[] | undefined,
  remaining: readonly Remaining[],
  now: string,
): Condition[] {
  const holders = new Map<string, number>();
  for (const { objects } of remaining) {
    for (const finalizer of objects.flatMap((object) => object.metadata.finalizers ?? []))
      holders.set(finalizer, (holders.get(finalizer) ?? 0) + 1);
  }
  const resources = remaining
    // The dot stands there even where the group is the core's, which has no name.
    .map(({ type, objects }) => `${type.plural}.${type.group} has ${objects.length} resource instances`)
    .sort()
    .join(', ');
  const finalizers = [...holders]
    .map(([finalizer, count]) => `${finalizer} in ${count} resource instances`)
    .sort()
    .join(', ');
  const wanted: [string, Condition['status'], string, string][] = [
    [
      'NamespaceDeletionDiscoveryFailure',
      'False',
      'ResourcesDiscovered',
      'All resources successfully discovered',
    ],
    [
      'NamespaceDeletionGroupVersionParsingFailure',
      'False',
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ],
    [
      'NamespaceDeletionContentFailure',
      'False',
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ],
    resources === ''
      ? ['NamespaceContentRemaining', 'False', 'ContentRemoved', 'All content successfully removed']
      : [
          'NamespaceContentRemaining',
          'True',
          'SomeResourcesRemain',
          `Some resources are remaining: ${resources}`,
        ],
    finalizers === ''
      ? [
          'NamespaceFinalizersRemaining',
          'False',
          'ContentHasNoFinalizers',
          'All content-preserving finalizers finished',
        ]
      : [
          'NamespaceFinalizersRemaining',
          'True',
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${finalizers}`,
        ],
  ];
  return wanted.map(([type, status, reason, message]) => {
    const earlier = findCondition(before, type);
    const lastTransitionTime = (earlier?.status === status ? earlier.lastTransitionTime : undefined) ?? now;
    return { type, status, lastTransitionTime, reason, message };
  });
}
