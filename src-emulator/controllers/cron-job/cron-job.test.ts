import { describe, expect, it } from 'vitest';
import type { CronJob, Job } from '../../api/objects.ts';
import { CRON_JOBS, JOBS } from '../../api/resources.ts';
import { parseCron } from '../../api/validation/cron-expression.ts';
import { eventsOf, webTemplate } from '../testing/cluster-fixture.ts';
import { cluster, useControllers } from '../testing/running-controllers.ts';
import { nextTime } from './schedule.ts';
import { wallClock } from './wall-clock.ts';

describe('the next time of a schedule', () => {
  const next = (schedule: string, after: string, zone?: string): string => {
    const time = nextTime(parseCron(schedule), Date.parse(after), zone);
    return time === undefined ? 'never' : wallClock(zone).format(time);
  };

  it.each([
    ['*/15 * * * *', '2026-01-01T00:00:00Z', undefined, '2026-01-01T00:15:00Z'],
    ['0 9-17/4 * * mon-fri', '2026-01-02T18:00:00Z', undefined, '2026-01-05T09:00:00Z'],
    ['@monthly', '2026-01-31T23:59:59Z', undefined, '2026-02-01T00:00:00Z'],
    ['0 0 29 2 *', '2026-03-01T00:00:00Z', undefined, '2028-02-29T00:00:00Z'],
    ['0 0 31 2 *', '2026-03-01T00:00:00Z', undefined, 'never'],
    ['0 0 13 * fri', '2026-01-01T00:00:00Z', undefined, '2026-01-02T00:00:00Z'],
    ['@every 90s', '2026-01-01T00:00:10Z', undefined, '2026-01-01T00:01:40Z'],
    ['0 9 * * *', '2026-01-01T00:00:00Z', 'Asia/Seoul', '2026-01-02T09:00:00+09:00'],
    ['30 8 * * *', '2026-03-07T14:00:00Z', 'America/New_York', '2026-03-08T08:30:00-04:00'],
    ['0 0 * * *', '2026-11-01T05:00:00Z', 'America/New_York', '2026-11-02T00:00:00-05:00'],
  ])('%s after %s in %s', (schedule, after, zone, expected) => {
    expect(next(schedule, after, zone)).toBe(expected);
  });
});

describe('CronJob', () => {
  useControllers();

  function createCronJob(spec: Partial<CronJob['spec']> = {}): void {
    cluster.api.create(CRON_JOBS, {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { namespace: 'lab', name: 'tick' },
      spec: {
        schedule: '* * * * *',
        concurrencyPolicy: 'Allow',
        suspend: false,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 1,
        jobTemplate: {
          metadata: { labels: { run: 'tick' } },
          spec: {
            // Jobs that start nothing: only their coming and going counts here.
            parallelism: 0,
            completions: 1,
            template: webTemplate('web:1', { restartPolicy: 'Never' }),
          },
        },
        ...spec,
      },
      status: {},
    });
  }

  const cronJob = (): CronJob | undefined => cluster.api.get(CRON_JOBS, 'lab', 'tick');
  const jobs = (): Job[] => cluster.api.list(JOBS, { namespace: 'lab' });
  const finish = (job: Job | undefined, type: 'Complete' | 'Failed'): void => {
    const time = new Date(cluster.clock.now()).toISOString().replace(/\.\d+/, '');
    cluster.api.mutate(
      JOBS,
      'lab',
      job?.metadata.name ?? '',
      (draft) => {
        draft.status.conditions = [{ type, status: 'True', lastTransitionTime: time }];
        if (type === 'Complete') draft.status.completionTime = time;
      },
      { subresource: 'status' },
    );
  };
  /** Ends a second after the minute: the controller looks a little after it. */
  const minutes = (count: number): Promise<void> =>
    cluster.clock.advance(count * 60_000 + 1000 - (cluster.clock.now() % 60_000));

  it('starts a Job each time, named by the minute', async () => {
    createCronJob();
    await minutes(2);
    expect(jobs()).toHaveLength(2);
    const [first] = jobs();
    expect(first?.metadata.name).toMatch(/^tick-\d+$/);
    expect(first?.metadata.labels).toEqual({ run: 'tick' });
    expect(first?.metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp']).toMatch(/:00Z$/);
    expect(cronJob()?.status.active).toHaveLength(2);
    expect(cronJob()?.status.lastScheduleTime).toMatch(/:00Z$/);
    expect(eventsOf(cluster.api, 'tick')).toContain(
      `SuccessfulCreate: Created job ${first?.metadata.name ?? ''}`,
    );
  });

  it('starts none while one is active under Forbid', async () => {
    createCronJob({ concurrencyPolicy: 'Forbid' });
    await minutes(3);
    expect(jobs()).toHaveLength(1);
    expect(
      eventsOf(cluster.api, 'tick').some((event) => event.startsWith('JobAlreadyActive: Not starting job')),
    ).toBe(true);
    finish(jobs()[0], 'Complete');
    await minutes(1);
    expect(jobs()).toHaveLength(2);
    expect(cronJob()?.status.lastSuccessfulTime).toBeDefined();
  });

  it('replaces the active one under Replace', async () => {
    createCronJob({ concurrencyPolicy: 'Replace' });
    await minutes(1);
    const first = jobs()[0]?.metadata.name ?? '';
    await minutes(1);
    expect(jobs()).toHaveLength(1);
    expect(jobs()[0]?.metadata.name).not.toBe(first);
    expect(eventsOf(cluster.api, 'tick')).toContain(`SuccessfulDelete: Deleted job ${first}`);
  });

  it('keeps as many ended Jobs as its history limits say', async () => {
    createCronJob({ successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 1 });
    for (const type of ['Complete', 'Failed', 'Complete', 'Failed'] as const) {
      await minutes(1);
      finish(jobs().at(-1), type);
      await cluster.clock.advance(1000);
    }
    const ended = jobs().map(({ status }) => status.conditions?.[0]?.type);
    expect(ended).toEqual(['Complete', 'Failed']);
  });

  it('starts nothing while it is suspended, and only the last that was missed after that', async () => {
    createCronJob({ suspend: true });
    await minutes(5);
    expect(jobs()).toHaveLength(0);
    cluster.api.mutate(CRON_JOBS, 'lab', 'tick', (draft) => void (draft.spec.suspend = false));
    await cluster.clock.advance(100);
    expect(jobs()).toHaveLength(1);
  });

  it('misses a time that is past its starting deadline', async () => {
    createCronJob({ suspend: true, schedule: '0 * * * *', startingDeadlineSeconds: 60 });
    await minutes(90);
    cluster.api.mutate(CRON_JOBS, 'lab', 'tick', (draft) => void (draft.spec.suspend = false));
    await minutes(1);
    expect(jobs()).toHaveLength(0);
  });
});
