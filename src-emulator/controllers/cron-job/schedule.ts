/** When a cron schedule comes round (github.com/robfig/cron/v3). */
import type { CronExpression, CronField } from '../../api/validation/cron-expression.ts';
import { wallClock, type WallClock } from './wall-clock.ts';

/** A schedule that does not come round within so many years never will. */
const MOST_YEARS = 5;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * The next time after `after`, both in ms since the epoch; undefined for a schedule that never comes round, such as
 * the 31st of February.
 */
export function nextTime(
  schedule: CronExpression,
  after: number,
  timeZone: string | undefined,
): number | undefined {
  if ('every' in schedule) return Math.floor(after / 1000) * 1000 + schedule.every;
  const clock = wallClock(timeZone);
  let time = Math.floor(after / MINUTE) * MINUTE + MINUTE;
  const lastYear = clock.read(time).year + MOST_YEARS;
  for (;;) {
    const wall = clock.read(time);
    if (wall.year > lastYear) return undefined;
    if (!schedule.month.values.has(wall.month))
      time = clock.startOf(
        wall.month === 12 ? { year: wall.year + 1 } : { year: wall.year, month: wall.month + 1 },
      );
    else if (!isDay(schedule, wall))
      time = clock.startOf({ year: wall.year, month: wall.month, day: wall.day + 1 });
    else if (!schedule.hour.values.has(wall.hour)) time += HOUR - wall.minute * MINUTE;
    else if (!schedule.minute.values.has(wall.minute)) time += MINUTE;
    else return time;
  }
}

/** Where both the day of the month and that of the week are named, either will do. */
function isDay(
  { dayOfMonth, dayOfWeek }: { dayOfMonth: CronField; dayOfWeek: CronField },
  { day, weekday }: WallClock,
): boolean {
  const [byMonth, byWeek] = [dayOfMonth.values.has(day), dayOfWeek.values.has(weekday)];
  return dayOfMonth.open || dayOfWeek.open ? byMonth && byWeek : byMonth || byWeek;
}
