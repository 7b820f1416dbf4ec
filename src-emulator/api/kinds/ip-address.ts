import type { KindDefinition } from '../kind-definition.ts';
import type { IPAddress } from '../objects.ts';
import { IP_ADDRESSES } from '../resources.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, NAME_COLUMN } from './columns.ts';

export const IP_ADDRESS_KIND: KindDefinition<IPAddress> = {
  type: IP_ADDRESSES,
  singular: 'ipaddress',
  shortNames: ['ip'],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.networking.v1.IPAddress',
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
