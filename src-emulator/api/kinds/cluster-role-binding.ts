import type { KindDefinition } from '../kind-definition.ts';
import type { ClusterRoleBinding } from '../objects.ts';
import { CLUSTER_ROLE_BINDINGS } from '../resources.ts';
import {
  bindingCells,
  bindingColumns,
  defaultBinding,
  validateBinding,
  validateRoleRefUpdate,
} from './rbac-validation.ts';

export const CLUSTER_ROLE_BINDING_KIND: KindDefinition<ClusterRoleBinding> = {
  type: CLUSTER_ROLE_BINDINGS,
  singular: 'clusterrolebinding',
  shortNames: [],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.rbac.v1.ClusterRoleBinding',
  nameFormat: 'path',
  hasGeneration: false,
  updateChecks: { newMetadata: 2, rules: 2 },
  isCreatedByUpdate: true,
  applyDefaults: defaultBinding,
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
  validate: (binding) => validateBinding(binding, false),
  validateUpdate: validateRoleRefUpdate,
  columns: bindingColumns(
    'clusterRoleBinding',
    'RoleRef can only reference a ClusterRole in the global namespace. If the RoleRef cannot be resolved, the Authorizer must return an error.',
  ),
  cells: bindingCells,
  fieldSelectors: {},
};
