import type { CronJob } from '../../api/objects.ts';
import type { CronExpression } from '../../api/validation/cron-expression.ts';
import { nextTime } from './schedule.ts';

/** From so many missed times on, a warning is due. */
const MANY = 100;

export interface Missed {
  /** From when on times count. */
  earliest: number;
  /** The last time that has come and not been used. */
  mostRecent?: number;
  missed: 'none' | 'few' | 'many';
}

/**
 * What has come round since the last time a Job was started (mostRecentScheduleTime of the cronjob controller).
 * @param fromDeadline leaves out what is past the starting deadline
 * @returns undefined for a schedule that never comes round
 */
export function missedTimes(
  { metadata, spec, status }: CronJob,
  schedule: CronExpression,
  now: number,
  fromDeadline: boolean,
): Missed | undefined {
  const next = (after: number): number | undefined => nextTime(schedule, after, spec.timeZone);
  let earliest = Date.parse(status.lastScheduleTime ?? metadata.creationTimestamp);
  const { startingDeadlineSeconds } = spec;
  if (fromDeadline && startingDeadlineSeconds !== undefined)
    earliest = Math.max(earliest, now - startingDeadlineSeconds * 1000);
  const first = next(earliest);
  const second = first === undefined ? undefined : next(first);
  if (first === undefined || second === undefined) return undefined;
  if (now < first) return { earliest, missed: 'none' };
  if (now < second) return { earliest, mostRecent: first, missed: 'none' };
  const period = Math.round((second - first) / 1000) * 1000;
  const count = Math.floor((now - first) / period) + 1;
  let mostRecent: number | undefined;
  for (let time = next(first + (count - 2) * period); time !== undefined && time <= now; time = next(time))
    mostRecent = time;
  return {
    earliest,
    ...(mostRecent === undefined ? {} : { mostRecent }),
    missed: count > MANY ? 'many' : 'few',
  };
}
