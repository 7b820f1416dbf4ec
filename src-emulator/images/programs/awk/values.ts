import { formatGeneral } from '../../shell/format.ts';

/** A text of the input, which compares as a number when it looks like one. */
export class StrNum {
  readonly text: string;
  readonly isNumeric: boolean;
  constructor(text: string) {
    this.text = text;
    this.isNumeric = text === '' || /^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/.test(text);
  }
}

export type Value = string | number | StrNum;

export function strnum(text: string): StrNum {
  return new StrNum(text);
}

export function toNumber(value: Value): number {
  if (typeof value === 'number') return value;
  const text = typeof value === 'string' ? value : value.text;
  return Number(/^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/.exec(text)?.[1] ?? 0);
}

/** Numbers print as %d when they are whole and as %.6g when not. */
export function toText(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'number') return value.text;
  if (Number.isInteger(value)) return Math.abs(value) < 1e16 ? String(value) : value.toFixed(0);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  return formatGeneral(value, 6);
}

export function isTrue(value: Value): boolean {
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'string') return value !== '';
  return value.isNumeric && value.text !== '' ? toNumber(value) !== 0 : value.text !== '';
}

/** Below 0, 0 or above: as numbers when both are or look like some, else as texts. */
export function compare(left: Value, right: Value): number {
  const numeric = (value: Value): boolean =>
    typeof value === 'number' || (typeof value !== 'string' && value.isNumeric);
  if (numeric(left) && numeric(right)) return toNumber(left) - toNumber(right);
  const [a, b] = [toText(left), toText(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}
