import type { KindDefinition } from '../kind-definition.ts';
import type { RoleBinding } from '../objects.ts';
import { ROLE_BINDINGS } from '../resources.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, NAME_COLUMN } from './columns.ts';

export const ROLE_BINDING_KIND: KindDefinition<RoleBinding> = {
  type: ROLE_BINDINGS,
  singular: 'rolebinding',
  shortNames: [],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.rbac.v1.RoleBinding',
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
