/** What the clock on the wall shows in some place. Months and days count from 1, weekdays from Sunday = 0. */
export interface WallClock {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  weekday: number;
}

interface Zone {
  read(time: number): WallClock;
  /** The first moment of a year, or of a month or day in it; a day beyond the month's last is in the next. */
  startOf(date: { year: number; month?: number; day?: number }): number;
  /** RFC 3339 with the zone's offset. */
  format(time: number): string;
}

const MINUTE = 60_000;
const WIDEST_OFFSET = 14 * 60 * MINUTE;

const zones = new Map<string, Zone>();

/** @param timeZone a name of the IANA database; UTC when left out */
export function wallClock(timeZone = 'UTC'): Zone {
  const zone = zones.get(timeZone) ?? makeZone(timeZone);
  zones.set(timeZone, zone);
  return zone;
}

function makeZone(timeZone: string): Zone {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  /** The wall's clock read as if it were UTC. */
  const shifted = (time: number): number => {
    const parts = Object.fromEntries(
      format.formatToParts(time).map(({ type, value }) => [type, Number(value)]),
    );
    return Date.UTC(
      parts['year'] ?? 0,
      (parts['month'] ?? 1) - 1,
      parts['day'],
      parts['hour'],
      parts['minute'],
      parts['second'],
    );
  };
  return {
    read(time) {
      const date = new Date(timeZone === 'UTC' ? time : shifted(time));
      return {
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
        hour: date.getUTCHours(),
        minute: date.getUTCMinutes(),
        weekday: date.getUTCDay(),
      };
    },
    startOf({ year, month = 1, day = 1 }) {
      const wanted = Date.UTC(year, month - 1, day);
      if (timeZone === 'UTC') return wanted;
      // Offsets change a few times a year at most: from close by, one correction leads there.
      const guess = wanted - (shifted(wanted) - wanted);
      const time = wanted - (shifted(guess) - guess);
      if (shifted(time) >= wanted) return time;
      // Midnight is left out where the clock is put forward at that hour: the day begins when it goes on.
      for (let later = time; later <= time + WIDEST_OFFSET; later += 15 * MINUTE)
        if (shifted(later) >= wanted) return later;
      return time;
    },
    format(time) {
      const wall = timeZone === 'UTC' ? time : shifted(time);
      const offset = Math.round((wall - time) / MINUTE);
      const text = new Date(wall).toISOString().slice(0, 19);
      if (offset === 0) return `${text}Z`;
      const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
      const pad = (value: number): string => String(value).padStart(2, '0');
      return `${text}${offset < 0 ? '-' : '+'}${pad(hours)}:${pad(minutes)}`;
    },
  };
}
