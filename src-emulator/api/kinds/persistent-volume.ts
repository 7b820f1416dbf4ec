import type { KindDefinition } from '../kind-definition.ts';
import type { PersistentVolume } from '../objects.ts';
import { PERSISTENT_VOLUMES } from '../resources.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, NAME_COLUMN } from './columns.ts';

export const PERSISTENT_VOLUME_KIND: KindDefinition<PersistentVolume> = {
  type: PERSISTENT_VOLUMES,
  singular: 'persistentvolume',
  shortNames: ['pv'],
  categories: [],
  subresources: ['status'],
  schema: 'io.k8s.api.core.v1.PersistentVolume',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: false,
  applyDefaults: () => undefined,
  prepareForCreate(draft) {
    draft.status = { phase: 'Pending' };
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
