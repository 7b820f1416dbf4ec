import type { KindDefinition } from '../kind-definition.ts';
import type { Role } from '../objects.ts';
import { ROLES } from '../resources.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, NAME_COLUMN } from './columns.ts';

export const ROLE_KIND: KindDefinition<Role> = {
  type: ROLES,
  singular: 'role',
  shortNames: [],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.rbac.v1.Role',
  nameFormat: 'path',
  hasGeneration: false,
  metadataChecks: 'twice',
  applyDefaults: () => undefined,
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
  validate: () => [],
  validateUpdate: () => [],
  columns: [NAME_COLUMN, AGE_COLUMN],
  cells: ({ metadata }, now) => [metadata.name, ageOf(metadata.creationTimestamp, now)],
  fieldSelectors: {},
};
