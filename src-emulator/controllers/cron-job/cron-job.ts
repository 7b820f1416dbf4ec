import { ApiError } from '../../api/cluster-api.ts';
import type { CronJob, Job } from '../../api/objects.ts';
import { CRON_JOBS, JOBS } from '../../api/resources.ts';
import { CronError, parseCron, type CronExpression } from '../../api/validation/cron-expression.ts';
import { cloneJson, jsonEqual } from '../../store/json.ts';
import { disposeAll, type ControllerContext } from '../controller.ts';
import { createEventRecorder, type EventRecorder } from '../events.ts';
import { isFinished, isTrue } from '../job/conditions.ts';
import { controllerOf, controllerReference, timestamp } from '../object-helpers.ts';
import { keyOf, splitKey, WorkQueue } from '../work-queue.ts';
import { missedTimes } from './missed.ts';
import { nextTime } from './schedule.ts';
import { wallClock } from './wall-clock.ts';

const SCHEDULED_AT = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
/** So much after a scheduled time the controller looks, lest it be too early. */
const DELTA_MS = 100;

/** Starts Jobs by the clock (kube-controller-manager's cronjob controller). */
export function startCronJobController(context: ControllerContext): Disposable {
  const { api } = context;
  const events = createEventRecorder({ ...context, component: 'cronjob-controller' });
  const queue: WorkQueue = new WorkQueue(context.clock, (key) => {
    const { namespace, name } = splitKey(key);
    const cronJob = api.get(CRON_JOBS, namespace, name);
    if (cronJob === undefined) return;
    const next = new Sync(context, events, cronJob).run();
    if (next !== undefined) queue.addAfter(key, Math.max(0, next - context.clock.now()));
  });
  return disposeAll([
    queue,
    api.watch(CRON_JOBS, ({ object }) => queue.add(keyOf(object))),
    api.watch(JOBS, ({ object }) => {
      const controller = controllerOf(object);
      if (controller?.kind === 'CronJob') queue.add(`${object.metadata.namespace ?? ''}/${controller.name}`);
    }),
  ]);
}

/** One sync of one CronJob. */
class Sync {
  readonly #context: ControllerContext;
  readonly #events: EventRecorder;
  /** The CronJob as it will be: its status is worked on. */
  readonly #cronJob: CronJob;
  readonly #now: number;

  constructor(context: ControllerContext, events: EventRecorder, cronJob: CronJob) {
    this.#context = context;
    this.#events = events;
    this.#cronJob = cloneJson(cronJob);
    this.#now = context.clock.now();
  }

  /** @returns when to look again, in ms since the epoch. */
  run(): number | undefined {
    const { namespace } = this.#cronJob.metadata;
    const jobs = this.#context.api
      .list(JOBS, namespace === undefined ? {} : { namespace })
      .filter((job) => controllerOf(job)?.uid === this.#cronJob.metadata.uid);
    let next: number | undefined;
    try {
      this.#follow(jobs);
      next = this.#schedule();
    } finally {
      this.#cleanUp(jobs);
      this.#writeStatus();
    }
    return next;
  }

  #tell(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#events.record(this.#cronJob, type, reason, message);
  }

  #isActive(uid: string): boolean {
    return (this.#cronJob.status.active ?? []).some((reference) => reference.uid === uid);
  }

