import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { ClusterRole } from '../objects.ts';
import { CLUSTER_ROLES } from '../resources.ts';
import { invalid, required } from '../validation/errors.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { NAME_COLUMN } from './columns.ts';
import { CREATED_AT_COLUMN, validateRules } from './rbac-validation.ts';

function validateAggregation({ aggregationRule }: ClusterRole): FieldError[] {
  if (aggregationRule === undefined) return [];
  const field = 'aggregationRule.clusterRoleSelectors';
  const { clusterRoleSelectors: selectors = [] } = aggregationRule;
  if (selectors.length === 0)
    return [required(field, 'at least one clusterRoleSelector required if aggregationRule is non-nil')];
  return selectors.flatMap((selector, index) => {
    const errors = validateLabelSelector(selector, `${field}[${index}]`);
    if (errors.length > 0) errors.push(invalid(`${field}[${index}]`, undefined, 'invalid label selector.'));
    return errors;
  });
}

export const CLUSTER_ROLE_KIND: KindDefinition<ClusterRole> = {
  type: CLUSTER_ROLES,
  singular: 'clusterrole',
  shortNames: [],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.rbac.v1.ClusterRole',
  nameFormat: 'path',
  hasGeneration: false,
  updateChecks: { newMetadata: 2, rules: 2 },
  isCreatedByUpdate: true,
  applyDefaults(draft) {
    draft.rules ??= null;
  },
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
  validate: (role) => [...validateRules(role.rules, false), ...validateAggregation(role)],
  validateUpdate: () => [],
  columns: [NAME_COLUMN, CREATED_AT_COLUMN],
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp],
  fieldSelectors: {},
};
