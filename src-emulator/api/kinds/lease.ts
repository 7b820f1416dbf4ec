import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { Lease } from '../objects.ts';
import { LEASES } from '../resources.ts';
import { forbidden, invalid, invalidEach } from '../validation/errors.ts';
import { qualifiedName } from '../validation/names.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN } from './columns.ts';

/** As pkg/apis/coordination/validation/validation.go. */
function validate({ spec = {} }: Partial<Pick<Lease, 'spec'>>): FieldError[] {
  const { leaseDurationSeconds, leaseTransitions, strategy, preferredHolder = '' } = spec;
  const errors: FieldError[] = [];
  if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0)
    errors.push(invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0'));
  if (leaseTransitions !== undefined && leaseTransitions < 0)
    errors.push(invalid('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0'));
  if (strategy !== undefined) errors.push(...validateStrategy(strategy));
  if (preferredHolder !== '' && (strategy ?? '') === '')
    errors.push(forbidden('spec.preferredHolder', 'may only be specified if `strategy` is defined'));
  return errors;
}

function validateStrategy(strategy: string): FieldError[] {
  const field = 'spec.strategy';
  if (strategy.includes('/')) return invalidEach(field, strategy, qualifiedName(strategy));
  return strategy === 'OldestEmulationVersion'
    ? []
    : [
        {
          type: 'FieldValueNotSupported',
          field,
          detail: `Unsupported value: ${JSON.stringify(strategy)}: supported values: "OldestEmulationVersion"`,
        },
      ];
}

export const LEASE_KIND: KindDefinition<Lease> = {
  type: LEASES,
  singular: 'lease',
  shortNames: [],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.coordination.v1.Lease',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: false,
  needsVersion: true,
  isCreatedByUpdate: true,
  applyDefaults(draft) {
    const lease: { spec?: Lease['spec'] } = draft;
    lease.spec ??= {};
  },
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
  validate,
  validateUpdate: () => [],
  columns: [
    NAME_COLUMN,
    column(
      'Holder',
      'holderIdentity contains the identity of the holder of a current lease. If Coordinated Leader Election is used, the holder identity must be equal to the elected LeaseCandidate.metadata.name field.',
    ),
    AGE_COLUMN,
  ],
  cells: ({ metadata, spec }, now) => [
    metadata.name,
    spec.holderIdentity ?? '',
    ageOf(metadata.creationTimestamp, now),
  ],
  fieldSelectors: {},
};
