/** What a Job's pods look like, and how they are told apart (pkg/controller/job). */
import type { Condition, Job, NewObject, ObjectMeta, Pod, PodSpec } from '../../api/objects.ts';
import { findCondition } from '../object-helpers.ts';
import { podFromTemplate } from '../pod-control.ts';

export const TRACKING_FINALIZER = 'batch.kubernetes.io/job-tracking';
const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index';
const FAILURE_COUNT = 'batch.kubernetes.io/job-index-failure-count';
const IGNORED_FAILURE_COUNT = 'batch.kubernetes.io/job-index-ignored-failure-count';
const INDEX_VARIABLE = 'JOB_COMPLETION_INDEX';
/** A generated name has five characters more, and is to fit into a label. */
const MAX_PREFIX = 58;

/** Whether the Job has still to count the pod (the finalizer of job tracking). */
export function isTracked({ metadata }: Pod): boolean {
  return (metadata.finalizers ?? []).includes(TRACKING_FINALIZER);
}

/** Pods are only replaced when they have failed, not as soon as they are being deleted. */
export function replacesOnlyFailed({ spec }: Job): boolean {
  return spec.podReplacementPolicy === 'Failed' || spec.podFailurePolicy !== undefined;
}

/** Whether a pod counts against backoffLimit. */
export function hasFailed(job: Job, { metadata, status }: Pod): boolean {
  if (status.phase === 'Failed') return true;
  if (replacesOnlyFailed(job)) return false;
  return metadata.deletionTimestamp !== undefined && status.phase !== 'Succeeded';
}

/** The index of a pod of an Indexed Job; undefined for one that has none among the Job's. */
export function indexOf({ spec }: Job, { metadata }: Pod): number | undefined {
  const text = metadata.annotations?.[COMPLETION_INDEX];
  const index = text === undefined ? NaN : Number(text);
  return Number.isInteger(index) && index >= 0 && index < (spec.completions ?? 0) ? index : undefined;
}

/** How often an index has failed before this pod, as the pod carries it. */
export function failuresBefore({ metadata }: Pod): { counted: number; ignored: number } {
  const count = (name: string): number => Number(metadata.annotations?.[name] ?? 0) || 0;
  return { counted: count(FAILURE_COUNT), ignored: count(IGNORED_FAILURE_COUNT) };
}

/** @param failures for an index with a limit of its own: how often it has failed so far */
export function newPod(
  job: Job,
  index: number | undefined,
  failures: { counted: number; ignored: number } | undefined,
): NewObject<Pod> {
  const { name } = job.metadata;
  const prefix =
    index === undefined ? name : `${name.slice(0, MAX_PREFIX - 2 - String(index).length)}-${index}`;
  const metadata: Partial<ObjectMeta> = { generateName: `${prefix}-`, finalizers: [TRACKING_FINALIZER] };
  if (index !== undefined) {
    metadata.labels = { [COMPLETION_INDEX]: String(index) };
    metadata.annotations = {
      [COMPLETION_INDEX]: String(index),
      ...(failures === undefined ? {} : { [FAILURE_COUNT]: String(failures.counted) }),
      ...(failures === undefined || failures.ignored === 0
        ? {}
        : { [IGNORED_FAILURE_COUNT]: String(failures.ignored) }),
    };
  }
  const pod = podFromTemplate(job, job.spec.template, metadata);
  if (index !== undefined) {
    pod.spec.hostname = `${name}-${index}`;
    addIndexVariable(pod.spec);
  }
  return pod;
}

function addIndexVariable({ initContainers = [], containers }: PodSpec): void {
  for (const container of [...initContainers, ...containers]) {
    if ((container.env ?? []).some(({ name }) => name === INDEX_VARIABLE)) continue;
    const fieldPath = `metadata.labels['${COMPLETION_INDEX}']`;
    container.env = [
      ...(container.env ?? []),
      { name: INDEX_VARIABLE, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } } },
    ];
  }
}

/** When a pod ended, in ms since the epoch: by its containers, its readiness, its deletion, else its creation. */
export function finishTimeOf({ metadata, status }: Pod): number {
  const ends = (status.containerStatuses ?? []).map(({ state }) => state.terminated?.finishedAt);
  if (ends.length > 0 && ends.every((end) => end !== undefined))
    return Math.max(...ends.map((end) => Date.parse(end)));
  const ready: Condition | undefined = findCondition(status.conditions, 'Ready');
  if (ready?.status === 'False' && ready.lastTransitionTime !== undefined)
    return Date.parse(ready.lastTransitionTime);
  if (metadata.deletionTimestamp !== undefined)
    return Date.parse(metadata.deletionTimestamp) - (metadata.deletionGracePeriodSeconds ?? 0) * 1000;
  return Date.parse(metadata.creationTimestamp);
}
