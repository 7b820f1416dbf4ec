import type { KindDefinition } from '../kind-definition.ts';
import type { PodTemplateSpec, ReplicaSet } from '../objects.ts';
import { REPLICA_SETS } from '../resources.ts';
import { nonNegative } from '../validation/errors.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN, templateCells, templateColumns } from './columns.ts';
import {
  defaultTemplate,
  validateSelectorAndTemplate,
  validateSelectorUpdate,
} from './workload-validation.ts';
import { validateReplicaSetStatus } from './status-validation.ts';
import { warningsForWorkload } from './pod-warnings.ts';

const MORE_INFO = 'More info: https://kubernetes.io/docs/concepts/workloads/controllers/replicaset';
const NO_TEMPLATE: PodTemplateSpec = { spec: { containers: [] } };

export const REPLICA_SET_KIND: KindDefinition<ReplicaSet> = {
  type: REPLICA_SETS,
  singular: 'replicaset',
  shortNames: ['rs'],
  categories: ['all'],
  subresources: ['status', 'scale'],
  schema: 'io.k8s.api.apps.v1.ReplicaSet',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: true,
  applyDefaults({ spec }) {
    spec.replicas ??= 1;
    defaultTemplate(spec);
  },
  prepareForCreate(draft) {
    draft.status = { replicas: 0 };
  },
  prepareForUpdate(draft, stored) {
    draft.status = stored.status;
  },
  validate: ({ spec }) => [
    ...nonNegative('spec.replicas', spec.replicas),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...validateSelectorAndTemplate(spec.selector, spec.template ?? NO_TEMPLATE),
  ],
  validateUpdate: ({ spec }, stored) => validateSelectorUpdate(spec.selector, stored.spec.selector),
  statusUpdate: { validate: ({ status }) => validateReplicaSetStatus(status) },
  warnings: (object, stored) => warningsForWorkload(object, stored, { namesPods: true }),
  columns: [
    NAME_COLUMN,
    column(
      'Desired',
      `Replicas is the number of desired pods. This is a pointer to distinguish between explicit zero and unspecified. Defaults to 1. ${MORE_INFO}`,
      'integer',
    ),
    column(
      'Current',
      `Replicas is the most recently observed number of non-terminating pods. ${MORE_INFO}`,
      'integer',
    ),
    column(
      'Ready',
      'The number of non-terminating pods targeted by this ReplicaSet with a Ready Condition.',
      'integer',
    ),
    AGE_COLUMN,
    ...templateColumns(
      'Selector is a label query over pods that should match the replica count. If the selector is empty, it is defaulted to the labels present on the pod template. Label keys and values that must match in order to be controlled by this replica set. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
    ),
  ],
  cells: ({ metadata, spec, status }, now) => [
    metadata.name,
    spec.replicas ?? 0,
    status.replicas,
    status.readyReplicas ?? 0,
    ageOf(metadata.creationTimestamp, now),
    ...templateCells(spec.template, spec.selector),
  ],
  fieldSelectors: {
    'status.replicas': ({ status }) => String(status.replicas),
  },
};
