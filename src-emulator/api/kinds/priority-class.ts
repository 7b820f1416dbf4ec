import type { KindDefinition } from '../kind-definition.ts';
import type { PriorityClass } from '../objects.ts';
import { PRIORITY_CLASSES } from '../resources.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, NAME_COLUMN } from './columns.ts';

export const PRIORITY_CLASS_KIND: KindDefinition<PriorityClass> = {
  type: PRIORITY_CLASSES,
  singular: 'priorityclass',
  shortNames: ['pc'],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.scheduling.v1.PriorityClass',
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
