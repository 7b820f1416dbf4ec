/** How long ago something happened, in the short form of kubectl. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY_HOURS = 24;
const YEAR_HOURS = 365 * DAY_HOURS;

function pair(whole: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${whole}${unit}` : `${whole}${unit}${rest}${restUnit}`;
}

/**
 * A duration in at most two units, coarser the longer it is (k8s.io/apimachinery/pkg/util/duration,
 * HumanDuration). @param ms milliseconds; up to two seconds below zero count as now
 */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / SECOND);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.trunc(ms / MINUTE);
  if (minutes < 10) return pair(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(ms / HOUR);
  if (hours < 8) return pair(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / DAY_HOURS);
  if (hours < DAY_HOURS * 8) return pair(days, 'd', hours % DAY_HOURS, 'h');
  if (hours < YEAR_HOURS * 2) return `${days}d`;
  const years = Math.trunc(hours / YEAR_HOURS);
  return hours < YEAR_HOURS * 8 ? pair(years, 'y', days % 365, 'd') : `${years}y`;
}

/** The age of an RFC 3339 time, or `<unknown>` where there is none. */
export function ageOf(time: string | null | undefined, now: number): string {
  return time === undefined || time === null || time === ''
    ? '<unknown>'
    : humanDuration(now - Date.parse(time));
}
