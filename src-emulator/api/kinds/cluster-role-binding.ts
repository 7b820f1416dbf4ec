import type { KindDefinition } from '../kind-definition.ts';
import type { ClusterRoleBinding } from '../objects.ts';
import { CLUSTER_ROLE_BINDINGS } from '../resources.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, NAME_COLUMN } from './columns.ts';

export const CLUSTER_ROLE_BINDING_KIND: KindDefinition<ClusterRoleBinding> = {
  type: CLUSTER_ROLE_BINDINGS,
  singular: 'clusterrolebinding',
  shortNames: [],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.rbac.v1.ClusterRoleBinding',
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
