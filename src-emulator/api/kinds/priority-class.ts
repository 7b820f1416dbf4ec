import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { PriorityClass } from '../objects.ts';
import { PRIORITY_CLASSES } from '../resources.ts';
import { forbidden, invalid, oneOf } from '../validation/errors.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN } from './columns.ts';

const HIGHEST_OF_USERS = 1_000_000_000;
const POLICIES = ['PreemptLowerPriority', 'Never'];
const SYSTEM_PREFIX = 'system-';
const SYSTEM_CLASSES: Partial<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
};

/** As pkg/apis/scheduling/validation/validation.go. */
function validate({ metadata, value, globalDefault, preemptionPolicy }: PriorityClass): FieldError[] {
  const errors: FieldError[] = [];
  const { name } = metadata;
  if (name.startsWith(SYSTEM_PREFIX)) {
    const why = whyNotSystem(name, value, globalDefault === true);
    if (why !== undefined)
      errors.push(
        forbidden(
          'metadata.name',
          `priority class names with '${SYSTEM_PREFIX}' prefix are reserved for system use only. error: ${why}`,
        ),
      );
  } else if (value > HIGHEST_OF_USERS)
    errors.push(
      forbidden('value', `maximum allowed value of a user defined priority is ${HIGHEST_OF_USERS}`),
    );
  if (preemptionPolicy !== undefined) errors.push(...oneOf('preemptionPolicy', preemptionPolicy, POLICIES));
  return errors;
}

function whyNotSystem(name: string, value: number, globalDefault: boolean): string | undefined {
  const expected = SYSTEM_CLASSES[name];
  if (expected === undefined) return `${name} is not a known system priority class`;
  if (value !== expected) return `value of ${name} PriorityClass must be ${expected}`;
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined;
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
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
  validate,
  validateUpdate: (now, before) => [
    ...(now.value === before.value ? [] : [forbidden('value', 'may not be changed in an update.')]),
    ...(now.preemptionPolicy === before.preemptionPolicy
      ? []
      : [invalid('preemptionPolicy', now.preemptionPolicy, 'field is immutable')]),
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
