import type { KindDefinition } from '../kind-definition.ts';
import type { LimitRange } from '../objects.ts';
import { LIMIT_RANGES } from '../resources.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, NAME_COLUMN } from './columns.ts';

export const LIMIT_RANGE_KIND: KindDefinition<LimitRange> = {
  type: LIMIT_RANGES,
  singular: 'limitrange',
  shortNames: ['limits'],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.core.v1.LimitRange',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: false,
  applyDefaults: () => undefined,
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
  validate: () => [],
  validateUpdate: () => [],
  columns: [NAME_COLUMN, AGE_COLUMN],
  cells: ({ metadata }, now) => [metadata.name, ageOf(metadata.creationTimestamp, now)],
  fieldSelectors: {},
};
