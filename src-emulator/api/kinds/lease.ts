import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { Lease } from '../objects.ts';
import { LEASES } from '../resources.ts';
import { forbidden, invalid, nonNegative, notSupported } from '../validation/errors.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN } from './columns.ts';

/** The strategies of coordinated leader election that the server knows by itself. */
const STRATEGY = 'OldestEmulationVersion';

function validate({ spec = {} }: Partial<Pick<Lease, 'spec'>>): FieldError[] {
  const { leaseDurationSeconds, leaseTransitions, strategy, preferredHolder = '' } = spec;
  const errors: FieldError[] = [];
  if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0)
    errors.push(invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0'));
  errors.push(...nonNegative('spec.leaseTransitions', leaseTransitions));
  if (strategy !== undefined && !strategy.includes('/') && strategy !== STRATEGY)
    errors.push(notSupported('spec.strategy', strategy, [STRATEGY]));
  if (preferredHolder !== '' && (strategy ?? '') === '')
    errors.push(forbidden('spec.preferredHolder', 'may only be specified if `strategy` is defined'));
  return errors;
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
  applyDefaults(draft) {
    draft.spec ??= {};
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
