import type { ObjectTarget } from '#shared/lab-format.ts';
import type { KubeClient } from '#main/kube/client.ts';
import { labelsText, selects, type KubeObject, type NamedRef } from '#main/kube/objects.ts';
import type { BaselineObject } from './types.ts';

/** Reads a field: `spec.ports[0].targetPort`, `metadata.labels["a.b/c"]`. Undefined when it is not there. */
export function valueAt(object: unknown, path: string): unknown {
  let here = object;
  for (const match of path.matchAll(/\[(?:"([^"]*)"|(\d+))\]|([^.[\]]+)/g)) {
    const step = match[1] ?? match[2] ?? match[3] ?? '';
    if (typeof here !== 'object' || here === null) return undefined;
    here = (here as Record<string, unknown>)[step];
  }
  return here;
}

/** The objects that a target names: one, none, or all that its labels select, by name. */
export async function readTarget(kube: KubeClient, target: ObjectTarget): Promise<KubeObject[]> {
  if ('name' in target) {
    const object = await kube.get<KubeObject>(withoutUndefined(target));
    return object === undefined ? [] : [object];
  }
  const found = await kube.list<KubeObject>(target, {
    namespace: target.namespace,
    labelSelector: labelsText(target.labels),
  });
  return found
    .filter((object) => selects(target.labels, object.metadata.labels))
    .sort((a, b) => a.metadata.name.localeCompare(b.metadata.name));
}

/** The kubectl command that prints one field of a target; undefined for keys that need quoting of their own. */
export function kubectlGetField(target: ObjectTarget, path: string): string | undefined {
  if (!/^[\w.[\]-]+$/.test(path)) return undefined;
  const namespace = target.namespace === undefined ? '' : ` -n ${target.namespace}`;
  const [which, from] =
    'name' in target ? [target.name, ''] : [`-l ${labelsText(target.labels)}`, '.items[*]'];
  return `kubectl get ${target.kind.toLowerCase()}${namespace} ${which} -o jsonpath='{${from}.${path}}'`;
}

/** `Service web`, `pods with app=web`: for sentences. */
export function describeTarget(target: ObjectTarget): string {
  return 'name' in target ? `${target.kind}/${target.name}` : `${target.kind} (${labelsText(target.labels)})`;
}

/** Ready as the kind means it: a pod's Ready condition, a Deployment fully rolled out; others are when they exist. */
export function isReady(object: KubeObject): boolean {
  if (object.metadata.deletionTimestamp !== undefined) return false;
  if (object.kind === 'Pod') {
    const conditions = valueAt(object, 'status.conditions');
    return (
      Array.isArray(conditions) &&
      (conditions as { type?: string; status?: string }[]).some(
        (c) => c.type === 'Ready' && c.status === 'True',
      )
    );
  }
  if (object.kind === 'Deployment') {
    const wanted = valueAt(object, 'spec.replicas') ?? 1;
    return (
      valueAt(object, 'status.observedGeneration') === object.metadata.generation &&
      (valueAt(object, 'status.updatedReplicas') ?? 0) === wanted &&
      (valueAt(object, 'status.availableReplicas') ?? 0) === wanted &&
      (valueAt(object, 'status.replicas') ?? 0) === wanted
    );
  }
  return true;
}

/** Whether an object of the baseline is one that a target names. */
export function covers(target: ObjectTarget, object: BaselineObject): boolean {
  if (object.kind !== target.kind || object.namespace !== target.namespace) return false;
  return 'name' in target ? object.name === target.name : selects(target.labels, object.labels);
}

/** A reference without a namespace that is there but undefined (as zod types optional fields). */
export function withoutUndefined(ref: {
  apiVersion: string;
  kind: string;
  namespace?: string | undefined;
  name: string;
}): NamedRef {
  const { namespace, ...rest } = ref;
  return namespace === undefined ? rest : { ...rest, namespace };
}
