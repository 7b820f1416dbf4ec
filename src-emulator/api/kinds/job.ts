import { cloneJson, jsonEqual } from '../../store/json.ts';
import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { Condition, Job, JobSpec, PodTemplateSpec } from '../objects.ts';
import { JOBS } from '../resources.ts';
import { matchesLabels } from '../selectors.ts';
import { immutable, immutableInside, invalid, required } from '../validation/errors.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { dns1123Label } from '../validation/names.ts';
import { ageOf, humanDuration } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN, templateCells, templateColumns } from './columns.ts';
import { defaultJob, validateJobSpec } from './job-spec.ts';
import type { FullPodSpec } from './pod-spec-types.ts';
import { defaultTemplate, isUsable, selectedLabels } from './workload-validation.ts';
import { warningsForWorkload } from './pod-warnings.ts';

/** The labels that tie a Job's pods to it; those without a prefix are of old. */
const CONTROLLER_UID = 'batch.kubernetes.io/controller-uid';
const UID_LABELS = ['controller-uid', CONTROLLER_UID];
const NAME_LABELS = ['job-name', 'batch.kubernetes.io/job-name'];

/** Gives a Job the labels and the selector that nobody else has, unless it brings its own. */
function generateSelector({ metadata, spec }: Job): void {
  if (spec.manualSelector === true) return;
  const template = (spec.template.metadata ??= {});
  const labels = (template.labels ??= {});
  for (const key of NAME_LABELS) labels[key] ??= metadata.name;
  for (const key of UID_LABELS) labels[key] ??= metadata.uid;
  const selector = (spec.selector ??= {});
  selector.matchLabels = { [CONTROLLER_UID]: metadata.uid, ...selector.matchLabels };
}

function inheritLabels({ metadata, spec }: Job): void {
  const labels = spec.template.metadata?.labels;
  if (labels !== undefined && Object.keys(metadata.labels ?? {}).length === 0)
    metadata.labels = { ...labels };
}

function validate(job: Job): FieldError[] {
  const { metadata, spec } = job;
  const errors = [...validateGeneratedSelector(job), ...validateSpec(spec)];
  if (spec.completionMode === 'Indexed' && (spec.completions ?? 0) > 0) {
    const hostname = `${metadata.name}-${(spec.completions ?? 0) - 1}`;
    if (dns1123Label(hostname).length > 0)
      errors.push(
        invalid(
          'metadata.name',
          metadata.name,
          `will not able to create pod with invalid DNS label: ${hostname}`,
        ),
      );
  }
  return errors;
}

function validateSpec(spec: JobSpec): FieldError[] {
  return [
    ...validateJobSpec(spec, 'spec'),
    ...(spec.selector === undefined
      ? [required('spec.selector')]
      : validateLabelSelector(spec.selector, 'spec.selector')),
    ...(spec.selector === undefined || isUsable(spec.selector)
      ? selectedLabels(spec.selector, spec.template)
      : []),
  ];
}

function validateGeneratedSelector({ metadata, spec }: Job): FieldError[] {
  if (spec.manualSelector === true || spec.selector === undefined) return [];
  const { labels } = spec.template.metadata ?? {};
  const [oldUid = '', newUid = ''] = UID_LABELS;
  const [oldName = '', newName = ''] = NAME_LABELS;
  const expected: Record<string, string> = {
    [oldUid]: metadata.uid,
    [oldName]: metadata.name,
    [newUid]: metadata.uid,
    [newName]: metadata.name,
  };
  const errors = Object.entries(expected).flatMap(([key, value]) => {
    const field = `spec.template.metadata.labels[${key}]`;
    if (labels?.[key] === undefined) return [required(field, `must be '${value}'`)];
    return labels[key] === value ? [] : [invalid(field, labels, `must be '${value}'`)];
  });
  if (isUsable(spec.selector) && !matchesLabels(spec.selector, expected))
    errors.push(invalid('spec.selector', spec.selector, '`selector` not auto-generated'));
  return errors;
}

