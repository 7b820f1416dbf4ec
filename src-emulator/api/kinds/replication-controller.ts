import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { PodTemplateSpec, ReplicationController } from '../objects.ts';
import { REPLICATION_CONTROLLERS } from '../resources.ts';
import { nonNegative, required } from '../validation/errors.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN, templateCells, templateColumns } from './columns.ts';
import {
  defaultTemplate,
  selectedLabels,
  validatePodTemplate,
  validateRunsForever,
} from './workload-validation.ts';
import { validateReplicaSetStatus } from './status-validation.ts';
import { warningsForWorkload } from './pod-warnings.ts';

const MORE_INFO =
  'More info: https://kubernetes.io/docs/concepts/workloads/controllers/replicationcontroller#what-is-a-replicationcontroller';

function applyDefaults({ metadata, spec }: ReplicationController): void {
  const labels = spec.template?.metadata?.labels;
  if (labels !== undefined) {
    if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
    if (Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels };
  }
  spec.replicas ??= 1;
  if (spec.template !== undefined) defaultTemplate(spec);
}

function validate({ spec }: ReplicationController): FieldError[] {
  const { selector = {}, template } = spec;
  const selects = Object.keys(selector).length > 0;
  return [
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...(selects ? [] : [required('spec.selector')]),
    ...nonNegative('spec.replicas', spec.replicas),
    ...(template === undefined ? [required('spec.template')] : validateTemplate(selects, selector, template)),
  ];
}

function validateTemplate(
  selects: boolean,
  matchLabels: Record<string, string>,
  template: PodTemplateSpec,
): FieldError[] {
  return [
    ...(selects ? selectedLabels({ matchLabels }, template) : []),
    ...validatePodTemplate(template, 'spec.template'),
    ...validateRunsForever(template, 'ReplicationController'),
  ];
}

export const REPLICATION_CONTROLLER_KIND: KindDefinition<ReplicationController> = {
  type: REPLICATION_CONTROLLERS,
  singular: 'replicationcontroller',
  shortNames: ['rc'],
  categories: ['all'],
  subresources: ['scale', 'status'],
  schema: 'io.k8s.api.core.v1.ReplicationController',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: true,
  updateChecks: { newMetadata: 1, rules: 2 },
  applyDefaults,
  prepareForCreate(draft) {
    draft.status = { replicas: 0 };
  },
  prepareForUpdate(draft, stored) {
    draft.status = stored.status;
  },
  validate,
  // The server checks an update twice over, and names each cause twice.
  validateUpdate: validate,
  statusUpdate: { validate: ({ status }) => validateReplicaSetStatus(status) },
  warnings: (object, stored) => warningsForWorkload(object, stored, { namesPods: true }),
  columns: [
    NAME_COLUMN,
    column(
      'Desired',
      `Replicas is the number of desired replicas. This is a pointer to distinguish between explicit zero and unspecified. Defaults to 1. ${MORE_INFO}`,
      'integer',
    ),
    column('Current', `Replicas is the most recently observed number of replicas. ${MORE_INFO}`, 'integer'),
    column('Ready', 'The number of ready replicas for this replication controller.', 'integer'),
    AGE_COLUMN,
    ...templateColumns(
      'Selector is a label query over pods that should match the Replicas count. If Selector is empty, it is defaulted to the labels present on the Pod template. Label keys and values that must match in order to be controlled by this replication controller, if empty defaulted to labels on Pod template. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
    ),
  ],
  cells: ({ metadata, spec, status }, now) => [
    metadata.name,
    spec.replicas ?? 0,
    status.replicas,
    status.readyReplicas ?? 0,
    ageOf(metadata.creationTimestamp, now),
    ...templateCells(spec.template, { matchLabels: spec.selector ?? {} }),
  ],
  fieldSelectors: {
    'status.replicas': ({ status }) => String(status.replicas),
  },
};
