import { randomUUID } from 'node:crypto';
import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { LimitRange } from '../objects.ts';
import { LIMIT_RANGES } from '../resources.ts';
import { duplicate, forbidden, invalid, invalidEach, required } from '../validation/errors.ts';
import { qualifiedName } from '../validation/names.ts';
import { compareQuantities, quantityNumber, roundUpAmounts } from '../validation/quantity.ts';
import {
  isNative,
  validateContainerResourceName,
  validateResourceName,
} from '../validation/resource-names.ts';
import { AGE_COLUMN, NAME_COLUMN } from './columns.ts';

type Limit = LimitRange['spec']['limits'][number];
type Bound = 'max' | 'min' | 'default' | 'defaultRequest' | 'maxLimitRequestRatio';

const TYPES = ['Pod', 'Container', 'PersistentVolumeClaim'];

function applyDefaults({ spec }: LimitRange): void {
  for (const limit of spec.limits) {
    for (const key of ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const)
      roundUpAmounts(limit[key]);
    if (limit.type !== 'Container') continue;
    const defaults: Record<string, string> = { ...limit.max, ...limit.default };
    const requests: Record<string, string> = { ...limit.min, ...defaults, ...limit.defaultRequest };
    if (Object.keys(defaults).length > 0) limit.default = defaults;
    if (Object.keys(requests).length > 0) limit.defaultRequest = requests;
  }
}

function validate({ spec }: LimitRange): FieldError[] {
  return spec.limits.flatMap((limit, index) => {
    const at = `spec.limits[${index}]`;
    const errors = validateType(limit.type, `${at}.type`);
    if (spec.limits.findIndex(({ type }) => type === limit.type) < index)
      errors.push(duplicate(`${at}.type`, limit.type));
    return [...errors, ...validateLimit(limit, at)];
  });
}

function validateType(type: string, field: string): FieldError[] {
  const errors = invalidEach(field, type, qualifiedName(type));
  if (errors.length > 0) return errors;
  return !type.includes('/') && !TYPES.includes(type)
    ? [invalid(field, type, 'must be a standard limit type or fully qualified')]
    : [];
}

function validateLimit(limit: Limit, at: string): FieldError[] {
  const names = new Set<string>();
  const check = (bound: Bound): FieldError[] =>
    Object.keys(limit[bound] ?? {}).flatMap((name) => {
      names.add(name);
      const field = `${at}.${bound}[${name}]`;
      return limit.type === 'Pod' || limit.type === 'Container'
        ? validateContainerResourceName(name, field)
        : validateResourceName(name, field);
    });
  const errors = [...check('max'), ...check('min')];
  for (const bound of ['default', 'defaultRequest'] as const)
    if (limit.type !== 'Pod') errors.push(...check(bound));
    else if (Object.keys(limit[bound] ?? {}).length > 0)
      errors.push(forbidden(`${at}.${bound}`, "may not be specified when `type` is 'Pod'"));
  if (
    limit.type === 'PersistentVolumeClaim' &&
    limit.min?.['storage'] === undefined &&
    limit.max?.['storage'] === undefined
  )
    errors.push(
      required(
        `${at}.limits`,
        'either minimum or maximum storage value is required, but neither was provided',
      ),
    );
  errors.push(...check('maxLimitRequestRatio'));
  return [...errors, ...[...names].flatMap((name) => validateOrder(limit, name, at))];
}

/** The least, the defaults and the most have to be in that order. */
function validateOrder(limit: Limit, name: string, at: string): FieldError[] {
  const pod = limit.type === 'Pod';
  const min = limit.min?.[name];
  const max = limit.max?.[name];
  const standard = pod ? undefined : limit.default?.[name];
  const request = pod ? undefined : limit.defaultRequest?.[name];
  const errors: FieldError[] = [];
  const exceeds = (
    [low, lowWord]: [string | undefined, string],
    [high, highWord]: [string | undefined, string],
    field: Bound,
    shown: string | undefined,
  ): void => {
    if (low !== undefined && high !== undefined && compareQuantities(low, high) > 0)
      errors.push(
        invalid(
          `${at}.${field}[${name}]`,
          shown,
          `${lowWord} value ${low} is greater than ${highWord} value ${high}`,
        ),
      );
  };
  exceeds([min, 'min'], [max, 'max'], 'min', min);
  exceeds([min, 'min'], [request, 'default request'], 'defaultRequest', request);
  exceeds([request, 'default request'], [max, 'max'], 'defaultRequest', request);
  exceeds([request, 'default request'], [standard, 'default limit'], 'defaultRequest', request);
  exceeds([min, 'min'], [standard, 'default'], 'default', min);
  exceeds([standard, 'default'], [max, 'max'], 'default', max);
  errors.push(
    ...validateRatio(limit.maxLimitRequestRatio?.[name], min, max, `${at}.maxLimitRequestRatio[${name}]`),
  );
  const overcommits = isNative(name) && !name.startsWith('hugepages-');
  if (
    !overcommits &&
    standard !== undefined &&
    request !== undefined &&
    compareQuantities(standard, request) !== 0
  )
    errors.push(
      invalid(
        `${at}.defaultRequest[${name}]`,
        request,
        `default value ${standard} must equal to defaultRequest value ${request} in ${name}`,
      ),
    );
  return errors;
}

function validateRatio(
  ratio: string | undefined,
  min: string | undefined,
  max: string | undefined,
  field: string,
): FieldError[] {
  if (ratio === undefined) return [];
  const errors: FieldError[] = [];
  if (compareQuantities(ratio, '1') < 0) errors.push(invalid(field, ratio, `ratio ${ratio} is less than 1`));
  if (min === undefined || max === undefined) return errors;
  const most = quantityNumber(max) / quantityNumber(min);
  if (quantityNumber(ratio) > most)
    errors.push(invalid(field, ratio, `ratio ${ratio} is greater than max/min = ${most.toFixed(6)}`));
  return errors;
}

export const LIMIT_RANGE_KIND: KindDefinition<LimitRange> = {
  type: LIMIT_RANGES,
  singular: 'limitrange',
  shortNames: ['limits'],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.core.v1.LimitRange',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: false,
  updateChecks: { newMetadata: 1, changedMetadata: 0 },
  isCreatedByUpdate: true,
  applyDefaults,
  prepareForCreate({ metadata }) {
    // A range without a name gets one.
    metadata.name ||= randomUUID();
  },
  prepareForUpdate: () => undefined,
  validate,
  validateUpdate: () => [],
  columns: [NAME_COLUMN, { ...AGE_COLUMN, name: 'Created At', type: 'date' }],
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp],
  fieldSelectors: {},
};
