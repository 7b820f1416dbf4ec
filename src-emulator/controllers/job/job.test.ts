import { describe, expect, it } from 'vitest';
import type { Condition, Job, Pod } from '../../api/objects.ts';
import { JOBS, PODS } from '../../api/resources.ts';
import { timestamp } from '../object-helpers.ts';
import { eventsOf, podsOf, reportPod, webTemplate } from '../testing/cluster-fixture.ts';
import { cluster, useControllers } from '../testing/running-controllers.ts';

useControllers();

async function createJob(spec: Partial<Job['spec']> = {}): Promise<void> {
  cluster.api.create(JOBS, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { namespace: 'lab', name: 'sum' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: webTemplate('web:1', { restartPolicy: 'Never', terminationGracePeriodSeconds: 30 }),
      parallelism: 1,
      completions: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      podReplacementPolicy: 'TerminatingOrFailed',
      ...spec,
    },
    status: {},
  });
  await cluster.clock.advance(2000);
}

const job = (): Job | undefined => cluster.api.get(JOBS, 'lab', 'sum');
const conditions = (): string[] =>
  (job()?.status.conditions ?? []).map(({ type, status, reason }) => `${type}=${status} ${reason ?? ''}`);
const running = (): Pod[] =>
  podsOf(cluster.api).filter(
    ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined && (status.phase === 'Pending' || status.phase === 'Running'),
  );

/** Ends a pod as its kubelet would. */
async function end(
  pod: Pod | undefined,
  phase: 'Succeeded' | 'Failed',
  { exitCode = phase === 'Failed' ? 1 : 0, extra = [] as Condition[] } = {},
): Promise<void> {
  const time = timestamp(cluster.clock.now());
  cluster.api.mutate(
    PODS,
    'lab',
    pod?.metadata.name ?? '',
    (draft) => {
      draft.status = {
        phase,
        conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: time }, ...extra],
        containerStatuses: [
          {
            name: 'web',
            state: { terminated: { exitCode, startedAt: time, finishedAt: time } },
            lastState: {},
            ready: false,
            restartCount: 0,
            image: '',
            imageID: '',
          },
        ],
      };
    },
    { subresource: 'status' },
  );
  await cluster.clock.advance(2000);
}