function validateUpdate({ spec }: Job, { spec: stored, status }: Job): FieldError[] {
  const startable = stored.suspend === true && status.startTime === undefined;
  return [
    ...validateSpec(spec),
    ...validateCompletions(spec, stored),
    ...immutable('spec.selector', spec.selector, stored.selector),
    ...immutableInside(
      'spec.template',
      'PodTemplateSpec',
      spec.template,
      startable ? withDirectivesOf(spec.template, stored.template) : stored.template,
    ),
    ...immutable('spec.completionMode', spec.completionMode, stored.completionMode),
    ...immutableInside(
      'spec.podFailurePolicy',
      'PodFailurePolicy',
      spec.podFailurePolicy,
      stored.podFailurePolicy,
    ),
    ...immutable('spec.backoffLimitPerIndex', spec.backoffLimitPerIndex, stored.backoffLimitPerIndex),
    ...immutable('spec.managedBy', spec.managedBy, stored.managedBy),
    ...immutableInside('spec.successPolicy', 'SuccessPolicy', spec.successPolicy, stored.successPolicy),
  ];
}

function validateCompletions(spec: JobSpec, stored: JobSpec): FieldError[] {
  const field = 'spec.completions';
  if (spec.completionMode !== 'Indexed') return immutable(field, spec.completions, stored.completions);
  return spec.completions === undefined ||
    spec.completions === stored.completions ||
    spec.completions === spec.parallelism
    ? []
    : [invalid(field, spec.completions, 'can only be modified in tandem with spec.parallelism')];
}

/** Where the pods may run can still be said for a Job that was suspended from the start. */
function withDirectivesOf(template: PodTemplateSpec, stored: PodTemplateSpec): PodTemplateSpec {
  const result = cloneJson(stored);
  const { nodeSelector, tolerations, schedulingGates }: FullPodSpec = template.spec;
  Object.assign(result.spec, { nodeSelector, tolerations, schedulingGates });
  for (const key of ['labels', 'annotations'] as const)
    result.metadata = { ...result.metadata, [key]: template.metadata?.[key] };
  return jsonEqual(result, template) ? template : result;
}

function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return (conditions ?? []).some((condition) => condition.type === type && condition.status === 'True');
}

function statusOf({ metadata, status: { conditions } }: Job): string {
  if (isTrue(conditions, 'Complete')) return 'Complete';
  if (isTrue(conditions, 'Failed')) return 'Failed';
  if (metadata.deletionTimestamp !== undefined) return 'Terminating';
  for (const [type, text] of [
    ['Suspended', 'Suspended'],
    ['FailureTarget', 'FailureTarget'],
    ['SuccessCriteriaMet', 'SuccessCriteriaMet'],
  ] as const)
    if (isTrue(conditions, type)) return text;
  return 'Running';
}

function completionsOf({ spec, status }: Job): string {
  const succeeded = status.succeeded ?? 0;
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationOf({ startTime, completionTime }: Job['status'], now: number): string {
  if (startTime === undefined) return '';
  const end = completionTime === undefined ? now : Date.parse(completionTime);
  return humanDuration(end - Date.parse(startTime));
}

export const JOB_KIND: KindDefinition<Job> = {
  type: JOBS,
  singular: 'job',
  shortNames: [],
  categories: ['all'],
  subresources: ['status'],
  schema: 'io.k8s.api.batch.v1.Job',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: true,
  updateChecks: { newMetadata: 1 },
  orphansDependents: true,
  applyDefaults(draft) {
    defaultTemplate(draft.spec);
    defaultJob(draft.spec);
    inheritLabels(draft);
  },
  prepareForCreate(draft) {
    // Labels that come from the template are the template's own, with what is generated into it.
    const inherited = jsonEqual(draft.metadata.labels, draft.spec.template.metadata?.labels);
    generateSelector(draft);
    if (inherited) draft.metadata.labels = { ...draft.spec.template.metadata?.labels };
    draft.status = {};
  },
  prepareForUpdate(draft, stored) {
    draft.status = stored.status;
  },
  validate,
  validateUpdate,
  warnings: (object, stored) => warningsForWorkload(object, stored, { namesPods: true }),
  columns: [
    NAME_COLUMN,
    column('Status', 'Status of the job.'),
    column(
      'Completions',
      'The number of pods which reached phase Succeeded. The value increases monotonically for a given spec. However, it may decrease in reaction to scale down of elastic indexed jobs.',
    ),
    column('Duration', 'Time required to complete the job.'),
    AGE_COLUMN,
    ...templateColumns(
      'A label query over pods that should match the pod count. Normally, the system sets this field for you. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
    ),
  ],
  cells: (job, now) => [
    job.metadata.name,
    statusOf(job),
    completionsOf(job),
    durationOf(job.status, now),
    ageOf(job.metadata.creationTimestamp, now),
    ...templateCells(job.spec.template, job.spec.selector),
  ],
  fieldSelectors: {
    'status.successful': ({ status }) => String(status.succeeded ?? 0),
  },
};
