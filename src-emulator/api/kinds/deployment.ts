import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { Deployment } from '../objects.ts';
import { DEPLOYMENTS } from '../resources.ts';
import { forbidden, invalid, nonNegative, notSupported } from '../validation/errors.ts';
import { amountOf, notMoreThan100Percent, positiveIntOrPercent } from '../validation/int-or-percent.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN, templateCells, templateColumns } from './columns.ts';
import { validateCollisions, validateStatusCounts } from './status-validation.ts';
import {
  defaultTemplate,
  validateSelectorAndTemplate,
  validateSelectorUpdate,
} from './workload-validation.ts';
import { warningsForWorkload } from './pod-warnings.ts';

type Strategy = NonNullable<Deployment['spec']['strategy']>;

function applyDefaults({ spec }: Deployment): void {
  spec.replicas ??= 1;
  const strategy = (spec.strategy ??= {});
  strategy.type ??= 'RollingUpdate';
  if (strategy.type === 'RollingUpdate') {
    const rollingUpdate = (strategy.rollingUpdate ??= {});
    rollingUpdate.maxUnavailable ??= '25%';
    rollingUpdate.maxSurge ??= '25%';
  }
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
  defaultTemplate(spec);
}

function validateSpec({ spec }: Deployment): FieldError[] {
  const errors = [
    ...nonNegative('spec.replicas', spec.replicas),
    ...validateSelectorAndTemplate(spec.selector, spec.template),
    ...validateStrategy(spec.strategy ?? {}),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
    ...nonNegative('spec.progressDeadlineSeconds', spec.progressDeadlineSeconds),
  ];
  const deadline = spec.progressDeadlineSeconds;
  if (deadline !== undefined && deadline <= (spec.minReadySeconds ?? 0))
    errors.push(invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'));
  return errors;
}

function validateStrategy(strategy: Strategy): FieldError[] {
  switch (strategy.type) {
    case 'Recreate':
      return strategy.rollingUpdate === undefined
        ? []
        : [
            forbidden(
              'spec.strategy.rollingUpdate',
              "may not be specified when strategy `type` is 'Recreate'",
            ),
          ];
    case 'RollingUpdate':
      return validateRollingUpdate(strategy.rollingUpdate ?? {});
    default:
      // The server prints its internal object, with Go's field names.
      return [
        notSupported(
          'spec.strategy',
          { Type: strategy.type, RollingUpdate: strategy.rollingUpdate ?? null },
          ['Recreate', 'RollingUpdate'],
        ),
      ];
  }
}

function validateRollingUpdate({
  maxUnavailable = 0,
  maxSurge = 0,
}: NonNullable<Strategy['rollingUpdate']>): FieldError[] {
  const at = 'spec.strategy.rollingUpdate';
  const errors = [
    ...positiveIntOrPercent(`${at}.maxUnavailable`, maxUnavailable),
    ...positiveIntOrPercent(`${at}.maxSurge`, maxSurge),
  ];
  if (amountOf(maxUnavailable) === 0 && amountOf(maxSurge) === 0)
    errors.push(invalid(`${at}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  return [...errors, ...notMoreThan100Percent(`${at}.maxUnavailable`, maxUnavailable)];
}

export const DEPLOYMENT_KIND: KindDefinition<Deployment> = {
  type: DEPLOYMENTS,
  singular: 'deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  subresources: ['status', 'scale'],
  schema: 'io.k8s.api.apps.v1.Deployment',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: true,
  applyDefaults,
  prepareForCreate(draft) {
    draft.status = {};
  },
  prepareForUpdate(draft, stored) {
    draft.status = stored.status;
  },
  validate: validateSpec,
  validateUpdate: ({ spec }, stored) => validateSelectorUpdate(spec.selector, stored.spec.selector),
  statusUpdate: {
    validate: ({ status }, stored) => [
      ...validateStatusCounts(status, {
        counted: [
          'observedGeneration',
          'replicas',
          'updatedReplicas',
          'readyReplicas',
          'availableReplicas',
          'unavailableReplicas',
          'collisionCount',
        ],
        ofReplicas: ['updatedReplicas', 'readyReplicas', 'availableReplicas'],
        readyName: 'readyReplicas',
      }),
      ...validateCollisions(status, stored.status),
    ],
  },
  warnings: (object, stored) => warningsForWorkload(object, stored, { namesPods: true }),
  columns: [
    NAME_COLUMN,
    column('Ready', 'Number of the pod with ready state'),
    column(
      'Up-to-date',
      'Total number of non-terminating pods targeted by this deployment that have the desired template spec.',
    ),
    column(
      'Available',
      'Total number of available non-terminating pods (ready for at least minReadySeconds) targeted by this deployment.',
    ),
    AGE_COLUMN,
    ...templateColumns(
      'Label selector for pods. Existing ReplicaSets whose pods are selected by this will be the ones affected by this deployment.',
    ),
  ],
  cells: ({ metadata, spec, status }, now) => [
    metadata.name,
    `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    status.updatedReplicas ?? 0,
    status.availableReplicas ?? 0,
    ageOf(metadata.creationTimestamp, now),
    ...templateCells(spec.template, spec.selector),
  ],
  fieldSelectors: {},
};
