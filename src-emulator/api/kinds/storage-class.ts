import type { KindDefinition } from '../kind-definition.ts';
import type { StorageClass } from '../objects.ts';
import { STORAGE_CLASSES } from '../resources.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, NAME_COLUMN } from './columns.ts';

export const STORAGE_CLASS_KIND: KindDefinition<StorageClass> = {
  type: STORAGE_CLASSES,
  singular: 'storageclass',
  shortNames: ['sc'],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.storage.v1.StorageClass',
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
