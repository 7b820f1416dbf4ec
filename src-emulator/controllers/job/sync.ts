import { ApiError } from '../../api/cluster-api.ts';
import { formatIndexes } from '../../api/kinds/job-indexes.ts';
import type { Job, NewObject, Pod } from '../../api/objects.ts';
import { JOBS, PODS } from '../../api/resources.ts';
import { cloneJson, jsonEqual } from '../../store/json.ts';
import type { ControllerContext } from '../controller.ts';
import type { EventRecorder } from '../events.ts';
import { findCondition, isPodActive, isPodFinished, isPodReady, timestamp } from '../object-helpers.ts';
import { claimPods } from '../pod-control.ts';
import { byDeletionOrder } from '../pod-deletion-order.ts';
import { keyOf, type WorkQueue } from '../work-queue.ts';
import { remainingBackoff, type JobBackoff } from './backoff.ts';
import { isTrue, newCondition, setCondition, type JobCondition } from './conditions.ts';
import { judgeFailure } from './failure-policy.ts';
import { failuresWith, indexState, metSuccessRule, pendingIndexes, type IndexState } from './indexes.ts';
import {
  failuresBefore,
  finishTimeOf,
  hasFailed,
  indexOf,
  isTracked,
  newPod,
  replacesOnlyFailed,
  TRACKING_FINALIZER,
} from './pods.ts';

/** No more pods than this are created or deleted in one sync. */
const MOST_PER_SYNC = 500;

/** One sync of one Job that is not finished. */
export class JobSync {
  readonly #context: ControllerContext;
  readonly #events: EventRecorder;
  readonly #queue: WorkQueue;
  readonly #backoff: JobBackoff;
  readonly #key: string;
  /** The Job as it will be: its status is worked on. */
  readonly #job: Job;
  readonly #pods: readonly Pod[];
  #active: Pod[];
  #terminating: number;
  #indexes: IndexState | undefined;

