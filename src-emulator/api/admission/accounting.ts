import type { KindDefinition, WriteContext } from '../kind-definition.ts';
import type { KubeObject, ResourceQuota } from '../objects.ts';
import { checkLimitRanges } from './limit-ranger.ts';
import { chargeQuotas } from './resource-quota.ts';

/**
 * What is valid may still be refused: by a LimitRange when it is new, or by a ResourceQuota.
 * @returns the quotas with what is used then, to be written together with the object
 * @throws ApiError 403
 */
export function account(
  kind: KindDefinition,
  draft: KubeObject,
  stored: KubeObject | undefined,
  context: WriteContext,
): ResourceQuota[] {
  if (!kind.type.namespaced) return [];
  if (stored === undefined) checkLimitRanges(kind.type, draft, context);
  return chargeQuotas(kind.type, draft, stored, context);
}

/**
 * {@link account} for a new object, which gives back what was given out to it when it is refused.
 * @throws ApiError 403
 */
export function accountNew(kind: KindDefinition, draft: KubeObject, context: WriteContext): ResourceQuota[] {
  try {
    return account(kind, draft, undefined, context);
  } catch (error) {
    kind.released?.(draft);
    throw error;
  }
}
