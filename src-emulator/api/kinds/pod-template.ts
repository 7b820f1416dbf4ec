import type { KindDefinition } from '../kind-definition.ts';
import type { PodTemplate } from '../objects.ts';
import { POD_TEMPLATES } from '../resources.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, NAME_COLUMN } from './columns.ts';

export const POD_TEMPLATE_KIND: KindDefinition<PodTemplate> = {
  type: POD_TEMPLATES,
  singular: 'podtemplate',
  shortNames: [],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.core.v1.PodTemplate',
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
