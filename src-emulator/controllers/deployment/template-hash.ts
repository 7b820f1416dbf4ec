import { isDeepStrictEqual } from 'node:util';
import type { PodTemplateSpec, ReplicaSet } from '../../api/objects.ts';
import { fnv32a, safeName } from '../fnv.ts';

export const POD_TEMPLATE_HASH = 'pod-template-hash';

/**
 * A short name for a pod template. Equal templates have equal names, whatever the order of their keys.
 * The hash is our own (Kubernetes hashes Go's memory layout), the spelling is Kubernetes'.
 * @param collisionCount makes another name when the first is taken by a different template.
 */
export function templateHash(template: PodTemplateSpec, collisionCount: number | undefined): string {
  const text = canonical(template) + (collisionCount === undefined ? '' : String(collisionCount));
  return safeName(fnv32a(text));
}

/** Whether a ReplicaSet runs this template; its own hash label does not count. */
export function runsTemplate(replicaSet: ReplicaSet, template: PodTemplateSpec): boolean {
  const own = replicaSet.spec.template;
  if (own === undefined) return false;
  return isDeepStrictEqual(withoutHash(own), withoutHash(template));
}

function withoutHash(template: PodTemplateSpec): unknown {
  const copy = JSON.parse(canonical(template)) as PodTemplateSpec;
  const { [POD_TEMPLATE_HASH]: _hash, ...labels } = copy.metadata?.labels ?? {};
  return { ...copy, metadata: { ...copy.metadata, labels } };
}

/** JSON with sorted keys and without nulls. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, entry: unknown) => {
    if (entry === null) return undefined;
    if (typeof entry !== 'object' || Array.isArray(entry)) return entry;
    return Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
