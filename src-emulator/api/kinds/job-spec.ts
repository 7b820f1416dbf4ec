/** What a Job is to do, in a Job and in the template of a CronJob (pkg/apis/batch/validation). */
import type { FieldError } from '../kind-definition.ts';
import type { JobSpec } from '../objects.ts';
import { invalid, invalidEach, nonNegative, notSupported, required, tooLong } from '../validation/errors.ts';
import { dns1123Subdomain } from '../validation/names.ts';
import { validateFailurePolicy, validateSuccessPolicy } from './job-policies.ts';
import type { FullPodSpec } from './pod-spec-types.ts';
import { validatePodTemplate } from './workload-validation.ts';

const COMPLETION_MODES = ['NonIndexed', 'Indexed'];
const REPLACEMENT_POLICIES = ['Failed', 'TerminatingOrFailed'];
const MOST_PARALLEL_INDEXED = 100_000;
const MOST_FAILED_INDEXES = 100_000;
const MANY_COMPLETIONS = 100_000;
const MOST_OF_MANY = 10_000;
const MAX_MANAGED_BY = 63;
/** Stands for no limit where every index has its own. */
const NO_LIMIT = 2147483647;

/** What the defaults give every Job. */
export function defaultJob(spec: JobSpec): void {
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : NO_LIMIT;
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed';
  spec.manualSelector ??= false;
  for (const rule of spec.podFailurePolicy?.rules ?? [])
    for (const pattern of rule.onPodConditions ?? []) if (pattern.status === '') pattern.status = 'True';
}

/** @param at `spec` or `spec.jobTemplate.spec` */
export function validateJobSpec(spec: JobSpec, at: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const key of [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
    'backoffLimitPerIndex',
    'maxFailedIndexes',
  ] as const)
    errors.push(...nonNegative(`${at}.${key}`, spec[key]));
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined)
    errors.push(required(`${at}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
  if (spec.managedBy !== undefined) errors.push(...validateManager(spec.managedBy, `${at}.managedBy`));
  errors.push(...validateCompletionMode(spec, at));
  if (spec.podFailurePolicy !== undefined)
    errors.push(...validateFailurePolicy(spec, spec.podFailurePolicy, `${at}.podFailurePolicy`));
  if (spec.successPolicy !== undefined) {
    if (spec.completionMode === 'Indexed') errors.push(...validateSuccessPolicy(spec, `${at}.successPolicy`));
    else
      errors.push(
        invalid(`${at}.successPolicy`, internalSuccessPolicy(spec), 'requires indexed completion mode'),
      );
  }
  const replacement = spec.podReplacementPolicy;
  const allowed = spec.podFailurePolicy === undefined ? REPLACEMENT_POLICIES : ['Failed'];
  if (replacement !== undefined && !allowed.includes(replacement))
    errors.push(notSupported(`${at}.podReplacementPolicy`, replacement, allowed));
  return [
    ...errors,
    ...validatePodTemplate(spec.template, `${at}.template`),
    ...validateRestartPolicy(spec, `${at}.template.spec.restartPolicy`),
  ];
}

/** The server prints its internal object, with Go's field names. */
function internalSuccessPolicy({ successPolicy }: JobSpec): unknown {
  const rules = (successPolicy?.rules ?? []).map((rule) => ({
    SucceededIndexes: rule.succeededIndexes ?? null,
    SucceededCount: rule.succeededCount ?? null,
  }));
  return { Rules: rules };
}

/** A name with a domain before it: `example.com/controller`. */
function validateManager(name: string, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const slash = name.indexOf('/');
  const [domain, path] = slash < 0 ? [name, ''] : [name.slice(0, slash), name.slice(slash + 1)];
  if (name === '') errors.push(required(field));
  else if (domain === '' || path === '')
    errors.push(invalid(field, name, 'must be a domain-prefixed path (such as "acme.io/foo")'));
  else {
    errors.push(...invalidEach(field, domain, dns1123Subdomain(domain)));
    if (!/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(path))
      errors.push(
        invalid(
          field,
          path,
          "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')",
        ),
      );
  }
  if (Buffer.byteLength(name) > MAX_MANAGED_BY) errors.push(tooLong(field, MAX_MANAGED_BY));
  return errors;
}

function validateCompletionMode(spec: JobSpec, at: string): FieldError[] {
  const { completionMode = 'NonIndexed', completions, parallelism = 0, maxFailedIndexes } = spec;
  const errors: FieldError[] = [];
  if (!COMPLETION_MODES.includes(completionMode))
    return [notSupported(`${at}.completionMode`, completionMode, COMPLETION_MODES)];
  if (completionMode === 'NonIndexed') {
    for (const key of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const)
      if (spec[key] !== undefined)
        errors.push(invalid(`${at}.${key}`, spec[key], 'requires indexed completion mode'));
    return errors;
  }
  if (completions === undefined)
    errors.push(required(`${at}.completions`, 'when completion mode is Indexed'));
  if (parallelism > MOST_PARALLEL_INDEXED)
    errors.push(
      invalid(
        `${at}.parallelism`,
        parallelism,
        `must be less than or equal to ${MOST_PARALLEL_INDEXED} when completion mode is Indexed`,
      ),
    );
  const failed = `${at}.maxFailedIndexes`;
  if (maxFailedIndexes !== undefined && maxFailedIndexes > (completions ?? NO_LIMIT))
    errors.push(invalid(failed, maxFailedIndexes, 'must be less than or equal to completions'));
  if (maxFailedIndexes !== undefined && maxFailedIndexes > MOST_FAILED_INDEXES)
    errors.push(invalid(failed, maxFailedIndexes, `must be less than or equal to ${MOST_FAILED_INDEXES}`));
  return (completions ?? 0) > MANY_COMPLETIONS && spec.backoffLimitPerIndex !== undefined
    ? [...errors, ...validateManyIndexes(spec, at)]
    : errors;
}

function validateManyIndexes({ parallelism = 0, maxFailedIndexes }: JobSpec, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const limit = `must be less than or equal to ${MOST_OF_MANY} when completions are above ${MANY_COMPLETIONS} and used with backoff limit per index`;
  if (maxFailedIndexes === undefined)
    errors.push(
      required(`${at}.maxFailedIndexes`, `must be specified when completions is above ${MANY_COMPLETIONS}`),
    );
  if (parallelism > MOST_OF_MANY) errors.push(invalid(`${at}.parallelism`, parallelism, limit));
  if (maxFailedIndexes !== undefined && maxFailedIndexes > MOST_OF_MANY)
    errors.push(invalid(`${at}.maxFailedIndexes`, maxFailedIndexes, limit));
  return errors;
}

function validateRestartPolicy({ template, podFailurePolicy }: JobSpec, field: string): FieldError[] {
  const { restartPolicy }: FullPodSpec = template.spec;
  switch (restartPolicy) {
    case undefined:
    case 'Always':
      return [required(field, 'valid values: "OnFailure", "Never"')];
    case 'Never':
      return [];
    case 'OnFailure':
      return podFailurePolicy === undefined
        ? []
        : [invalid(field, restartPolicy, 'only "Never" is supported when podFailurePolicy is specified')];
    default:
      return [notSupported(field, restartPolicy, ['OnFailure', 'Never'])];
  }
}
