import * as resources from '../api/resources.ts';
import type { ResourceType } from '../api/resources.ts';

function isResourceType(value: unknown): value is ResourceType {
  return typeof value === 'object' && value !== null && 'plural' in value;
}

/** Every kind the cluster knows: what garbage collection and namespace deletion work on. */
export const ALL_KINDS: readonly ResourceType[] = Object.values(resources).filter(isResourceType);

/** The kind that an owner reference names. */
export function kindOfReference(apiVersion: string, kind: string): ResourceType | undefined {
  return ALL_KINDS.find((type) => type.kind === kind && resources.apiVersionOf(type) === apiVersion);
}
