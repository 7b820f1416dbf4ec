import type { FieldError } from '../kind-definition.ts';
import type { LabelSelector } from '../objects.ts';
import { forbidden, invalid, invalidEach, required } from './errors.ts';
import { labelValue, qualifiedName } from './names.ts';

/** Labels, node selectors, Service selectors: keys and values alike are reported at the map's own path. */
export function validateLabels(labels: Record<string, string> | undefined, field: string): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...invalidEach(field, key, qualifiedName(key)),
    ...invalidEach(field, value, labelValue(value)),
  ]);
}

export function validateLabelSelector(selector: LabelSelector | undefined, field: string): FieldError[] {
  if (selector === undefined) return [];
  const errors = validateLabels(selector.matchLabels, `${field}.matchLabels`);
  for (const [index, { key, operator, values = [] }] of (selector.matchExpressions ?? []).entries()) {
    const at = `${field}.matchExpressions[${index}]`;
    errors.push(
      ...(validateValueCount(operator, values, at) ?? [
        invalid(`${at}.operator`, operator, 'not a valid selector operator'),
      ]),
    );
    errors.push(...invalidEach(`${at}.key`, key, qualifiedName(key)));
    for (const [valueIndex, value] of values.entries())
      errors.push(...invalidEach(`${at}.values[${valueIndex}]`, value, labelValue(value)));
  }
  return errors;
}

/** Whether an operator has as many values as it needs; undefined for one that label selectors do not have. */
export function validateValueCount(
  operator: string,
  values: readonly string[],
  at: string,
): FieldError[] | undefined {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length > 0
        ? []
        : [required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'")];
    case 'Exists':
    case 'DoesNotExist':
      return values.length === 0
        ? []
        : [forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
    default:
      return undefined;
  }
}
