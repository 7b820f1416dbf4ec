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
    switch (operator) {
      case 'In':
      case 'NotIn':
        if (values.length === 0)
          errors.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
        break;
      case 'Exists':
      case 'DoesNotExist':
        if (values.length > 0)
          errors.push(
            forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
          );
        break;
      default:
        errors.push(invalid(`${at}.operator`, operator, 'not a valid selector operator'));
    }
    errors.push(...invalidEach(`${at}.key`, key, qualifiedName(key)));
    for (const [valueIndex, value] of values.entries())
      errors.push(...invalidEach(`${at}.values[${valueIndex}]`, value, labelValue(value)));
  }
  return errors;
}
