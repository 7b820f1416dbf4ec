/** What a pod asks for in all (k8s.io/component-helpers/resource). */
import type { PodSpec } from '../objects.ts';
import { addQuantities, compareQuantities } from '../validation/quantity.ts';

export type ResourceList = Record<string, string>;

export function addResources(a: ResourceList, b: ResourceList = {}): ResourceList {
  const sum = { ...a };
  for (const [name, amount] of Object.entries(b)) sum[name] = addQuantities(sum[name], amount);
  return sum;
}

function larger(a: ResourceList, b: ResourceList): ResourceList {
  const result = { ...a };
  for (const [name, amount] of Object.entries(b))
    if (compareQuantities(amount, result[name]) > 0 || result[name] === undefined) result[name] = amount;
  return result;
}

/**
 * The sum of the containers and sidecars, or what an init container asks for beside the sidecars that start
 * before it, whichever is more.
 */
export function podResources(spec: PodSpec, part: 'requests' | 'limits'): ResourceList {
  let total: ResourceList = {};
  for (const { resources } of spec.containers) total = addResources(total, resources?.[part]);
  let sidecars: ResourceList = {};
  let starting: ResourceList = {};
  for (const { resources, restartPolicy } of spec.initContainers ?? []) {
    if (restartPolicy === 'Always') {
      total = addResources(total, resources?.[part]);
      sidecars = addResources(sidecars, resources?.[part]);
      starting = larger(starting, sidecars);
    } else starting = larger(starting, addResources(sidecars, resources?.[part]));
  }
  return larger(total, starting);
}
