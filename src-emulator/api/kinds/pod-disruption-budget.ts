import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { PodDisruptionBudget } from '../objects.ts';
import { POD_DISRUPTION_BUDGETS } from '../resources.ts';
import { invalid, notSupported } from '../validation/errors.ts';
import { notMoreThan100Percent, positiveIntOrPercent } from '../validation/int-or-percent.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN } from './columns.ts';

const EVICTION_POLICIES = ['AlwaysAllow', 'IfHealthyBudget'];

function validate({ spec }: PodDisruptionBudget): FieldError[] {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec;
  const errors: FieldError[] = [];
  if (minAvailable !== undefined && maxUnavailable !== undefined)
    // The server prints its internal object, with Go's field names.
    errors.push(
      invalid(
        'spec',
        {
          MinAvailable: minAvailable,
          Selector: selector ?? null,
          MaxUnavailable: maxUnavailable,
          UnhealthyPodEvictionPolicy: policy ?? null,
        },
        'minAvailable and maxUnavailable cannot be both set',
      ),
    );
  for (const key of ['minAvailable', 'maxUnavailable'] as const) {
    const value = spec[key];
    if (value === undefined) continue;
    errors.push(
      ...positiveIntOrPercent(`spec.${key}`, value),
      ...notMoreThan100Percent(`spec.${key}`, value),
    );
  }
  errors.push(...validateLabelSelector(selector, 'spec.selector'));
  if (policy !== undefined && !EVICTION_POLICIES.includes(policy))
    errors.push(notSupported('spec.unhealthyPodEvictionPolicy', policy, EVICTION_POLICIES));
  return errors;
}

export const POD_DISRUPTION_BUDGET_KIND: KindDefinition<PodDisruptionBudget> = {
  type: POD_DISRUPTION_BUDGETS,
  singular: 'poddisruptionbudget',
  shortNames: ['pdb'],
  categories: [],
  subresources: ['status'],
  schema: 'io.k8s.api.policy.v1.PodDisruptionBudget',
  nameFormat: 'path',
  hasGeneration: true,
  checksMetadataLast: true,
  updateChecks: { changedMetadata: 0 },
  needsVersion: true,
  applyDefaults: () => undefined,
  prepareForCreate(draft) {
    draft.status = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
  },
  prepareForUpdate(draft, stored) {
    draft.status = stored.status;
  },
  validate,
  validateUpdate: () => [],
  columns: [
    NAME_COLUMN,
    column('Min Available', 'The minimum number of pods that must be available.'),
    column('Max Unavailable', 'The maximum number of pods that may be unavailable.'),
    column('Allowed Disruptions', 'Calculated number of pods that may be disrupted at this time.', 'integer'),
    AGE_COLUMN,
  ],
  cells: ({ metadata, spec, status }, now) => [
    metadata.name,
    String(spec.minAvailable ?? 'N/A'),
    String(spec.maxUnavailable ?? 'N/A'),
    status.disruptionsAllowed,
    ageOf(metadata.creationTimestamp, now),
  ],
  fieldSelectors: {},
};
