import { jsonEqual } from '../../store/json.ts';
import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { DaemonSet } from '../objects.ts';
import { DAEMON_SETS } from '../resources.ts';
import { immutable, invalid, nonNegative, notSupported, required } from '../validation/errors.ts';
import { amountOf, notMoreThan100Percent, positiveIntOrPercent } from '../validation/int-or-percent.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, formatLabels, NAME_COLUMN, templateCells, templateColumns } from './columns.ts';
import {
  defaultTemplate,
  isEmpty,
  isUsable,
  selectedLabels,
  validatePodTemplate,
  validateRunsForever,
} from './workload-validation.ts';
import { validateCollisions, validateStatusCounts } from './status-validation.ts';
import { warningsForWorkload } from './pod-warnings.ts';

type Spec = DaemonSet['spec'];
type Strategy = NonNullable<Spec['updateStrategy']>;

/** Counts the templates a DaemonSet has had, as an annotation since the API has no field for it any more. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';
const MORE_INFO = 'More info: https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/';

function applyDefaults({ spec }: DaemonSet): void {
  const strategy = (spec.updateStrategy ??= {});
  strategy.type ??= 'RollingUpdate';
  if (strategy.type === 'RollingUpdate') {
    const rollingUpdate = (strategy.rollingUpdate ??= {});
    rollingUpdate.maxUnavailable ??= 1;
    rollingUpdate.maxSurge ??= 0;
  }
  spec.revisionHistoryLimit ??= 10;
  defaultTemplate(spec);
}

function validateSpec(spec: Spec): FieldError[] {
  const selector = spec.selector as Spec['selector'] | undefined;
  const errors = validateLabelSelector(selector, 'spec.selector');
  if (selector === undefined || isUsable(selector)) errors.push(...selectedLabels(selector, spec.template));
  if (selector !== undefined && isEmpty(selector))
    errors.push(invalid('spec.selector', selector, 'empty selector is invalid for daemonset'));
  return [
    ...errors,
    ...validatePodTemplate(spec.template, 'spec.template'),
    ...validateRunsForever(spec.template, 'DaemonSet'),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...validateStrategy(spec.updateStrategy ?? {}),
    ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
  ];
}

function validateStrategy({ type, rollingUpdate }: Strategy): FieldError[] {
  const at = 'spec.updateStrategy';
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate')
    // The server prints its internal object, with Go's field names.
    return [
      notSupported(
        at,
        {
          Type: type,
          RollingUpdate: rollingUpdate
            ? { MaxUnavailable: rollingUpdate.maxUnavailable, MaxSurge: rollingUpdate.maxSurge }
            : null,
        },
        ['RollingUpdate', 'OnDelete'],
      ),
    ];
  if (rollingUpdate === undefined) return [required(`${at}.rollingUpdate`)];
  return validateRollingUpdate(rollingUpdate, `${at}.rollingUpdate`);
}

function validateRollingUpdate(
  { maxUnavailable = 0, maxSurge = 0 }: NonNullable<Strategy['rollingUpdate']>,
  at: string,
): FieldError[] {
  const errors = [
    ...positiveIntOrPercent(`${at}.maxUnavailable`, maxUnavailable),
    ...positiveIntOrPercent(`${at}.maxSurge`, maxSurge),
    ...notMoreThan100Percent(`${at}.maxUnavailable`, maxUnavailable),
    ...notMoreThan100Percent(`${at}.maxSurge`, maxSurge),
  ];
  const [unavailable, surge] = [amountOf(maxUnavailable) !== 0, amountOf(maxSurge) !== 0];
  if (unavailable && surge)
    errors.push(invalid(`${at}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  if (!unavailable && !surge) errors.push(required(`${at}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
  return errors;
}

function annotateTemplateGeneration({ metadata }: DaemonSet, generation: number): void {
  metadata.annotations = { ...metadata.annotations, [TEMPLATE_GENERATION]: String(generation) };
}

function templateGenerationOf({ metadata }: DaemonSet): number {
  return Number(metadata.annotations?.[TEMPLATE_GENERATION] ?? 0) || 0;
}

export const DAEMON_SET_KIND: KindDefinition<DaemonSet> = {
  type: DAEMON_SETS,
  singular: 'daemonset',
  shortNames: ['ds'],
  categories: ['all'],
  subresources: ['status'],
  schema: 'io.k8s.api.apps.v1.DaemonSet',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: true,
  checksChangesFirst: true,
  applyDefaults,
  prepareForCreate(draft) {
    draft.status = {
      currentNumberScheduled: 0,
      numberMisscheduled: 0,
      desiredNumberScheduled: 0,
      numberReady: 0,
    };
    annotateTemplateGeneration(draft, Math.max(1, templateGenerationOf(draft)));
  },
  prepareForUpdate(draft, stored) {
    draft.status = stored.status;
    const changed = !jsonEqual(draft.spec.template, stored.spec.template);
    annotateTemplateGeneration(draft, templateGenerationOf(stored) + (changed ? 1 : 0));
  },
  validate: ({ spec }) => validateSpec(spec),
  validateUpdate: ({ spec }, stored) => immutable('spec.selector', spec.selector, stored.spec.selector),
  statusUpdate: {
    validate: ({ status }, stored) => [
      ...validateStatusCounts(status, {
        counted: [
          'currentNumberScheduled',
          'numberMisscheduled',
          'desiredNumberScheduled',
          'numberReady',
          'observedGeneration',
          'updatedNumberScheduled',
          'numberAvailable',
          'numberUnavailable',
          'collisionCount',
        ],
      }),
      ...validateCollisions(status, stored.status),
    ],
  },
  warnings: (object, stored) => warningsForWorkload(object, stored, { namesPods: false }),
  columns: [
    NAME_COLUMN,
    column(
      'Desired',
      `The total number of nodes that should be running the daemon pod (including nodes correctly running the daemon pod). ${MORE_INFO}`,
      'integer',
    ),
    column(
      'Current',
      `The number of nodes that are running at least 1 daemon pod and are supposed to run the daemon pod. ${MORE_INFO}`,
      'integer',
    ),
    column(
      'Ready',
      'The number of nodes that should be running the daemon pod and have one or more of the daemon pod running and ready.',
      'integer',
    ),
    column('Up-to-date', 'The total number of nodes that are running updated daemon pod', 'integer'),
    column(
      'Available',
      'The number of nodes that should be running the daemon pod and have one or more of the daemon pod running and available (ready for at least spec.minReadySeconds)',
      'integer',
    ),
    column(
      'Node Selector',
      "NodeSelector is a selector which must be true for the pod to fit on a node. Selector which must match a node's labels for the pod to be scheduled on that node. More info: https://kubernetes.io/docs/concepts/configuration/assign-pod-node/",
    ),
    AGE_COLUMN,
    ...templateColumns(
      'A label query over pods that are managed by the daemon set. Must match in order to be controlled. If empty, defaulted to labels on Pod template. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
    ),
  ],
  cells: ({ metadata, spec, status }, now) => [
    metadata.name,
    status.desiredNumberScheduled,
    status.currentNumberScheduled,
    status.numberReady,
    status.updatedNumberScheduled ?? 0,
    status.numberAvailable ?? 0,
    formatLabels(spec.template.spec.nodeSelector),
    ageOf(metadata.creationTimestamp, now),
    ...templateCells(spec.template, spec.selector),
  ],
  fieldSelectors: {},
};
