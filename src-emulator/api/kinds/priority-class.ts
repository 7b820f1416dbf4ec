import type { FieldError, KindDefinition, WriteContext } from '../kind-definition.ts';
import type { PriorityClass } from '../objects.ts';
import { PRIORITY_CLASSES } from '../resources.ts';
import { forbidden as refuse } from '../status.ts';
import { forbidden, immutable, oneOf } from '../validation/errors.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN } from './columns.ts';

/** The classes that every cluster has, and their values. */
const SYSTEM_CLASSES = new Map([
  ['system-node-critical', 2_000_001_000],
  ['system-cluster-critical', 2_000_000_000],
]);
const SYSTEM_PREFIX = 'system-';
const HIGHEST_USER_VALUE = 1_000_000_000;
const PREEMPTION_POLICIES = ['PreemptLowerPriority', 'Never'];

function validate({ metadata, value, globalDefault = false, preemptionPolicy }: PriorityClass): FieldError[] {
  const errors: FieldError[] = [];
  if (metadata.name.startsWith(SYSTEM_PREFIX)) {
    const problem = systemClassProblem(metadata.name, value, globalDefault);
    if (problem !== undefined)
      errors.push(
        forbidden(
          'metadata.name',
          `priority class names with '${SYSTEM_PREFIX}' prefix are reserved for system use only. error: ${problem}`,
        ),
      );
  } else if (value > HIGHEST_USER_VALUE)
    errors.push(
      forbidden('value', `maximum allowed value of a user defined priority is ${HIGHEST_USER_VALUE}`),
    );
  return [...errors, ...oneOf('preemptionPolicy', preemptionPolicy, PREEMPTION_POLICIES)];
}

function systemClassProblem(name: string, value: number, globalDefault: boolean): string | undefined {
  const expected = SYSTEM_CLASSES.get(name);
  if (expected === undefined) return `${name} is not a known system priority class`;
  if (value !== expected) return `value of ${name} PriorityClass must be ${expected}`;
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}

/** The class that pods without one get: the lowest, should there be several. */
export function defaultPriorityClass(context: WriteContext): PriorityClass | undefined {
  return context
    .list(PRIORITY_CLASSES)
    .filter(({ globalDefault }) => globalDefault === true)
    .sort((a, b) => a.value - b.value)[0];
}

/** Only one class may be the default (the Priority admission plugin). @throws ApiError 403 */
function checkDefault(draft: PriorityClass, context: WriteContext): void {
  if (draft.globalDefault !== true) return;
  const other = defaultPriorityClass(context);
  if (other !== undefined && other.metadata.name !== draft.metadata.name)
    throw refuse(
      PRIORITY_CLASSES,
      draft.metadata.name,
      `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`,
    );
}

export const PRIORITY_CLASS_KIND: KindDefinition<PriorityClass> = {
  type: PRIORITY_CLASSES,
  singular: 'priorityclass',
  shortNames: ['pc'],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.scheduling.v1.PriorityClass',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: true,
  applyDefaults(draft) {
    draft.preemptionPolicy ??= 'PreemptLowerPriority';
  },
  prepareForCreate: checkDefault,
  prepareForUpdate: (draft, _stored, context) => checkDefault(draft, context),
  validate,
  validateUpdate: (draft, stored) => [
    ...(draft.value === stored.value ? [] : [forbidden('value', 'may not be changed in an update.')]),
    ...immutable('preemptionPolicy', draft.preemptionPolicy, stored.preemptionPolicy),
  ],
  columns: [
    NAME_COLUMN,
    column(
      'Value',
      'value represents the integer value of this priority class. This is the actual priority that pods receive when they have the name of this class in their pod spec.',
      'integer',
    ),
    column(
      'Global-Default',
      'globalDefault specifies whether this PriorityClass should be considered as the default priority for pods that do not have any priority class. Only one PriorityClass can be marked as `globalDefault`. However, if more than one PriorityClasses exists with their `globalDefault` field set to true, the smallest value of such global default PriorityClasses will be used as the default priority.',
      'boolean',
    ),
    AGE_COLUMN,
    column(
      'PreemptionPolicy',
      'preemptionPolicy is the Policy for preempting pods with lower priority. One of Never, PreemptLowerPriority. Defaults to PreemptLowerPriority if unset.',
    ),
  ],
  cells: ({ metadata, value, globalDefault, preemptionPolicy }, now) => [
    metadata.name,
    value,
    globalDefault === true,
    ageOf(metadata.creationTimestamp, now),
    preemptionPolicy ?? '',
  ],
  fieldSelectors: {},
};
