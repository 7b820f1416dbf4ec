import type { KindDefinition } from '../kind-definition.ts';
import type { Ingress } from '../objects.ts';
import { INGRESSES } from '../resources.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, NAME_COLUMN } from './columns.ts';

export const INGRESS_KIND: KindDefinition<Ingress> = {
  type: INGRESSES,
  singular: 'ingress',
  shortNames: ['ing'],
  categories: [],
  subresources: ['status'],
  schema: 'io.k8s.api.networking.v1.Ingress',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: true,
  applyDefaults: () => undefined,
  prepareForCreate(draft) {
    draft.status = { loadBalancer: {} };
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
