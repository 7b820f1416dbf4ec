import type { KindDefinition } from '../kind-definition.ts';
import type { IngressClass } from '../objects.ts';
import { INGRESS_CLASSES } from '../resources.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, NAME_COLUMN } from './columns.ts';

export const INGRESS_CLASS_KIND: KindDefinition<IngressClass> = {
  type: INGRESS_CLASSES,
  singular: 'ingressclass',
  shortNames: [],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.networking.v1.IngressClass',
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
