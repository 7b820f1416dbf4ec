import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { Deployment } from '../objects.ts';
import { DEPLOYMENTS } from '../resources.ts';
import { forbidden, invalid, invalidEach, nonNegative, notSupported } from '../validation/errors.ts';
import { percent } from '../validation/names.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN, TEMPLATE_COLUMNS, templateCells } from './columns.ts';
import {
  defaultTemplate,
  validateReplicaCounts,
  validateSelectorAndTemplate,
  validateSelectorUpdate,
} from './workload-validation.ts';

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
  const check = (name: string, value: number | string): FieldError[] =>
    typeof value === 'string'
      ? invalidEach(`${at}.${name}`, value, percent(value))
      : nonNegative(`${at}.${name}`, value);
  const errors = [...check('maxUnavailable', maxUnavailable), ...check('maxSurge', maxSurge)];
  if (amount(maxUnavailable) === 0 && amount(maxSurge) === 0)
    errors.push(invalid(`${at}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  if (
    typeof maxUnavailable === 'string' &&
    percent(maxUnavailable).length === 0 &&
    amount(maxUnavailable) > 100
  )
    errors.push(invalid(`${at}.maxUnavailable`, maxUnavailable, 'must not be greater than 100%'));
  return errors;
}

/** A number, or the number before the percent sign; 0 for what is neither. */
function amount(value: number | string): number {
  return typeof value === 'number' ? value : percent(value).length === 0 ? Number.parseInt(value, 10) : 0;
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
  validateUpdate: (deployment, stored) => [
    ...validateSelectorUpdate(deployment.spec.selector, stored.spec.selector),
    ...validateReplicaCounts(deployment.status, ['updatedReplicas', 'readyReplicas', 'availableReplicas']),
  ],
  columns: [
    NAME_COLUMN,
    column('Ready', 'Number of the pod with ready state'),
    column(
      'Up-to-date',
      'Total number of non-terminated pods targeted by this deployment that have the desired template spec.',
    ),
    column(
      'Available',
      'Total number of available pods (ready for at least minReadySeconds) targeted by this deployment.',
    ),
    AGE_COLUMN,
    ...TEMPLATE_COLUMNS,
  ],
  cells: ({ metadata, spec, status }, now) => [
    metadata.name,
    `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    status.updatedReplicas ?? 0,
    status.availableReplicas ?? 0,
    ageOf(metadata.creationTimestamp, now),
    ...templateCells(spec.template.spec.containers, spec.selector),
  ],
  fieldSelectors: {},
};
