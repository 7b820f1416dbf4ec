import type { KindDefinition } from '../kind-definition.ts';
import type { PodTemplate } from '../objects.ts';
import { POD_TEMPLATES } from '../resources.ts';
import { column, CONTAINER_COLUMNS, containerCells, formatLabels, NAME_COLUMN } from './columns.ts';
import { defaultTemplate, validatePodTemplate } from './workload-validation.ts';

export const POD_TEMPLATE_KIND: KindDefinition<PodTemplate> = {
  type: POD_TEMPLATES,
  singular: 'podtemplate',
  shortNames: [],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.core.v1.PodTemplate',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: true,
  showsDeleted: true,
  applyDefaults: defaultTemplate,
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
  validate: ({ template }) => (template === undefined ? [] : validatePodTemplate(template, 'template')),
  validateUpdate: () => [],
  columns: [
    NAME_COLUMN,
    ...CONTAINER_COLUMNS.map((each) => ({ ...each, priority: 0 })),
    column('Pod Labels', 'The labels for the pod template.'),
  ],
  cells: ({ metadata, template }) => [
    metadata.name,
    ...containerCells(template),
    formatLabels(template?.metadata?.labels),
  ],
  fieldSelectors: {},
};
