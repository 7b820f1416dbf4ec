/** A Job's rules on which failures and successes count. */
import type { FieldError } from '../kind-definition.ts';
import type { JobSpec } from '../objects.ts';
import {
  duplicate,
  invalid,
  invalidEach,
  nonNegative,
  notSupported,
  required,
  tooMany,
} from '../validation/errors.ts';
import { qualifiedName } from '../validation/names.ts';
import { parseIndexes } from './job-indexes.ts';

type FailurePolicy = NonNullable<JobSpec['podFailurePolicy']>;
type FailureRule = FailurePolicy['rules'][number];
type SuccessRule = NonNullable<JobSpec['successPolicy']>['rules'][number];

const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const OPERATORS = ['In', 'NotIn'];
const STATUSES = ['False', 'True', 'Unknown'];
const MOST_RULES = 20;
const MOST_PATTERNS = 20;
const MOST_EXIT_CODES = 255;

/** A list as Go's %q prints it. */
function quoted(values: readonly string[]): string {
  return `valid values: [${values.map((value) => JSON.stringify(value)).join(' ')}]`;
}

function withoutValue(field: string, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field, detail: `Invalid value: ${detail}` };
}

export function validateFailurePolicy(spec: JobSpec, policy: FailurePolicy, at: string): FieldError[] {
  const { containers, initContainers = [] } = spec.template.spec;
  const names = new Set([...containers, ...initContainers].map(({ name }) => name));
  return [
    ...(policy.rules.length > MOST_RULES ? [tooMany(`${at}.rules`, policy.rules.length, MOST_RULES)] : []),
    ...policy.rules.flatMap((rule, index) => validateFailureRule(spec, rule, `${at}.rules[${index}]`, names)),
  ];
}

function validateFailureRule(
  spec: JobSpec,
  rule: FailureRule,
  at: string,
  names: ReadonlySet<string>,
): FieldError[] {
  const errors: FieldError[] = [];
  const { action, onExitCodes, onPodConditions = [] } = rule;
  if (action === '') errors.push(required(`${at}.action`, quoted(ACTIONS)));
  else if (action === 'FailIndex') {
    if (spec.backoffLimitPerIndex === undefined)
      errors.push(invalid(`${at}.action`, action, 'requires the backoffLimitPerIndex to be set'));
  } else if (!ACTIONS.includes(action)) errors.push(notSupported(`${at}.action`, action, ACTIONS));
  if (onExitCodes !== undefined) errors.push(...validateExitCodes(onExitCodes, `${at}.onExitCodes`, names));
  errors.push(...validateConditions(onPodConditions, `${at}.onPodConditions`));
  if (onExitCodes !== undefined && onPodConditions.length > 0)
    errors.push(withoutValue(at, 'specifying both OnExitCodes and OnPodConditions is not supported'));
  if (onExitCodes === undefined && onPodConditions.length === 0)
    errors.push(withoutValue(at, 'specifying one of OnExitCodes and OnPodConditions is required'));
  return errors;
}

function validateConditions(
  patterns: NonNullable<FailureRule['onPodConditions']>,
  field: string,
): FieldError[] {
  const errors = patterns.length > MOST_PATTERNS ? [tooMany(field, patterns.length, MOST_PATTERNS)] : [];
  for (const [index, { type, status }] of patterns.entries()) {
    const at = `${field}[${index}]`;
    errors.push(...invalidEach(`${at}.type`, type, qualifiedName(type)));
    if (status === '') errors.push(required(`${at}.status`, quoted(STATUSES)));
    else if (!STATUSES.includes(status)) errors.push(notSupported(`${at}.status`, status, STATUSES));
  }
  return errors;
}

function validateExitCodes(
  { operator, containerName, values }: NonNullable<FailureRule['onExitCodes']>,
  at: string,
  names: ReadonlySet<string>,
): FieldError[] {
  const errors: FieldError[] = [];
  if (operator === '') errors.push(required(`${at}.operator`, quoted(OPERATORS)));
  else if (!OPERATORS.includes(operator)) errors.push(notSupported(`${at}.operator`, operator, OPERATORS));
  if (containerName !== undefined && !names.has(containerName))
    errors.push(
      invalid(
        `${at}.containerName`,
        containerName,
        'must be one of the container or initContainer names in the pod template',
      ),
    );
  const field = `${at}.values`;
  if (values.length === 0) errors.push(invalid(field, values, 'at least one value is required'));
  else if (values.length > MOST_EXIT_CODES) errors.push(tooMany(field, values.length, MOST_EXIT_CODES));
  for (const [index, value] of values.entries()) {
    if (operator === 'In' && value === 0)
      errors.push(invalid(`${field}[${index}]`, value, 'must not be 0 for the In operator'));
    if (values.indexOf(value) < index) errors.push(duplicate(`${field}[${index}]`, value));
  }
  if (values.some((value, index) => index > 0 && (values[index - 1] ?? 0) > value))
    errors.push(invalid(field, values, 'must be ordered'));
  return errors;
}

export function validateSuccessPolicy(spec: JobSpec, at: string): FieldError[] {
  const rules = spec.successPolicy?.rules ?? [];
  const field = `${at}.rules`;
  return [
    ...(rules.length === 0
      ? [required(field, 'at least one rules must be specified when the successPolicy is specified')]
      : []),
    ...(rules.length > MOST_RULES ? [tooMany(field, rules.length, MOST_RULES)] : []),
    ...rules.flatMap((rule, index) => validateSuccessRule(spec.completions ?? 0, rule, `${field}[${index}]`)),
  ];
}

function validateSuccessRule(
  completions: number,
  { succeededCount, succeededIndexes }: SuccessRule,
  at: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (succeededCount === undefined && succeededIndexes === undefined)
    errors.push(required(at, 'at least one of succeededCount or succeededIndexes must be specified'));
  let indexes = 0;
  if (succeededIndexes !== undefined) {
    const parsed = parseIndexes(succeededIndexes, completions);
    if ('error' in parsed)
      errors.push(
        invalid(
          `${at}.succeededIndexes`,
          succeededIndexes,
          `error parsing succeededIndexes: ${parsed.error}`,
        ),
      );
    else indexes = parsed.indexes.length;
  }
  if (succeededCount === undefined) return errors;
  const field = `${at}.succeededCount`;
  errors.push(...nonNegative(field, succeededCount));
  const tooHigh = (most: number, what: string): void => {
    if (succeededCount > most)
      errors.push(invalid(field, succeededCount, `must be less than or equal to ${most} (${what})`));
  };
  tooHigh(completions, 'the number of specified completions');
  if (succeededIndexes !== undefined)
    tooHigh(indexes, 'the number of indexes in the specified succeededIndexes field');
  return errors;
}
