import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { CronJob } from '../objects.ts';
import { CRON_JOBS } from '../resources.ts';
import { CronError, parseCron } from '../validation/cron-expression.ts';
import { invalid, nonNegative, notSupported, oneOf, required } from '../validation/errors.ts';
import { validateTimeZone } from '../validation/time-zone.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN, templateCells, templateColumns } from './columns.ts';
import { validateJobSpec } from './job-spec.ts';
import { defaultTemplate } from './workload-validation.ts';

const CONCURRENCY_POLICIES = ['Allow', 'Forbid', 'Replace'];
/** A Job's name is the CronJob's with eleven characters more. */
const MAX_NAME = 52;

function applyDefaults({ spec }: CronJob): void {
  spec.concurrencyPolicy ??= 'Allow';
  spec.suspend ??= false;
  spec.successfulJobsHistoryLimit ??= 3;
  spec.failedJobsHistoryLimit ??= 1;
  defaultTemplate(spec.jobTemplate.spec);
}

function validateSpec({ spec }: CronJob): FieldError[] {
  const { schedule, timeZone, jobTemplate } = spec;
  const errors = schedule === '' ? [required('spec.schedule')] : validateSchedule(schedule);
  errors.push(...nonNegative('spec.startingDeadlineSeconds', spec.startingDeadlineSeconds));
  if (timeZone !== undefined) errors.push(...validateTimeZone(timeZone, 'spec.timeZone'));
  errors.push(
    ...oneOf('spec.concurrencyPolicy', spec.concurrencyPolicy, CONCURRENCY_POLICIES),
    ...validateJobSpec(jobTemplate.spec, 'spec.jobTemplate.spec'),
  );
  const { selector, manualSelector } = jobTemplate.spec;
  if (selector !== undefined)
    errors.push(invalid('spec.jobTemplate.spec.selector', selector, '`selector` will be auto-generated'));
  if (manualSelector === true)
    errors.push(notSupported('spec.jobTemplate.spec.manualSelector', manualSelector, ['nil', 'false']));
  return [
    ...errors,
    ...nonNegative('spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit),
    ...nonNegative('spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit),
  ];
}

function validateSchedule(schedule: string): FieldError[] {
  const errors: FieldError[] = [];
  try {
    parseCron(schedule);
  } catch (error) {
    if (!(error instanceof CronError)) throw error;
    errors.push(invalid('spec.schedule', schedule, error.message));
  }
  if (schedule.includes('TZ'))
    errors.push(
      invalid('spec.schedule', schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'),
    );
  return errors;
}

export const CRON_JOB_KIND: KindDefinition<CronJob> = {
  type: CRON_JOBS,
  singular: 'cronjob',
  shortNames: ['cj'],
  categories: ['all'],
  subresources: ['status'],
  schema: 'io.k8s.api.batch.v1.CronJob',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: true,
  applyDefaults,
  prepareForCreate(draft) {
    draft.status = {};
  },
  prepareForUpdate(draft, stored) {
    draft.status = stored.status;
  },
  validate: (cronJob) => [
    ...validateSpec(cronJob),
    ...(cronJob.metadata.name.length > MAX_NAME
      ? [invalid('metadata.name', cronJob.metadata.name, 'must be no more than 52 characters')]
      : []),
  ],
  validateUpdate: () => [],
  columns: [
    NAME_COLUMN,
    column('Schedule', 'The schedule in Cron format, see https://en.wikipedia.org/wiki/Cron.'),
    column(
      'Timezone',
      'The time zone name for the given schedule, see https://en.wikipedia.org/wiki/List_of_tz_database_time_zones. If not specified, this will default to the time zone of the kube-controller-manager process. The set of valid time zone names and the time zone offset is loaded from the system-wide time zone database by the API server during CronJob validation and the controller manager during execution. If no system-wide time zone database can be found a bundled version of the database is used instead. If the time zone name becomes invalid during the lifetime of a CronJob or due to a change in host configuration, the controller will stop creating new new Jobs and will create a system event with the reason UnknownTimeZone. More information can be found in https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#time-zones',
    ),
    column(
      'Suspend',
      'This flag tells the controller to suspend subsequent executions, it does not apply to already started executions.  Defaults to false.',
      'boolean',
    ),
    column('Active', 'A list of pointers to currently running jobs.', 'integer'),
    column('Last Schedule', 'Information when was the last time the job was successfully scheduled.'),
    AGE_COLUMN,
    ...templateColumns(
      'A label query over pods that should match the pod count. Normally, the system sets this field for you. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
    ),
  ],
  cells: ({ metadata, spec, status }, now) => [
    metadata.name,
    spec.schedule,
    spec.timeZone ?? '<none>',
    // The column says boolean; the cell is text.
    spec.suspend === true ? 'True' : 'False',
    (status.active ?? []).length,
    status.lastScheduleTime === undefined ? '<none>' : ageOf(status.lastScheduleTime, now),
    ageOf(metadata.creationTimestamp, now),
    ...templateCells(spec.jobTemplate.spec.template, spec.jobTemplate.spec.selector),
  ],
  fieldSelectors: {},
};
