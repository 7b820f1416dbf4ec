import { jsonEqual } from '../../store/json.ts';
import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { PodTemplateSpec, StatefulSet } from '../objects.ts';
import { STATEFUL_SETS } from '../resources.ts';
import {
  forbidden,
  invalid,
  invalidEach,
  nonNegative,
  notSupported,
  required,
} from '../validation/errors.ts';
import { amountOf, notMoreThan100Percent, positiveIntOrPercent } from '../validation/int-or-percent.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { dns1123Label } from '../validation/names.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, CONTAINER_COLUMNS, containerCells, NAME_COLUMN } from './columns.ts';
import { defaultClaim, validateClaimSpec, warningsForClaim } from './persistent-volume-claim-spec.ts';
import type { FullPodSpec } from './pod-spec-types.ts';
import { validateCollisions, validateStatusCounts } from './status-validation.ts';
import {
  defaultTemplate,
  isEmpty,
  isUsable,
  selectedLabels,
  validatePodTemplate,
  validateRunsForever,
} from './workload-validation.ts';
import { warningsForWorkload } from './pod-warnings.ts';

type Spec = StatefulSet['spec'];

const RETENTION_POLICIES = ['Retain', 'Delete'];

function applyDefaults({ spec }: StatefulSet): void {
  spec.podManagementPolicy ??= 'OrderedReady';
  const strategy = (spec.updateStrategy ??= {});
  if (strategy.type === undefined) {
    strategy.type = 'RollingUpdate';
    strategy.rollingUpdate ??= {};
  }
  if (strategy.type === 'RollingUpdate' && strategy.rollingUpdate !== undefined) {
    strategy.rollingUpdate.partition ??= 0;
    // Behind a feature gate that is off: the server drops it.
    delete strategy.rollingUpdate.maxUnavailable;
  }
  const retention = (spec.persistentVolumeClaimRetentionPolicy ??= {});
  retention.whenDeleted ??= 'Retain';
  retention.whenScaled ??= 'Retain';
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  defaultTemplate(spec);
  for (const claim of spec.volumeClaimTemplates ?? []) {
    claim.apiVersion = 'v1';
    claim.kind = 'PersistentVolumeClaim';
    defaultClaim(claim);
  }
}

function validateSpec(spec: Spec): FieldError[] {
  const errors = [...validatePolicies(spec)];
  for (const [index, claim] of (spec.volumeClaimTemplates ?? []).entries())
    errors.push(...validateClaimSpec(claim.spec, `spec.volumeClaimTemplates[${index}].spec`));
  errors.push(
    ...nonNegative('spec.replicas', spec.replicas),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...nonNegative('spec.ordinals.start', spec.ordinals?.start),
  );
  const { serviceName = '' } = spec;
  if (serviceName !== '')
    errors.push(...invalidEach('spec.serviceName', serviceName, dns1123Label(serviceName)));
  return [...errors, ...validateSelector(spec), ...validateRunsForever(spec.template, 'StatefulSet')];
}

function validatePolicies({
  podManagementPolicy,
  updateStrategy = {},
  persistentVolumeClaimRetentionPolicy: retention = {},
}: Spec): FieldError[] {
  const errors: FieldError[] = [];
  if (podManagementPolicy !== 'OrderedReady' && podManagementPolicy !== 'Parallel')
    errors.push(
      invalid('spec.podManagementPolicy', podManagementPolicy, "must be 'OrderedReady' or 'Parallel'"),
    );
  const at = 'spec.updateStrategy';
  const { type, rollingUpdate } = updateStrategy;
  // The server prints its internal objects, with Go's field names.
  const internal =
    rollingUpdate === undefined
      ? null
      : { Partition: rollingUpdate.partition ?? 0, MaxUnavailable: rollingUpdate.maxUnavailable ?? null };
  switch (type) {
    case 'OnDelete':
      if (rollingUpdate !== undefined)
        errors.push(
          invalid(`${at}.rollingUpdate`, internal, "only allowed for updateStrategy 'RollingUpdate'"),
        );
      break;
    case 'RollingUpdate':
      if (rollingUpdate !== undefined) errors.push(...validateRollingUpdate(rollingUpdate));
      break;
    default:
      errors.push(
        invalid(at, { Type: type, RollingUpdate: internal }, "must be 'RollingUpdate' or 'OnDelete'"),
      );
  }
  for (const key of ['whenDeleted', 'whenScaled'] as const)
    if (!RETENTION_POLICIES.includes(retention[key] ?? ''))
      errors.push(
        notSupported(
          `spec.persistentVolumeClaimRetentionPolicy.${key}`,
          retention[key] ?? '',
          RETENTION_POLICIES,
        ),
      );
  return errors;
}

