import type { KindDefinition } from '../kind-definition.ts';
import type { ServiceCIDR } from '../objects.ts';
import { SERVICE_CIDRS } from '../resources.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, NAME_COLUMN } from './columns.ts';

export const SERVICE_CIDR_KIND: KindDefinition<ServiceCIDR> = {
  type: SERVICE_CIDRS,
  singular: 'servicecidr',
  shortNames: [],
  categories: [],
  subresources: ['status'],
  schema: 'io.k8s.api.networking.v1.ServiceCIDR',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: false,
  applyDefaults: () => undefined,
  prepareForCreate(draft) {
    draft.status = {};
  },
  prepareForUpdate(draft, stored) {
    draft.status = stored.status;
  },
  validate: () => [],
  validateUpdate: () => [],
  columns: [NAME_COLUMN, AGE_COLUMN],
  cells: ({ metadata }, now) => [metadata.name, ageOf(metadata.creationTimestamp, now)],
  fieldSelectors: {},
};
