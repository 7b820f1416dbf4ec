import { readGoDuration } from '../../go-duration.ts';

/** The schedule of a CronJob: what robfig/cron's standard parser reads, and its words for what it can't. */

/** Which values of a field a schedule names. */
export interface CronField {
  values: ReadonlySet<number>;
  /** The field was left open (`*`): between day of month and day of week, that decides which of them count. */
  open: boolean;
}

export type CronExpression =
  | { every: number }
  | { minute: CronField; hour: CronField; dayOfMonth: CronField; month: CronField; dayOfWeek: CronField };

interface Bounds {
  min: number;
  max: number;
  names: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MINUTE: Bounds = { min: 0, max: 59, names: [] };
const HOUR: Bounds = { min: 0, max: 23, names: [] };
const DAY_OF_MONTH: Bounds = { min: 1, max: 31, names: [] };
const MONTH: Bounds = { min: 1, max: 12, names: MONTHS };
const DAY_OF_WEEK: Bounds = { min: 0, max: 6, names: DAYS };

const DESCRIPTORS: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const ZONE = /^(?:CRON_)?TZ=\S*\s+/;

/** The text cannot be read as a schedule. The message is the parser's. */
export class CronError extends Error {}

/**
 * Reads five fields, `@hourly` and its like, or `@every 90s`. A leading `TZ=…` is taken away; whoever asks decides
 * whether it may stand there.
 * @throws CronError
 */
export function parseCron(text: string): CronExpression {
  const spec = text.replace(ZONE, '').trim();
  if (spec.startsWith('@')) return parseDescriptor(spec);
  const fields = spec.split(/\s+/).filter((field) => field !== '');
  const [minute, hour, dayOfMonth, month, dayOfWeek, ...more] = fields;
  if (dayOfWeek === undefined || more.length > 0)
    throw new CronError(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`);
  return {
    minute: parseField(minute ?? '', MINUTE),
    hour: parseField(hour ?? '', HOUR),
    dayOfMonth: parseField(dayOfMonth ?? '', DAY_OF_MONTH),
    month: parseField(month ?? '', MONTH),
    dayOfWeek: parseField(dayOfWeek, DAY_OF_WEEK),
  };
}

function parseDescriptor(spec: string): CronExpression {
  const fields = DESCRIPTORS[spec];
  if (fields !== undefined) return parseCron(fields);
  if (!spec.startsWith('@every ')) throw new CronError(`unrecognized descriptor: ${spec}`);
  const text = spec.slice('@every '.length);
  const duration = readGoDuration(text);
  if ('error' in duration) throw new CronError(`failed to parse duration ${spec}: time: ${duration.error}`);
  return { every: Math.max(1000, Math.floor(duration.ms / 1000) * 1000) };
}

function parseField(text: string, bounds: Bounds): CronField {
  const values = new Set<number>();
  let open = false;
  for (const part of text.split(',').filter((entry) => entry !== '')) {
    const range = parseRange(part, bounds);
    for (let value = range.start; value <= range.end; value += range.step) values.add(value);
    open ||= range.open;
  }
  return { values, open };
}

function parseRange(
  text: string,
  bounds: Bounds,
): { start: number; end: number; step: number; open: boolean } {
  const [range = '', stepText, ...slashes] = text.split('/');
  const [low = '', high, ...hyphens] = range.split('-');
  let open = low === '*' || low === '?';
  let start = bounds.min;
  let end = bounds.max;
  if (!open) {
    start = parseValue(low, bounds);
    if (hyphens.length > 0) throw new CronError(`too many hyphens: ${text}`);
    end = high === undefined ? start : parseValue(high, bounds);
  }
  let step = 1;
  if (slashes.length > 0) throw new CronError(`too many slashes: ${text}`);
  if (stepText !== undefined) {
    step = parseNumber(stepText);
    if (high === undefined) end = bounds.max;
    if (step > 1) open = false;
  }
  if (start < bounds.min)
    throw new CronError(`beginning of range (${start}) below minimum (${bounds.min}): ${text}`);
  if (end > bounds.max) throw new CronError(`end of range (${end}) above maximum (${bounds.max}): ${text}`);
  if (start > end) throw new CronError(`beginning of range (${start}) beyond end of range (${end}): ${text}`);
  if (step === 0) throw new CronError(`step of range should be a positive number: ${text}`);
  return { start, end, step, open };
}

function parseValue(text: string, { names, min }: Bounds): number {
  const index = names.indexOf(text.toLowerCase());
  return index >= 0 ? index + min : parseNumber(text);
}

function parseNumber(text: string): number {
  if (!/^[+-]?\d+$/.test(text))
    throw new CronError(
      `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  const value = Number(text);
  if (value < 0) throw new CronError(`negative number (${value}) not allowed: ${text}`);
  return value;
}