function validateRollingUpdate({
  partition,
  maxUnavailable,
}: NonNullable<NonNullable<Spec['updateStrategy']>['rollingUpdate']>): FieldError[] {
  const at = 'spec.updateStrategy.rollingUpdate';
  const errors = nonNegative(`${at}.partition`, partition);
  if (maxUnavailable === undefined) return errors;
  errors.push(...positiveIntOrPercent(`${at}.maxUnavailable`, maxUnavailable));
  if (amountOf(maxUnavailable) === 0)
    errors.push(invalid(`${at}.maxUnavailable`, maxUnavailable, 'cannot be 0'));
  return [...errors, ...notMoreThan100Percent(`${at}.maxUnavailable`, maxUnavailable)];
}

function validateSelector(spec: Spec): FieldError[] {
  const selector = spec.selector as Spec['selector'] | undefined;
  const errors: FieldError[] = [];
  if (selector === undefined) errors.push(required('spec.selector'));
  else {
    errors.push(...validateLabelSelector(selector, 'spec.selector'));
    if (isEmpty(selector))
      errors.push(invalid('spec.selector', selector, 'empty selector is invalid for statefulset'));
    if (!isUsable(selector)) return [...errors, invalid('spec.selector', selector, '')];
  }
  const template = withoutIdentity(spec);
  return [
    ...errors,
    ...(selector !== undefined && isEmpty(selector) ? [] : selectedLabels(selector, template)),
    ...validatePodTemplate(template, 'spec.template'),
  ];
}

/** The template as its pods will get it: the controller gives them name, domain and volumes of their own. */
function withoutIdentity({ template, volumeClaimTemplates = [] }: Spec): PodTemplateSpec {
  const { hostname: _hostname, subdomain: _subdomain, ...spec }: FullPodSpec = template.spec;
  const claimed = [...new Set(volumeClaimTemplates.map(({ metadata }) => claimNameOf(metadata)))];
  const volumes = [
    ...claimed.map((name) => ({ name, persistentVolumeClaim: { claimName: name } })),
    ...(spec.volumes ?? []).filter(({ name }) => !claimed.includes(name)),
  ];
  const pod: FullPodSpec = volumes.length === 0 ? spec : { ...spec, volumes };
  return { ...template, spec: pod as PodTemplateSpec['spec'] };
}

/** A template that was sent without a name has none yet when it is looked at. */
function claimNameOf({ name = '' }: { name?: string }): string {
  return name;
}

/** What may change in a StatefulSet that exists. */
const MUTABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

function immutablePart(spec: Spec): Record<string, unknown> {
  return Object.fromEntries(Object.entries(spec).filter(([key]) => !MUTABLE.includes(key)));
}

export const STATEFUL_SET_KIND: KindDefinition<StatefulSet> = {
  type: STATEFUL_SETS,
  singular: 'statefulset',
  shortNames: ['sts'],
  categories: ['all'],
  subresources: ['scale', 'status'],
  schema: 'io.k8s.api.apps.v1.StatefulSet',
  nameFormat: 'dns1123Label',
  hasGeneration: true,
  applyDefaults,
  prepareForCreate(draft) {
    draft.status = { replicas: 0, availableReplicas: 0 };
  },
  prepareForUpdate(draft, stored) {
    draft.status = stored.status;
  },
  validate: ({ spec }) => validateSpec(spec),
  validateUpdate: ({ spec }, stored) =>
    jsonEqual(immutablePart(spec), immutablePart(stored.spec))
      ? []
      : [
          forbidden(
            'spec',
            "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
          ),
        ],
  statusUpdate: {
    validate: ({ status }, stored) => [
      ...validateStatusCounts(status, {
        counted: [
          'replicas',
          'readyReplicas',
          'currentReplicas',
          'updatedReplicas',
          'availableReplicas',
          'observedGeneration',
          'collisionCount',
        ],
        ofReplicas: ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'],
        readyName: 'status.readyReplicas',
      }),
      ...validateCollisions(status, stored.status),
    ],
  },
  warnings: (object, stored) => [
    ...warningsForWorkload(object, stored, { namesPods: false }),
    ...(object.spec.volumeClaimTemplates ?? []).flatMap(({ spec }, index) =>
      // A change is told with another name of the field.
      warningsForClaim(spec, `spec.volumeClaimTemplates[${index}]${stored === undefined ? '' : '.Spec'}`),
    ),
  ],
  columns: [
    NAME_COLUMN,
    column('Ready', 'Number of the pod with ready state'),
    AGE_COLUMN,
    ...CONTAINER_COLUMNS,
  ],
  cells: ({ metadata, spec, status }, now) => [
    metadata.name,
    `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    ageOf(metadata.creationTimestamp, now),
    ...containerCells(spec.template),
  ],
  fieldSelectors: {},
};