  constructor(
    context: ControllerContext,
    events: EventRecorder,
    queue: WorkQueue,
    backoff: JobBackoff,
    job: Job,
  ) {
    this.#context = context;
    this.#events = events;
    this.#queue = queue;
    this.#backoff = backoff;
    this.#key = keyOf(job);
    this.#job = cloneJson(job);
    this.#pods = claimPods(context, job, job.spec.selector ?? {});
    this.#active = this.#pods.filter(isPodActive);
    this.#terminating = this.#pods.filter(
      (pod) => pod.metadata.deletionTimestamp !== undefined && !isPodFinished(pod),
    ).length;
  }

  run(): void {
    const { spec, status } = this.#job;
    const conditions = (status.conditions ??= []);
    const ended = this.#pods.filter(isTracked);
    const succeeded = ended.filter((pod) => pod.status.phase === 'Succeeded');
    const failed = ended.filter((pod) => hasFailed(this.#job, pod));
    if (status.startTime === undefined && spec.suspend !== true) status.startTime = this.#time();
    this.#backoff.record(
      this.#key,
      succeeded,
      failed.filter((pod) => !this.#isRetained(pod)),
    );
    let count = (status.succeeded ?? 0) + succeeded.length;
    const failures =
      (status.failed ?? 0) + failed.filter((pod) => judgeFailure(this.#job, pod).counts).length;

    let verdict = this.#failure(failures);
    if (spec.completionMode === 'Indexed') {
      this.#indexes = indexState(this.#job, this.#pods, this.#active);
      count = this.#indexes.succeeded.length;
      verdict ??= this.#indexVerdict(this.#indexes);
    }
    let problem: Error | undefined;
    if (verdict !== undefined) this.#remove(this.#active);
    else {
      if (this.#job.metadata.deletionTimestamp === undefined) problem = this.#manage(count);
      const needed = spec.completions ?? 1;
      const enough = spec.completions === undefined ? count > 0 : count >= needed;
      if (enough && this.#active.length === 0)
        verdict = this.#condition(
          'SuccessCriteriaMet',
          'CompletionsReached',
          'Reached expected number of succeeded pods',
        );
      else this.#tellSuspension();
    }
    this.#count(succeeded, failed, verdict);
    if (verdict !== undefined) setCondition(conditions, verdict);
    this.#writeStatus();
    for (const pod of ended) if (this.#mayGo(pod, verdict)) this.#untrack(pod);
    if (verdict !== undefined && this.#terminating === 0) this.#finish(verdict);
    if (problem !== undefined) throw problem;
  }

  #now(): number {
    return this.#context.clock.now();
  }

  #time(): string {
    return timestamp(this.#now());
  }

  #condition(type: string, reason: string, message: string): JobCondition {
    return newCondition(type, 'True', reason, message, this.#now());
  }

  /** Why the Job is to fail, or has been to since an earlier sync; or that it has been to succeed. */
  #failure(failures: number): JobCondition | undefined {
    const { spec, status } = this.#job;
    for (const type of ['SuccessCriteriaMet', 'FailureTarget']) {
      const known = findCondition(status.conditions, type);
      if (known?.status === 'True') return known as JobCondition;
    }
    for (const pod of this.#pods) {
      const message = hasFailed(this.#job, pod) ? judgeFailure(this.#job, pod).failsJob : undefined;
      if (message !== undefined) return this.#condition('FailureTarget', 'PodFailurePolicy', message);
    }
    if (failures > (spec.backoffLimit ?? 6) || this.#restartsExceedLimit())
      return this.#condition(
        'FailureTarget',
        'BackoffLimitExceeded',
        'Job has reached the specified backoff limit',
      );
    const { activeDeadlineSeconds } = spec;
    if (activeDeadlineSeconds === undefined || spec.suspend === true || status.startTime === undefined)
      return undefined;
    const left = Date.parse(status.startTime) + activeDeadlineSeconds * 1000 - this.#now();
    if (left <= 0)
      return this.#condition(
        'FailureTarget',
        'DeadlineExceeded',
        'Job was active longer than specified deadline',
      );
    this.#queue.addAfter(this.#key, left);
    return undefined;
  }

  /** Containers that are restarted in place count as well. */
  #restartsExceedLimit(): boolean {
    const { template, backoffLimit = 6 } = this.#job.spec;
    if (template.spec.restartPolicy !== 'OnFailure') return false;
    const restarts = this.#pods
      .filter((pod) => !isPodFinished(pod))
      .flatMap(({ status }) => [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])])
      .reduce((sum, { restartCount }) => sum + restartCount, 0);
    return backoffLimit === 0 ? restarts > 0 : restarts >= backoffLimit;
  }

  #indexVerdict({ succeeded, failed = [] }: IndexState): JobCondition | undefined {
    const { maxFailedIndexes, completions = 0 } = this.#job.spec;
    if (maxFailedIndexes !== undefined && failed.length > maxFailedIndexes)
      return this.#condition(
        'FailureTarget',
        'MaxFailedIndexesExceeded',
        'Job has exceeded the specified maximal number of failed indexes',
      );
    if (failed.length > 0 && failed.length + succeeded.length >= completions)
      return this.#condition('FailureTarget', 'FailedIndexes', 'Job has failed indexes');
    const rule = metSuccessRule(this.#job, succeeded);
    return rule === undefined ? undefined : this.#condition('SuccessCriteriaMet', 'SuccessPolicy', rule);
  }

  /** Creates or deletes pods. @returns what stood in the way of creating them. */
  #manage(succeeded: number): Error | undefined {
    const { spec } = this.#job;
    if (spec.suspend === true) {
      this.#removeSome(this.#active.length, false);
      return undefined;
    }
    const parallelism = spec.parallelism ?? 1;
    let wanted = Math.max(0, Math.min(parallelism, (spec.completions ?? 0) - succeeded));
    if (spec.completions === undefined) wanted = succeeded > 0 ? this.#active.length : parallelism;
    if (this.#removeSome(Math.max(0, this.#active.length - wanted), true)) return undefined;
    const waitsFor = replacesOnlyFailed(this.#job) ? this.#terminating : 0;
    const missing = Math.min(wanted - waitsFor - this.#active.length, MOST_PER_SYNC);
    return missing > 0 ? this.#create(missing) : undefined;
  }

  #create(count: number): Error | undefined {
    if (this.#job.spec.backoffLimitPerIndex === undefined) {
      const wait = this.#backoff.remaining(this.#key, this.#now());
      if (wait > 0) {
        this.#queue.addAfter(this.#key, wait);
        return undefined;
      }
    }
    for (const pod of this.#planned(count)) {
      try {
        const created = this.#context.api.create(PODS, pod);
        this.#active.push(created);
        this.#events.record(this.#job, 'Normal', 'SuccessfulCreate', `Created pod: ${created.metadata.name}`);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        this.#events.record(this.#job, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
        return error;
      }
    }
    return undefined;
  }

  #planned(count: number): NewObject<Pod>[] {
    const indexes = this.#indexes;
    if (indexes === undefined)
      return Array.from({ length: count }, () => newPod(this.#job, undefined, undefined));
    const busy = replacesOnlyFailed(this.#job)
      ? this.#pods.filter((pod) => !isPodFinished(pod))
      : this.#active;
    const limited = this.#job.spec.backoffLimitPerIndex !== undefined;
    return pendingIndexes(this.#job, indexes, busy, count).flatMap((index) => {
      const earlier = indexes.retained.get(index);
      if (limited && earlier !== undefined) {
        const { counted, ignored } = failuresBefore(earlier);
        const wait = remainingBackoff(counted + ignored + 1, finishTimeOf(earlier), this.#now());
        if (wait > 0) {
          this.#queue.addAfter(this.#key, wait);
          return [];
        }
      }
      return [newPod(this.#job, index, limited ? failuresWith(this.#job, earlier) : undefined)];
    });
  }

  /** Deletes so many pods, those first whose index is out of range or taken twice. @returns whether it deleted any */
  #removeSome(count: number, withStrays: boolean): boolean {
    const seen = new Set<number>();
    const strays =
      withStrays && this.#indexes !== undefined
        ? this.#active.filter((pod) => {
            const index = indexOf(this.#job, pod);
            if (index === undefined || seen.has(index)) return true;
            seen.add(index);
            return false;
          })
        : [];
    const others = byDeletionOrder(
      this.#active.filter((pod) => !strays.includes(pod)),
      () => 0,
      this.#now(),
    );
    const removed = [...strays, ...others.slice(0, Math.max(0, count - strays.length))];
    // They are not wanted any more: that they end is no failure.
    for (const pod of removed) this.#untrack(pod);
    this.#remove(removed.slice(0, MOST_PER_SYNC));
    return removed.length > 0;
  }

  #remove(pods: readonly Pod[]): void {
    for (const { metadata } of pods) {
      this.#context.api.delete(PODS, metadata.namespace, metadata.name, {
        preconditions: { uid: metadata.uid },
      });
      this.#events.record(this.#job, 'Normal', 'SuccessfulDelete', `Deleted pod: ${metadata.name}`);
    }
    this.#active = this.#active.filter((pod) => !pods.includes(pod));
    this.#terminating += pods.length;
  }

  #tellSuspension(): void {
    const {
      spec: { suspend },
      status,
    } = this.#job;
    const conditions = (status.conditions ??= []);
    const [state, reason, message] =
      suspend === true
        ? (['True', 'JobSuspended', 'Job suspended'] as const)
        : (['False', 'JobResumed', 'Job resumed'] as const);
    const changed = setCondition(conditions, newCondition('Suspended', state, reason, message, this.#now()));
    if (!changed) return;
    this.#events.record(this.#job, 'Normal', suspend === true ? 'Suspended' : 'Resumed', message);
    // The time that a Job is suspended does not count against its deadline.
    if (suspend !== true) status.startTime = this.#time();
  }

  #isRetained(pod: Pod): boolean {
    const index = indexOf(this.#job, pod);
    return index !== undefined && this.#indexes?.retained.get(index) === pod;
  }

  /** Whether a pod's end is taken in now, so that it need not be kept. */
  #mayGo(pod: Pod, verdict: JobCondition | undefined): boolean {
    if (this.#job.metadata.deletionTimestamp !== undefined || verdict !== undefined) return true;
    if (pod.status.phase === 'Succeeded') return true;
    return hasFailed(this.#job, pod) && !this.#isRetained(pod);
  }

  #count(succeeded: readonly Pod[], failed: readonly Pod[], verdict: JobCondition | undefined): void {
    const { status } = this.#job;
    const ends = verdict?.type === 'FailureTarget';
    // When a Job fails, pods that still run have failed with it.
    const cutOff = ends
      ? this.#pods.filter((pod) => isTracked(pod) && !succeeded.includes(pod) && !failed.includes(pod))
      : [];
    const counted = [...failed, ...cutOff].filter(
      (pod) => this.#mayGo(pod, verdict) && judgeFailure(this.#job, pod).counts,
    ).length;
    status.failed = (status.failed ?? 0) + counted;
    status.succeeded = this.#indexes?.succeeded.length ?? (status.succeeded ?? 0) + succeeded.length;
    if (this.#indexes !== undefined) {
      const { failed: failedIndexes } = this.#indexes;
      status.completedIndexes = formatIndexes(this.#indexes.succeeded);
      if (failedIndexes !== undefined) status.failedIndexes = formatIndexes(failedIndexes);
    }
    status.active = this.#active.length;
    status.ready = this.#active.filter(isPodReady).length;
    status.terminating = this.#terminating;
    status.uncountedTerminatedPods = {};
  }

  #untrack({ metadata }: Pod): void {
    this.#context.api.mutate(PODS, metadata.namespace, metadata.name, (draft) => {
      const left = (draft.metadata.finalizers ?? []).filter((finalizer) => finalizer !== TRACKING_FINALIZER);
      if (left.length === 0) delete draft.metadata.finalizers;
      else draft.metadata.finalizers = left;
    });
  }

  #finish({ type, reason, message }: JobCondition): void {
    const {
      status,
      spec: { completions },
    } = this.#job;
    const conditions = (status.conditions ??= []);
    const succeeds = type === 'SuccessCriteriaMet';
    const final = this.#condition(succeeds ? 'Complete' : 'Failed', reason, message);
    if (isTrue(conditions, final.type)) return;
    setCondition(conditions, final);
    if (succeeds) status.completionTime = this.#time();
    this.#writeStatus();
    if (!succeeds) this.#events.record(this.#job, 'Warning', reason, message);
    else {
      if (completions !== undefined && (status.succeeded ?? 0) > completions)
        this.#events.record(
          this.#job,
          'Warning',
          'TooManySucceededPods',
          'Too many succeeded pods running after completion count reached',
        );
      this.#events.record(this.#job, 'Normal', 'Completed', 'Job completed');
    }
  }

  #writeStatus(): void {
    const { metadata, status } = this.#job;
    const optional = ['active', 'succeeded', 'failed', 'completedIndexes', 'conditions'];
    const written = Object.fromEntries(
      Object.entries(status).filter(
        ([key, value]) =>
          !optional.includes(key) || (value !== 0 && value !== '' && (value as unknown[]).length !== 0),
      ),
    );
    this.#context.api.mutate(
      JOBS,
      metadata.namespace,
      metadata.name,
      (draft) => {
        if (!jsonEqual(draft.status, written)) draft.status = cloneJson(written);
      },
      { subresource: 'status' },
    );
  }
}
