import type { KindDefinition } from '../kind-definition.ts';
import type { Namespace } from '../objects.ts';
import { NAMESPACES } from '../resources.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN } from './columns.ts';

/** The finalizer that holds a namespace until what is in it has gone. */
const KUBERNETES_FINALIZER = 'kubernetes';

export const NAMESPACE_KIND: KindDefinition<Namespace> = {
  type: NAMESPACES,
  singular: 'namespace',
  shortNames: ['ns'],
  categories: [],
  subresources: ['status'],
  schema: 'io.k8s.api.core.v1.Namespace',
  nameFormat: 'dns1123Label',
  hasGeneration: false,
  updateChecks: { newMetadata: 1 },
  showsDeleted: true,
  applyDefaults({ metadata }) {
    // A name that is still to be generated gets its label in prepareForCreate.
    if (metadata.name) metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
  },
  prepareForCreate(draft) {
    draft.metadata.labels = { ...draft.metadata.labels, 'kubernetes.io/metadata.name': draft.metadata.name };
    draft.status = { phase: 'Active' };
    draft.spec = { finalizers: [...new Set([...(draft.spec.finalizers ?? []), KUBERNETES_FINALIZER])] };
  },
  prepareForUpdate(draft, stored) {
    draft.spec = stored.spec;
    draft.status = stored.status;
  },
  validate: () => [],
  validateUpdate: () => [],
  columns: [NAME_COLUMN, column('Status', 'The status of the namespace'), AGE_COLUMN],
  cells: ({ metadata, status }, now) => [metadata.name, status.phase, ageOf(metadata.creationTimestamp, now)],
  fieldSelectors: { 'status.phase': ({ status }) => status.phase },
};
