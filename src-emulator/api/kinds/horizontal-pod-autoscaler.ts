import type { KindDefinition } from '../kind-definition.ts';
import type { HorizontalPodAutoscaler } from '../objects.ts';
import { HORIZONTAL_POD_AUTOSCALERS } from '../resources.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, NAME_COLUMN } from './columns.ts';

export const HORIZONTAL_POD_AUTOSCALER_KIND: KindDefinition<HorizontalPodAutoscaler> = {
  type: HORIZONTAL_POD_AUTOSCALERS,
  singular: 'horizontalpodautoscaler',
  shortNames: ['hpa'],
  categories: ['all'],
  subresources: ['status'],
  schema: 'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: true,
  applyDefaults: () => undefined,
  prepareForCreate(draft) {
    draft.status = { desiredReplicas: 0 };
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
