import type { KindDefinition } from '../kind-definition.ts';
import type { RoleBinding } from '../objects.ts';
import { ROLE_BINDINGS } from '../resources.ts';
import {
  bindingCells,
  bindingColumns,
  defaultBinding,
  validateBinding,
  validateRoleRefUpdate,
} from './rbac-validation.ts';

export const ROLE_BINDING_KIND: KindDefinition<RoleBinding> = {
  type: ROLE_BINDINGS,
  singular: 'rolebinding',
  shortNames: [],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.rbac.v1.RoleBinding',
  nameFormat: 'path',
  hasGeneration: false,
  updateChecks: { newMetadata: 2, rules: 2 },
  isCreatedByUpdate: true,
  applyDefaults: defaultBinding,
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
  validate: (binding) => validateBinding(binding, true),
  validateUpdate: validateRoleRefUpdate,
  columns: bindingColumns(
    'roleBinding',
    'RoleRef can reference a Role in the current namespace or a ClusterRole in the global namespace. If the RoleRef cannot be resolved, the Authorizer must return an error.',
  ),
  cells: bindingCells,
  fieldSelectors: {},
};
