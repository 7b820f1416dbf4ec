/** The completion indexes of an Indexed Job (pkg/controller/job/indexed_job_utils.go). */
import { parseIndexes } from '../../api/kinds/job-indexes.ts';
import type { Job, Pod } from '../../api/objects.ts';
import { judgeFailure } from './failure-policy.ts';
import { failuresBefore, finishTimeOf, hasFailed, indexOf, isTracked } from './pods.ts';

export interface IndexState {
  succeeded: number[];
  /** Only where each index has a limit of its own. */
  failed?: number[];
  /** The failed pods whose index is to be tried again: they are kept until their successor carries their count. */
  retained: Map<number, Pod>;
}

function readIndexes(text: string | undefined, job: Job): number[] {
  const parsed = parseIndexes(text ?? '', job.spec.completions ?? 0);
  return 'error' in parsed ? [] : parsed.indexes;
}

function inOrder(indexes: Iterable<number | undefined>): number[] {
  return [...new Set(indexes)].filter((index) => index !== undefined).sort((a, b) => a - b);
}

/** What the status says and what pods that have ended since add to it. */
export function indexState(job: Job, pods: readonly Pod[], active: readonly Pod[]): IndexState {
  const fresh = pods.filter(isTracked);
  const succeeded = inOrder([
    ...readIndexes(job.status.completedIndexes, job),
    ...fresh.filter(({ status }) => status.phase === 'Succeeded').map((pod) => indexOf(job, pod)),
  ]);
  const limit = job.spec.backoffLimitPerIndex;
  if (limit === undefined) return { succeeded, retained: new Map() };
  const failed = inOrder([
    ...readIndexes(job.status.failedIndexes, job),
    ...fresh.filter((pod) => failsItsIndex(job, pod, limit)).map((pod) => indexOf(job, pod)),
  ]);
  const settled = new Set([...succeeded, ...failed, ...active.map((pod) => indexOf(job, pod))]);
  const retained = new Map<number, Pod>();
  for (const pod of fresh) {
    const index = indexOf(job, pod);
    if (index === undefined || settled.has(index) || !hasFailed(job, pod)) continue;
    const other = retained.get(index);
    if (other === undefined || isLater(pod, other)) retained.set(index, pod);
  }
  return { succeeded, failed, retained };
}

function failsItsIndex(job: Job, pod: Pod, limit: number): boolean {
  if (!hasFailed(job, pod)) return false;
  const { counts, failsIndex } = judgeFailure(job, pod);
  return failsIndex || (counts && failuresBefore(pod).counted >= limit);
}

function isLater(a: Pod, b: Pod): boolean {
  const total = (pod: Pod): number => failuresBefore(pod).counted + failuresBefore(pod).ignored;
  return total(a) >= total(b) && finishTimeOf(a) >= finishTimeOf(b);
}

/** The lowest indexes that nothing runs for and that are not settled. */
export function pendingIndexes(
  job: Job,
  { succeeded, failed = [] }: IndexState,
  busy: readonly Pod[],
  count: number,
): number[] {
  const taken = new Set<number | undefined>([
    ...succeeded,
    ...failed,
    ...busy.map((pod) => indexOf(job, pod)),
  ]);
  const result: number[] = [];
  for (let index = 0; index < (job.spec.completions ?? 0) && result.length < count; index++)
    if (!taken.has(index)) result.push(index);
  return result;
}

/** What the successor of a failed pod carries. */
export function failuresWith(job: Job, pod: Pod | undefined): { counted: number; ignored: number } {
  if (pod === undefined) return { counted: 0, ignored: 0 };
  const { counted, ignored } = failuresBefore(pod);
  return judgeFailure(job, pod).counts
    ? { counted: counted + 1, ignored }
    : { counted, ignored: ignored + 1 };
}

/** The success policy's rule that is met, in the words of the condition. */
export function metSuccessRule({ spec }: Job, succeeded: readonly number[]): string | undefined {
  if (succeeded.length === 0) return undefined;
  const index = (spec.successPolicy?.rules ?? []).findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined) return succeeded.length >= (succeededCount ?? 0);
    const parsed = parseIndexes(succeededIndexes, spec.completions ?? 0);
    if ('error' in parsed || parsed.indexes.length === 0) return false;
    const met = parsed.indexes.filter((each) => succeeded.includes(each)).length;
    return met >= (succeededCount ?? parsed.indexes.length);
  });
  return index < 0 ? undefined : `Matched rules at index ${index}`;
}
