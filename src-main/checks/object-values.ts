import type { ClusterValue, ObjectTarget } from '#shared/lab-basics.ts';
import type { LocalizedText } from '#shared/locale.ts';
import type { KubeClient } from '#main/kube/client.ts';
import { labelsText, selects, type KubeObject, type NamedRef } from '#main/kube/objects.ts';
import type { BaselineObject } from './types.ts';

/**
 * Reads a field: `spec.ports[0].targetPort`, `metadata.labels["a.b/c"]`, `spec.ports[name=http].nodePort`. With `[*]`
 * the values of all items, in a list. Undefined when it is not there.
 */
export function valueAt(object: unknown, path: string): unknown {
  const steps = [...path.matchAll(/\[(?:"([^"]*)"|(\d+)|(\*)|([\w-]+)=([^\]]*))\]|([^.[\]]+)/g)];
  let here: unknown = object;
  for (const [at, [whole, key, index, every, field, value, name]] of steps.entries()) {
    if (typeof here !== 'object' || here === null) return undefined;
    if (every !== undefined) {
      if (!Array.isArray(here)) return undefined;
      const after = steps.slice(at + 1).map(([step]) => step);
      const inner = after.map((step) => (step.startsWith('[') ? step : `.${step}`)).join('');
      return here.flatMap((item: unknown) => valueAt(item, inner) ?? []);
    }
    if (field !== undefined) {
      if (!Array.isArray(here)) return undefined;
      here = here.find((item: unknown) => String(valueAt(item, field)) === value);
    } else here = (here as Record<string, unknown>)[key ?? index ?? name ?? whole];
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
  if (!/^[\w.[\]*-]+$/.test(path)) return undefined;
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

/** The value that a check compares with: of the first object of its target that has one. */
export async function readValue(kube: KubeClient, { object, path }: ClusterValue): Promise<unknown> {
  const objects = await readTarget(kube, object);
  return objects.map((each) => valueAt(each, path)).find((value) => value !== undefined);
}

/** A value in a sentence. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return '(none)';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `spec.clusterIP of Service/web`. */
export function valueText({ object, path }: ClusterValue): LocalizedText {
  const where = describeTarget(object);
  return { en: `${path} of ${where}`, ko: `${where}의 ${path}` };
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
