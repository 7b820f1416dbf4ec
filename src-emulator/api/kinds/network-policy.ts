import type { KindDefinition } from '../kind-definition.ts';
import type { NetworkPolicy } from '../objects.ts';
import { NETWORK_POLICIES } from '../resources.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, NAME_COLUMN } from './columns.ts';

export const NETWORK_POLICY_KIND: KindDefinition<NetworkPolicy> = {
  type: NETWORK_POLICIES,
  singular: 'networkpolicy',
  shortNames: ['netpol'],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.networking.v1.NetworkPolicy',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: true,
  applyDefaults: () => undefined,
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
  validate: () => [],
  validateUpdate: () => [],
  columns: [NAME_COLUMN, AGE_COLUMN],
  cells: ({ metadata }, now) => [metadata.name, ageOf(metadata.creationTimestamp, now)],
  fieldSelectors: {},
};
