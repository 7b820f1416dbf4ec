/** The ResourceQuota admission plugin: what a namespace may use in all. */
import { cloneJson } from '../../store/json.ts';
import type { WriteContext } from '../kind-definition.ts';
import type { KubeObject, Pod, ResourceQuota } from '../objects.ts';
import {
  groupResource,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  RESOURCE_QUOTAS,
  SERVICES,
  type ResourceType,
} from '../resources.ts';
import { forbidden } from '../status.ts';
import { addQuantities, compareQuantities, parseQuantity } from '../validation/quantity.ts';
import type { ResourceList } from './pod-resources.ts';
import { inScope, missingResources, resourcesOfKind, usageOf } from './quota-usage.ts';

/** Kinds whose use can change while they exist. */
const CHANGEABLE = [groupResource(SERVICES), groupResource(PERSISTENT_VOLUME_CLAIMS)];

function listed(resources: ResourceList, names: readonly string[]): string {
  return names.map((name) => `${name}=${resources[name] ?? '0'}`).join(',');
}

/** What the object uses more than it did before; nothing is given back here, but by the quota's controller. */
function growth(type: ResourceType, object: KubeObject, stored: KubeObject | undefined): ResourceList {
  const usage = usageOf(type, object);
  const before = stored === undefined ? {} : usageOf(type, stored);
  const more = Object.entries(usage).flatMap(([name, amount]) => {
    const earlier = before[name];
    if (earlier === undefined) return [[name, amount] as const];
    if (compareQuantities(amount, earlier) <= 0) return [];
    return [[name, addQuantities(amount, `-${earlier}`)] as const];
  });
  return Object.fromEntries(more.filter(([, amount]) => (parseQuantity(amount)?.nanos ?? 0n) > 0n));
}

/**
 * Charges an object to the quotas of its namespace.
 * @param stored what it was before, in an update
 * @returns the quotas with what is used then, to be written together with the object
 * @throws ApiError 403 when a quota does not suffice
 */
export function chargeQuotas(
  type: ResourceType,
  object: KubeObject,
  stored: KubeObject | undefined,
  context: Pick<WriteContext, 'list'>,
): ResourceQuota[] {
  const { namespace, name } = object.metadata;
  if (namespace === undefined || (stored !== undefined && !CHANGEABLE.includes(groupResource(type))))
    return [];
  const quotas = context.list(RESOURCE_QUOTAS, namespace);
  if (quotas.length === 0) return [];
  const more = growth(type, object, stored);
  return quotas.flatMap((quota) => {
    const { hard = {}, used = {} } = quota.status;
    const counted = resourcesOfKind(type, hard);
    if (counted.length === 0 || !inScope(quota, type, object)) return [];
    const title = quota.metadata.name;
    if (groupResource(type) === groupResource(PODS)) {
      const problem = missingResources((object as Pod).spec, counted);
      if (problem !== undefined) throw forbidden(type, name, `failed quota: ${title}: ${problem}`);
    }
    const unknown = counted.filter((resource) => used[resource] === undefined).sort();
    if (unknown.length > 0)
      throw forbidden(type, name, `status unknown for quota: ${title}, resources: ${unknown.join(',')}`);
    const charged = Object.keys(more).filter((resource) => hard[resource] !== undefined);
    if (charged.length === 0) return [];
    const draft = cloneJson(quota);
    draft.status.used = { ...used };
    for (const resource of charged)
      draft.status.used[resource] = addQuantities(used[resource], more[resource]);
    const exceeded = charged
      .filter((resource) => compareQuantities(draft.status.used?.[resource], hard[resource]) > 0)
      .sort();
    if (exceeded.length > 0)
      throw forbidden(
        type,
        name,
        `exceeded quota: ${title}, requested: ${listed(more, exceeded)}, used: ${listed(used, exceeded)}, limited: ${listed(hard, exceeded)}`,
      );
    return [draft];
  });
}
