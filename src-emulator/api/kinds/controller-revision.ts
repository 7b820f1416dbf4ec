import type { KindDefinition } from '../kind-definition.ts';
import type { ControllerRevision } from '../objects.ts';
import { CONTROLLER_REVISIONS } from '../resources.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, NAME_COLUMN } from './columns.ts';

export const CONTROLLER_REVISION_KIND: KindDefinition<ControllerRevision> = {
  type: CONTROLLER_REVISIONS,
  singular: 'controllerrevision',
  shortNames: [],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.apps.v1.ControllerRevision',
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