describe('Job', () => {
  it('is complete when its pod has succeeded', async () => {
    await createJob();
    expect(running()).toHaveLength(1);
    expect(running()[0]?.metadata.finalizers).toEqual(['batch.kubernetes.io/job-tracking']);
    reportPod(cluster, running()[0]?.metadata.name ?? '', { ready: true });
    await cluster.clock.advance(2000);
    expect(job()?.status).toMatchObject({ active: 1, ready: 1, terminating: 0 });
    await end(running()[0], 'Succeeded');
    expect(job()?.status).toMatchObject({ succeeded: 1, ready: 0, uncountedTerminatedPods: {} });
    expect(job()?.status.completionTime).toBeDefined();
    expect(conditions()).toEqual([
      'SuccessCriteriaMet=True CompletionsReached',
      'Complete=True CompletionsReached',
    ]);
    expect(podsOf(cluster.api)[0]?.metadata.finalizers).toBeUndefined();
    expect(eventsOf(cluster.api, 'sum').at(-1)).toBe('Completed: Job completed');
  });

  it('runs as many at a time as it may, until enough have succeeded', async () => {
    await createJob({ completions: 3, parallelism: 2 });
    expect(running()).toHaveLength(2);
    await end(running()[0], 'Succeeded');
    expect(running()).toHaveLength(2);
    await end(running()[0], 'Succeeded');
    expect(running()).toHaveLength(1);
    await end(running()[0], 'Succeeded');
    expect(job()?.status.succeeded).toBe(3);
    expect(conditions()).toContain('Complete=True CompletionsReached');
  });

  it('tries again more and more slowly, and gives up at the limit', async () => {
    await createJob({ backoffLimit: 2 });
    await end(running()[0], 'Failed');
    expect(running()).toHaveLength(0);
    await cluster.clock.advance(10_000);
    expect(running()).toHaveLength(1);
    await end(running()[0], 'Failed');
    await cluster.clock.advance(15_000);
    expect(running()).toHaveLength(0);
    await cluster.clock.advance(5000);
    expect(running()).toHaveLength(1);
    await end(running()[0], 'Failed');
    expect(job()?.status.failed).toBe(3);
    expect(conditions()).toEqual([
      'FailureTarget=True BackoffLimitExceeded',
      'Failed=True BackoffLimitExceeded',
    ]);
    expect(eventsOf(cluster.api, 'sum').at(-1)).toBe(
      'BackoffLimitExceeded: Job has reached the specified backoff limit',
    );
  });

  it('fails when it is active for too long, once its pods are gone', async () => {
    await createJob({ activeDeadlineSeconds: 30 });
    reportPod(cluster, running()[0]?.metadata.name ?? '', { ready: true });
    await cluster.clock.advance(30_000);
    expect(running()).toHaveLength(0);
    expect(conditions()).toEqual(['FailureTarget=True DeadlineExceeded']);
    for (const { metadata } of podsOf(cluster.api))
      cluster.api.delete(PODS, 'lab', metadata.name, { gracePeriodSeconds: 0 });
    await cluster.clock.advance(2000);
    expect(conditions()).toEqual(['FailureTarget=True DeadlineExceeded', 'Failed=True DeadlineExceeded']);
  });

  it('gives the pods of an Indexed Job their numbers', async () => {
    await createJob({ completionMode: 'Indexed', completions: 3, parallelism: 3 });
    const indexes = running().map(
      ({ metadata }) => metadata.annotations?.['batch.kubernetes.io/job-completion-index'],
    );
    expect(indexes.sort()).toEqual(['0', '1', '2']);
    const second = running().find(({ spec }) => spec.hostname === 'sum-1');
    expect(second?.metadata.name).toMatch(/^sum-1-/);
    expect(second?.spec.containers[0]?.env).toEqual([
      {
        name: 'JOB_COMPLETION_INDEX',
        valueFrom: {
          fieldRef: {
            apiVersion: 'v1',
            fieldPath: "metadata.labels['batch.kubernetes.io/job-completion-index']",
          },
        },
      },
    ]);
    await end(
      running().find(({ spec }) => spec.hostname === 'sum-0'),
      'Succeeded',
    );
    await end(
      running().find(({ spec }) => spec.hostname === 'sum-2'),
      'Succeeded',
    );
    expect(job()?.status.completedIndexes).toBe('0,2');
    await end(running()[0], 'Succeeded');
    expect(job()?.status).toMatchObject({ completedIndexes: '0-2', succeeded: 3 });
    expect(conditions()).toContain('Complete=True CompletionsReached');
  });

  it('fails an index at its own limit, and goes on with the others', async () => {
    await createJob({
      completionMode: 'Indexed',
      completions: 2,
      parallelism: 2,
      backoffLimitPerIndex: 1,
      backoffLimit: 2147483647,
    });
    const first = (): Pod | undefined => running().find(({ spec }) => spec.hostname === 'sum-0');
    await end(first(), 'Failed');
    await cluster.clock.advance(12_000);
    expect(first()?.metadata.annotations?.['batch.kubernetes.io/job-index-failure-count']).toBe('1');
    await end(first(), 'Failed');
    expect(job()?.status.failedIndexes).toBe('0');
    await end(running()[0], 'Succeeded');
    expect(conditions()).toEqual(['FailureTarget=True FailedIndexes', 'Failed=True FailedIndexes']);
  });

  it('takes its pods away while it is suspended', async () => {
    await createJob({ suspend: true });
    expect(running()).toHaveLength(0);
    expect(job()?.status.startTime).toBeUndefined();
    expect(conditions()).toEqual(['Suspended=True JobSuspended']);
    cluster.api.mutate(JOBS, 'lab', 'sum', (draft) => void (draft.spec.suspend = false));
    await cluster.clock.advance(2000);
    expect(running()).toHaveLength(1);
    expect(conditions()).toEqual(['Suspended=False JobResumed']);
    expect(eventsOf(cluster.api, 'sum')).toContain('Resumed: Job resumed');
  });

  it('does not count pods as failed that it takes away itself', async () => {
    await createJob({ completions: 2, parallelism: 2 });
    for (const { metadata } of running()) reportPod(cluster, metadata.name, { ready: true });
    cluster.api.mutate(JOBS, 'lab', 'sum', (draft) => void (draft.spec.suspend = true));
    await cluster.clock.advance(2000);
    expect(job()?.status).toMatchObject({ terminating: 2, ready: 0 });
    expect(job()?.status.failed).toBeUndefined();
  });

  it('follows the rules on which failures count', async () => {
    await createJob({
      backoffLimit: 0,
      podReplacementPolicy: 'Failed',
      podFailurePolicy: {
        rules: [
          { action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } },
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
        ],
      },
    });
    await end(running()[0], 'Failed', { extra: [{ type: 'DisruptionTarget', status: 'True' }] });
    await cluster.clock.advance(12_000);
    expect(running()).toHaveLength(1);
    const name = running()[0]?.metadata.name ?? '';
    await end(running()[0], 'Failed', { exitCode: 42 });
    expect(conditions()).toEqual(['FailureTarget=True PodFailurePolicy', 'Failed=True PodFailurePolicy']);
    expect(job()?.status.conditions?.[0]?.message).toBe(
      `Container web for pod lab/${name} failed with exit code 42 matching FailJob rule at index 0`,
    );
  });

  it('is deleted some time after its end, with its pods', async () => {
    await createJob({ ttlSecondsAfterFinished: 60 });
    await end(running()[0], 'Succeeded');
    await cluster.clock.advance(50_000);
    expect(job()).toBeDefined();
    await cluster.clock.advance(15_000);
    expect(job()).toBeUndefined();
    expect(podsOf(cluster.api)).toEqual([]);
  });

  it('lets go of its pods when it is deleted', async () => {
    await createJob();
    cluster.api.delete(JOBS, 'lab', 'sum', { propagationPolicy: 'Background' });
    await cluster.clock.advance(2000);
    for (const { metadata } of podsOf(cluster.api)) {
      expect(metadata.finalizers).toBeUndefined();
      cluster.api.delete(PODS, 'lab', metadata.name, { gracePeriodSeconds: 0 });
    }
    expect(podsOf(cluster.api)).toEqual([]);
  });
});
