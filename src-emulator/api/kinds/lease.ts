import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { Lease } from '../objects.ts';
import { LEASES } from '../resources.ts';
import { invalid } from '../validation/errors.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN } from './columns.ts';

/** Fields of coordinated leader election, which is switched off. */
function dropElection({
  spec,
}: {
  spec?: Lease['spec'] & { strategy?: string; preferredHolder?: string };
}): void {
  delete spec?.strategy;
  delete spec?.preferredHolder;
}

/** As pkg/apis/coordination/validation/validation.go. */
function validate({ spec = {} }: { spec?: Lease['spec'] }): FieldError[] {
  const { leaseDurationSeconds, leaseTransitions } = spec;
  const errors: FieldError[] = [];
  if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0)
    errors.push(invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0'));
  if (leaseTransitions !== undefined && leaseTransitions < 0)
    errors.push(invalid('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0'));
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
  needsVersion: true,
  isCreatedByUpdate: true,
  applyDefaults(draft) {
    const lease: { spec?: Lease['spec'] } = draft;
    lease.spec ??= {};
  },
  prepareForCreate: dropElection,
  prepareForUpdate: dropElection,
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
