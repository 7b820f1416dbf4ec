/** Numbers of pods that may be given as a share: `2` or `25%` (k8s.io/kubernetes/pkg/apis/apps/validation). */
import type { FieldError } from '../kind-definition.ts';
import { invalid, invalidEach, nonNegative } from './errors.ts';
import { percent } from './names.ts';

/** A number that is not negative, or a percentage. */
export function positiveIntOrPercent(field: string, value: number | string): FieldError[] {
  return typeof value === 'string' ? invalidEach(field, value, percent(value)) : nonNegative(field, value);
}

/** A percentage of at most 100; numbers are left alone. */
export function notMoreThan100Percent(field: string, value: number | string): FieldError[] {
  return typeof value === 'string' && amountOf(value) > 100
    ? [invalid(field, value, 'must not be greater than 100%')]
    : [];
}

/** A number, or the number before the percent sign; 0 for what is neither. */
export function amountOf(value: number | string): number {
  if (typeof value === 'number') return value;
  return percent(value).length === 0 ? Number.parseInt(value, 10) : 0;
}
