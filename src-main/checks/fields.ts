import type { FieldExpectation, Range } from '#shared/lab-basics.ts';
import type { LocalizedText } from '#shared/locale.ts';
import { describeTarget, show, valueAt } from './object-values.ts';

/**
 * Whether a field is as expected.
 * @param reference what it is compared with, for `sameAs`
 */
export function fieldHolds(field: FieldExpectation, value: unknown, reference: unknown): boolean {
  if (field.equals !== undefined) return value === field.equals;
  if (field.not !== undefined) return value !== field.not;
  if (field.oneOf !== undefined) return field.oneOf.some((one) => one === value);
  if (field.matches !== undefined) return isScalar(value) && new RegExp(field.matches).test(String(value));
  if (field.exists !== undefined) return (value !== undefined && value !== null) === field.exists;
  if (field.length !== undefined) return isWithin(lengthOf(value), field.length);
  if (field.between !== undefined) return typeof value === 'number' && isWithin(value, field.between);
  if (field.sameAs !== undefined) return value !== undefined && show(value) === show(reference);
  const wanted = Object.entries(field.contains ?? {});
  return (
    Array.isArray(value) &&
    value.some((item: unknown) => wanted.every(([key, want]) => valueAt(item, key) === want))
  );
}

export function isWithin(value: number, { min, max }: Range): boolean {
  return value >= (min ?? -Infinity) && value <= (max ?? Infinity);
}

/** `3`, `at least 2`, `1 to 3`. */
export function rangeText({ min, max }: Range): LocalizedText {
  if (min === max) return { en: String(min), ko: String(min) };
  if (max === undefined) return { en: `at least ${String(min)}`, ko: `${String(min)} 이상` };
  if (min === undefined) return { en: `at most ${String(max)}`, ko: `${String(max)} 이하` };
  return { en: `${String(min)} to ${String(max)}`, ko: `${String(min)}~${String(max)}` };
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function lengthOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}

/** What a field is expected to be, in a sentence. */
export function fieldText(field: FieldExpectation, reference?: unknown): LocalizedText {
  const { path } = field;
  const is = (text: LocalizedText): LocalizedText => ({ en: `${path} ${text.en}`, ko: `${path} ${text.ko}` });
  if (field.equals !== undefined)
    return is({ en: `is ${show(field.equals)}`, ko: `값이 ${show(field.equals)}` });
  if (field.not !== undefined)
    return is({ en: `is not ${show(field.not)}`, ko: `값이 ${show(field.not)} 아님` });
  if (field.oneOf !== undefined) {
    const list = field.oneOf.map(show).join(', ');
    return is({ en: `is one of ${list}`, ko: `값이 ${list} 중 하나` });
  }
  if (field.matches !== undefined)
    return is({ en: `matches ${field.matches}`, ko: `값이 ${field.matches} 패턴과 일치` });
  if (field.exists !== undefined)
    return is(field.exists ? { en: 'is set', ko: '값이 있음' } : { en: 'is not set', ko: '값이 없음' });
  if (field.length !== undefined) {
    const range = rangeText(field.length);
    return is({ en: `has ${range.en} item(s)`, ko: `항목이 ${range.ko}개` });
  }
  if (field.between !== undefined) {
    const range = rangeText(field.between);
    return is({ en: `is ${range.en}`, ko: `값이 ${range.ko}` });
  }
  if (field.sameAs !== undefined) {
    const { object, path: other } = field.sameAs;
    const where = object === undefined ? other : `${describeTarget(object)} ${other}`;
    const value = reference === undefined ? '' : ` (${show(reference)})`;
    return is({ en: `is the same as ${where}${value}`, ko: `값이 ${where}${value}와(과) 같음` });
  }
  return is({
    en: `has an item with ${show(field.contains)}`,
    ko: `목록에 ${show(field.contains)} 항목이 있음`,
  });
}
