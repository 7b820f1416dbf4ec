import { DEPLOYMENT, ENDPOINT_SLICE, POD, SERVICE, type KubeObject, type Pod } from '#main/kube/objects.ts';
import { valueAt } from './object-values.ts';
import type { CheckContext, Judgement } from './types.ts';

/** Findings of what comes right by itself: pods that start, rules and names that follow the objects later. */
const PASSING = new Set([
  'endpoints-missing',
  'name-not-found',
  'not-ready',
  'pods-not-ready',
  'rules-behind',
  'wrong-address',
]);

/** Containers that wait for one of these are being started; other reasons (a backoff) are failures. */
const STARTING = new Set([undefined, 'ContainerCreating', 'PodInitializing']);

/**
 * A fingerprint of everything in the lab's namespaces that a request goes through; undefined while it is on the
 * move (pods start or end, rollouts are under way), while the failure is of a kind that passes, or when the
 * cluster does not answer. As long as it stays the same, looking again can find nothing new.
 */
export async function settledState(
  judgement: Judgement,
  { kube, namespaces }: CheckContext,
): Promise<string | undefined> {
  if (judgement.outcome !== 'fail' || PASSING.has(judgement.finding ?? '')) return undefined;
  try {
    const lists = await Promise.all(
      namespaces.flatMap((namespace) =>
        [POD, SERVICE, ENDPOINT_SLICE, DEPLOYMENT].map((kind) => kube.list(kind, { namespace })),
      ),
    );
    const objects = lists.flat();
    if (objects.some(isOnTheMove)) return undefined;
    return objects
      .map(
        ({ kind, metadata }) => `${kind}/${metadata.uid ?? metadata.name}@${metadata.resourceVersion ?? ''}`,
      )
      .sort()
      .join(' ');
  } catch {
    return undefined;
  }
}

function isOnTheMove(object: KubeObject): boolean {
  if (object.metadata.deletionTimestamp !== undefined) return true;
  if (object.kind === POD.kind) return isStarting(object as Pod);
  return object.kind === DEPLOYMENT.kind && isRollingOut(object);
}

function isStarting({ status }: Pod): boolean {
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return false;
  if (status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true)
    return false;
  const containers = status?.containerStatuses ?? [];
  return containers.every(({ state }) => STARTING.has(state?.waiting?.reason));
}

/** A controller has yet to see the change, or to make or remove pods. */
function isRollingOut(object: KubeObject): boolean {
  const replicas = valueAt(object, 'status.replicas') ?? 0;
  return (
    valueAt(object, 'status.observedGeneration') !== object.metadata.generation ||
    replicas !== (valueAt(object, 'spec.replicas') ?? 1) ||
    replicas !== (valueAt(object, 'status.updatedReplicas') ?? 0)
  );
}
