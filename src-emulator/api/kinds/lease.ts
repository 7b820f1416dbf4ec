import type { KindDefinition } from '../kind-definition.ts';
import type { Lease } from '../objects.ts';
import { LEASES } from '../resources.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, NAME_COLUMN } from './columns.ts';

export const LEASE_KIND: KindDefinition<Lease> = {
  type: LEASES,
  singular: 'lease',
  shortNames: [],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.coordination.v1.Lease',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: false,
  applyDefaults: () => undefined,
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
  validate: () => [],
  validateUpdate: () => [],
  columns: [NAME_COLUMN, AGE_COLUMN],
  cells: ({ metadata }, now) => [metadata.name, ageOf(metadata.creationTimestamp, now)],
  fieldSelectors: {},
};