  #forget(uid: string | undefined): void {
    const { status } = this.#cronJob;
    status.active = (status.active ?? []).filter((reference) => reference.uid !== uid);
  }

  /** Takes in what has become of the Jobs. */
  #follow(jobs: readonly Job[]): void {
    const { status } = this.#cronJob;
    for (const { metadata, status: state } of jobs) {
      const finished = isFinished(state.conditions);
      if (!finished && !this.#isActive(metadata.uid))
        this.#tell(
          'Warning',
          'UnexpectedJob',
          `Saw a job that the controller did not create or forgot: ${metadata.name}`,
        );
      if (!finished) continue;
      const succeeded = isTrue(state.conditions, 'Complete');
      if (this.#isActive(metadata.uid)) {
        this.#forget(metadata.uid);
        this.#tell(
          'Normal',
          'SawCompletedJob',
          `Saw completed job: ${metadata.name}, condition: ${succeeded ? 'Complete' : 'Failed'}`,
        );
      }
      const { completionTime } = state;
      if (succeeded && completionTime !== undefined && completionTime > (status.lastSuccessfulTime ?? ''))
        status.lastSuccessfulTime = completionTime;
    }
    for (const { uid, name = '' } of status.active ?? []) {
      if (jobs.some(({ metadata }) => metadata.uid === uid)) continue;
      this.#tell('Normal', 'MissingJob', `Active job went missing: ${name}`);
      this.#forget(uid);
    }
  }

  #schedule(): number | undefined {
    const { metadata, spec, status } = this.#cronJob;
    if (metadata.deletionTimestamp !== undefined || spec.suspend === true) return undefined;
    const schedule = this.#parse();
    if (schedule === undefined) return undefined;
    const missed = missedTimes(this.#cronJob, schedule, this.#now, true);
    if (missed === undefined) {
      this.#tell(
        'Warning',
        'InvalidSchedule',
        `invalid schedule: ${spec.schedule} : time difference between two schedules is less than 1 second`,
      );
      return undefined;
    }
    const due = missed.mostRecent;
    if (due !== undefined && missed.missed === 'many')
      this.#tell(
        'Warning',
        'TooManyMissedTimes',
        'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew',
      );
    if (due !== undefined && this.#mayStart(due)) {
      if (spec.concurrencyPolicy === 'Replace') this.#replaceActive();
      this.#start(due);
      status.lastScheduleTime = timestamp(due);
    }
    return this.#nextLook(schedule);
  }

  #parse(): CronExpression | undefined {
    const { schedule } = this.#cronJob.spec;
    try {
      return parseCron(schedule);
    } catch (error) {
      if (!(error instanceof CronError)) throw error;
      const quoted = JSON.stringify(schedule);
      this.#tell('Warning', 'UnparseableSchedule', `unparseable schedule: ${quoted} : ${error.message}`);
      return undefined;
    }
  }

  #mayStart(due: number): boolean {
    const { spec, status } = this.#cronJob;
    const { startingDeadlineSeconds, concurrencyPolicy } = spec;
    if (startingDeadlineSeconds !== undefined && due + startingDeadlineSeconds * 1000 < this.#now) {
      const when = new Date(due).toUTCString().replace('GMT', '+0000');
      this.#tell('Warning', 'MissSchedule', `Missed scheduled time to start a job: ${when}`);
      return false;
    }
    if (status.lastScheduleTime === timestamp(due)) return false;
    if ((status.active ?? []).some(({ name }) => name === this.#jobName(due))) return false;
    if (concurrencyPolicy === 'Forbid' && (status.active ?? []).length > 0) {
      this.#tell(
        'Normal',
        'JobAlreadyActive',
        'Not starting job because prior execution is running and concurrency policy is Forbid',
      );
      return false;
    }
    return true;
  }

  #nextLook(schedule: CronExpression): number | undefined {
    const missed = missedTimes(this.#cronJob, schedule, this.#now, false);
    const from = missed?.mostRecent ?? (missed?.missed === 'none' ? missed.earliest : this.#now);
    const next = nextTime(schedule, from, this.#cronJob.spec.timeZone);
    return next === undefined ? undefined : next + DELTA_MS;
  }

  /** Two starts at the same minute have the same name, so that none happens twice. */
  #jobName(due: number): string {
    return `${this.#cronJob.metadata.name}-${Math.floor(due / 60_000)}`;
  }

  #replaceActive(): void {
    const { namespace } = this.#cronJob.metadata;
    for (const { name = '' } of this.#cronJob.status.active ?? []) {
      const job = this.#context.api.get(JOBS, namespace, name);
      if (job !== undefined) this.#delete(job);
    }
  }

  #delete({ metadata }: Job): void {
    this.#context.api.delete(JOBS, metadata.namespace, metadata.name, { propagationPolicy: 'Background' });
    this.#forget(metadata.uid);
    this.#tell('Normal', 'SuccessfulDelete', `Deleted job ${metadata.name}`);
  }

  #start(due: number): void {
    const { metadata, spec, status } = this.#cronJob;
    const { labels, annotations } = spec.jobTemplate.metadata ?? {};
    const { namespace } = metadata;
    let job: Job;
    try {
      job = this.#context.api.create(JOBS, {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: {
          name: this.#jobName(due),
          ...(namespace === undefined ? {} : { namespace }),
          ...(labels === undefined ? {} : { labels: { ...labels } }),
          annotations: { ...annotations, [SCHEDULED_AT]: wallClock(spec.timeZone).format(due) },
          ownerReferences: [controllerReference(this.#cronJob)],
        },
        spec: cloneJson(spec.jobTemplate.spec),
        status: {},
      });
    } catch (error) {
      if (error instanceof ApiError && error.status.reason !== 'AlreadyExists')
        this.#tell('Warning', 'FailedCreate', `Error creating job: ${error.message}`);
      throw error;
    }
    this.#tell('Normal', 'SuccessfulCreate', `Created job ${job.metadata.name}`);
    const { apiVersion, kind } = job;
    const { name, uid, resourceVersion } = job.metadata;
    const reference = { apiVersion, kind, name, uid, resourceVersion };
    status.active = [
      ...(status.active ?? []),
      namespace === undefined ? reference : { ...reference, namespace },
    ];
  }

  /** Deletes Jobs that have ended beyond the limits of history, oldest first. */
  #cleanUp(jobs: readonly Job[]): void {
    const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = this.#cronJob.spec;
    for (const [condition, limit] of [
      ['Complete', successfulJobsHistoryLimit],
      ['Failed', failedJobsHistoryLimit],
    ] as const) {
      if (limit === undefined) continue;
      const ended = jobs
        .filter((job) => isTrue(job.status.conditions, condition))
        .sort((a, b) => startOf(a) - startOf(b) || (a.metadata.name < b.metadata.name ? -1 : 1));
      for (const job of ended.slice(0, Math.max(0, ended.length - limit)))
        if (job.metadata.deletionTimestamp === undefined) this.#delete(job);
    }
  }

  #writeStatus(): void {
    const { metadata, status } = this.#cronJob;
    const { active = [], ...rest } = status;
    const written = active.length === 0 ? rest : { active, ...rest };
    this.#context.api.mutate(
      CRON_JOBS,
      metadata.namespace,
      metadata.name,
      (draft) => {
        if (!jsonEqual(draft.status, written)) draft.status = cloneJson(written);
      },
      { subresource: 'status' },
    );
  }
}

function startOf({ metadata, status }: Job): number {
  return Date.parse(status.startTime ?? metadata.creationTimestamp);
}
