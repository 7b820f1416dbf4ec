import type { KindDefinition } from '../kind-definition.ts';
import type { Role } from '../objects.ts';
import { ROLES } from '../resources.ts';
import { NAME_COLUMN } from './columns.ts';
import { CREATED_AT_COLUMN, validateRules } from './rbac-validation.ts';

export const ROLE_KIND: KindDefinition<Role> = {
  type: ROLES,
  singular: 'role',
  shortNames: [],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.rbac.v1.Role',
  nameFormat: 'path',
  hasGeneration: false,
  updateChecks: { newMetadata: 2, rules: 2 },
  isCreatedByUpdate: true,
  applyDefaults(draft) {
    draft.rules ??= null;
  },
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
  validate: ({ rules }) => validateRules(rules, true),
  validateUpdate: () => [],
  columns: [NAME_COLUMN, CREATED_AT_COLUMN],
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp],
  fieldSelectors: {},
};
