import type { KindDefinition } from '../kind-definition.ts';
import type { ResourceQuota } from '../objects.ts';
import { RESOURCE_QUOTAS } from '../resources.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, NAME_COLUMN } from './columns.ts';

export const RESOURCE_QUOTA_KIND: KindDefinition<ResourceQuota> = {
  type: RESOURCE_QUOTAS,
  singular: 'resourcequota',
  shortNames: ['quota'],
  categories: [],
  subresources: ['status'],
  schema: 'io.k8s.api.core.v1.ResourceQuota',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: false,
  applyDefaults: () => undefined,
  prepareForCreate(draft) {
    draft.status = {};
  },
  prepareForUpdate(draft, stored) {
    draft.status = stored.status;
  },
  validate: () => [],
  validateUpdate: () => [],
  columns: [NAME_COLUMN, AGE_COLUMN],
  cells: ({ metadata }, now) => [metadata.name, ageOf(metadata.creationTimestamp, now)],
  fieldSelectors: {},
};
