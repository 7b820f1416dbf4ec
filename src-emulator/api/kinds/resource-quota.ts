import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { ResourceQuota } from '../objects.ts';
import { RESOURCE_QUOTAS } from '../resources.ts';
import { invalid, required } from '../validation/errors.ts';
import { parseQuantity, roundUpAmounts } from '../validation/quantity.ts';
import {
  isIntegerResource,
  isStandardQuotaResource,
  validateQuotaResourceName,
} from '../validation/resource-names.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN } from './columns.ts';

type Spec = ResourceQuota['spec'];

const POD_SCOPES = [
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'CrossNamespacePodAffinity',
];
const SCOPES = [
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'VolumeAttributesClass',
  'CrossNamespacePodAffinity',
];
const CONFLICTS = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
];
const POD_RESOURCES = [
  'pods',
  'cpu',
  'memory',
  'limits.cpu',
  'limits.memory',
  'requests.cpu',
  'requests.memory',
];
const CLAIM_RESOURCES = ['persistentvolumeclaims', 'requests.storage'];
const WHOLE = 1_000_000_000n;

function validateHard(hard: Record<string, string>): FieldError[] {
  return Object.entries(hard).flatMap(([name, amount]) => {
    const field = `spec.hard[${name}]`;
    const errors = validateQuotaResourceName(name, field);
    const nanos = parseQuantity(amount)?.nanos ?? 0n;
    if (nanos < 0n) errors.push(invalid(field, amount, 'must be greater than or equal to 0'));
    if (isIntegerResource(name) && nanos % WHOLE !== 0n)
      errors.push(invalid(field, amount, 'must be an integer'));
    return errors;
  });
}

/** Which resources a scope can be applied to. */
function fits(scope: string, resource: string): boolean {
  switch (scope) {
    case 'BestEffort':
      return resource === 'pods';
    case 'VolumeAttributesClass':
      return CLAIM_RESOURCES.includes(resource);
    default:
      return !SCOPES.includes(scope) || POD_RESOURCES.includes(resource);
  }
}

function conflicting(scopes: readonly string[]): boolean[] {
  return CONFLICTS.filter((pair) => pair.every((scope) => scopes.includes(scope))).map(() => true);
}

function standardResources(spec: Spec): string[] {
  return Object.keys(spec.hard ?? {})
    .sort()
    .filter(isStandardQuotaResource);
}

function validateScopes(spec: Spec): FieldError[] {
  const { scopes = [] } = spec;
  const field = 'spec.scopes';
  const errors: FieldError[] = [];
  for (const scope of scopes) {
    if (!SCOPES.includes(scope)) errors.push(invalid(field, scopes, 'unsupported scope'));
    for (const resource of standardResources(spec))
      if (!fits(scope, resource))
        errors.push(invalid(field, scopes, 'unsupported scope applied to resource'));
  }
  return [...errors, ...conflicting(scopes).map(() => invalid(field, scopes, 'conflicting scopes'))];
}

function validateScopeSelector(spec: Spec): FieldError[] {
  const requirements = spec.scopeSelector?.matchExpressions ?? [];
  const at = 'spec.scopeSelector.matchExpressions';
  // The server prints its internal object, with Go's field names.
  const internal = {
    MatchExpressions: requirements.map(({ scopeName, operator, values }) => ({
      ScopeName: scopeName,
      Operator: operator,
      Values: values ?? null,
    })),
  };
  const errors: FieldError[] = [];
  for (const { scopeName, operator, values = [] } of requirements) {
    if (!SCOPES.includes(scopeName)) errors.push(invalid(`${at}.scopeName`, scopeName, 'unsupported scope'));
    for (const resource of standardResources(spec))
      if (!fits(scopeName, resource))
        errors.push(invalid(at, internal, 'unsupported scope applied to resource'));
    if (POD_SCOPES.includes(scopeName) && operator !== 'Exists')
      errors.push(
        invalid(
          `${at}.operator`,
          operator,
          "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity",
        ),
      );
    errors.push(...validateOperator(operator, values, at));
  }
  const scopes = requirements.map(({ scopeName }) => scopeName);
  return [...errors, ...conflicting(scopes).map(() => invalid(at, spec.scopes, 'conflicting scopes'))];
}

function validateOperator(operator: string, values: readonly string[], at: string): FieldError[] {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length > 0
        ? []
        : [
            required(
              `${at}.values`,
              "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
            ),
          ];
    case 'Exists':
    case 'DoesNotExist':
      return values.length === 0
        ? []
        : [
            invalid(
              `${at}.values`,
              values,
              "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
            ),
          ];
    default:
      return [invalid(`${at}.operator`, operator, 'not a valid selector operator')];
  }
}

function amounts({ status: { hard = {}, used = {} } }: ResourceQuota, ofLimits: boolean): string {
  return Object.keys(hard)
    .sort()
    .filter((name) => name.startsWith('limits.') === ofLimits)
    .map((name) => `${name}: ${used[name] ?? '0'}/${hard[name] ?? '0'}`)
    .join(', ');
}

export const RESOURCE_QUOTA_KIND: KindDefinition<ResourceQuota> = {
  type: RESOURCE_QUOTAS,
  singular: 'resourcequota',
  shortNames: ['quota'],
  categories: [],
  subresources: ['status'],
  schema: 'io.k8s.api.core.v1.ResourceQuota',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: false,
  showsDeleted: true,
  applyDefaults: ({ spec }) => roundUpAmounts(spec.hard),
  prepareForCreate(draft) {
    draft.status = {};
  },
  prepareForUpdate(draft, stored) {
    draft.status = stored.status;
  },
  validate: ({ spec }) => [
    ...validateHard(spec.hard ?? {}),
    ...validateScopes(spec),
    ...validateScopeSelector(spec),
  ],
  validateUpdate({ spec: { scopes = [] } }, { spec: stored }) {
    const before = new Set(stored.scopes ?? []);
    return before.size === new Set(scopes).size && scopes.every((scope) => before.has(scope))
      ? []
      : [invalid('spec.scopes', scopes, 'field is immutable')];
  },
  columns: [
    NAME_COLUMN,
    column('Request', 'Request represents a minimum amount of cpu/memory that a container may consume.'),
    column(
      'Limit',
      'Limits control the maximum amount of cpu/memory that a container may use independent of contention on the node.',
    ),
    AGE_COLUMN,
  ],
  cells: (quota, now) => [
    quota.metadata.name,
    amounts(quota, false),
    amounts(quota, true),
    ageOf(quota.metadata.creationTimestamp, now),
  ],
  fieldSelectors: {},
};
