import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { ResourceQuota } from '../objects.ts';
import { RESOURCE_QUOTAS } from '../resources.ts';
import { invalid, required } from '../validation/errors.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN } from './columns.ts';
import { isQuotaResource, validateResourceAmount, validateResourceName } from './resource-requirements.ts';

const SCOPES = new Set([
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'VolumeAttributesClass',
  'CrossNamespacePodAffinity',
]);
/** What says all by itself: it takes no list of values. */
const FLAG_SCOPES = new Set([
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'CrossNamespacePodAffinity',
]);
const CONFLICTS = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;
const COMPUTE_RESOURCES = [
  'pods',
  'cpu',
  'memory',
  'limits.cpu',
  'limits.memory',
  'requests.cpu',
  'requests.memory',
];

/** As ValidateResourceQuotaSpec in pkg/apis/core/validation/validation.go. */
function validate({ spec }: ResourceQuota): FieldError[] {
  const { hard = {}, scopes = [], scopeSelector } = spec;
  const errors: FieldError[] = [];
  for (const [name, amount] of Object.entries(hard)) {
    const field = `spec.hard[${name}]`;
    errors.push(...validateResourceName(name, field));
    if (!name.includes('/') && !isQuotaResource(name))
      errors.push(invalid(field, name, 'must be a standard resource for quota'));
    errors.push(...validateResourceAmount(name, amount, field));
  }
  for (const scope of scopes) {
    if (!SCOPES.has(scope)) errors.push(invalid('spec.scopes', scopes, 'unsupported scope'));
    errors.push(
      ...unsuitable(scope, hard).map(() =>
        invalid('spec.scopes', scopes, 'unsupported scope applied to resource'),
      ),
    );
  }
  for (const [one, other] of CONFLICTS)
    if (scopes.includes(one) && scopes.includes(other))
      errors.push(invalid('spec.scopes', scopes, 'conflicting scopes'));
  return scopeSelector === undefined ? errors : [...errors, ...validateSelector(scopeSelector, hard)];
}

/** The resources that a scope means nothing to. */
function unsuitable(scope: string, hard: Record<string, string>): string[] {
  return Object.keys(hard).filter((name) => {
    if (!isQuotaResource(name)) return false;
    if (scope === 'BestEffort') return name !== 'pods';
    if (scope === 'VolumeAttributesClass')
      return name !== 'persistentvolumeclaims' && name !== 'requests.storage';
    return SCOPES.has(scope) && !COMPUTE_RESOURCES.includes(name);
  });
}

function validateSelector(
  selector: NonNullable<ResourceQuota['spec']['scopeSelector']>,
  hard: Record<string, string>,
): FieldError[] {
  const at = 'spec.scopeSelector.matchExpressions';
  const errors: FieldError[] = [];
  const expressions = selector.matchExpressions ?? [];
  for (const { scopeName, operator, values = [] } of expressions) {
    if (!SCOPES.has(scopeName)) errors.push(invalid(`${at}.scopeName`, scopeName, 'unsupported scope'));
    errors.push(
      ...unsuitable(scopeName, hard).map(() =>
        invalid(at, goSelector(selector), 'unsupported scope applied to resource'),
      ),
    );
    if (FLAG_SCOPES.has(scopeName) && operator !== 'Exists')
      errors.push(
        invalid(
          `${at}.operator`,
          operator,
          "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity",
        ),
      );
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0)
        errors.push(
          required(
            `${at}.values`,
            "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
          ),
        );
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0)
        errors.push(
          invalid(
            `${at}.values`,
            values,
            "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
          ),
        );
    } else errors.push(invalid(`${at}.operator`, operator, 'not a valid selector operator'));
  }
  const names = expressions.map(({ scopeName }) => scopeName);
  for (const [one, other] of CONFLICTS)
    if (names.includes(one) && names.includes(other)) errors.push(invalid(at, null, 'conflicting scopes'));
  return errors;
}

/** The server prints its internal object, with Go's field names. */
function goSelector({ matchExpressions = [] }: NonNullable<ResourceQuota['spec']['scopeSelector']>): unknown {
  return {
    MatchExpressions: matchExpressions.map(({ scopeName, operator, values }) => ({
      ScopeName: scopeName,
      Operator: operator,
      Values: values ?? null,
    })),
  };
}

/** `pods: 1/10, requests.cpu: 0/4`, of what the status knows. */
function usage({ status }: ResourceQuota, ofLimits: boolean): string {
  return Object.entries(status.hard ?? {})
    .filter(([name]) => name.startsWith('limits.') === ofLimits)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, amount]) => `${name}: ${status.used?.[name] ?? '0'}/${amount}`)
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
  applyDefaults: () => undefined,
  prepareForCreate(draft) {
    draft.status = {};
  },
  prepareForUpdate(draft, stored) {
    draft.status = stored.status;
  },
  validate,
  validateUpdate: ({ spec }, stored) =>
    [...new Set(spec.scopes)].sort().join() === [...new Set(stored.spec.scopes)].sort().join()
      ? []
      : [invalid('spec.scopes', spec.scopes, 'field is immutable')],
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
    usage(quota, false),
    usage(quota, true),
    ageOf(quota.metadata.creationTimestamp, now),
  ],
  fieldSelectors: {},
};
