import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { LimitRange } from '../objects.ts';
import { LIMIT_RANGES } from '../resources.ts';
import { duplicate, forbidden, invalid, invalidEach, required } from '../validation/errors.ts';
import { qualifiedName } from '../validation/names.ts';
import { parseQuantity } from '../validation/quantity.ts';
import { AGE_COLUMN, NAME_COLUMN } from './columns.ts';
import {
  mayBeOvercommitted,
  validateContainerResourceName,
  validateResourceName,
  type ResourceList,
} from './resource-requirements.ts';

type Item = Omit<LimitRange['spec']['limits'][number], 'type'> & { type?: string };

const STANDARD_TYPES = ['Pod', 'Container', 'PersistentVolumeClaim'];
const NANOS = 1_000_000_000n;

/** Only containers get defaults (pkg/apis/core/v1/defaults.go). */
function applyDefaults({ spec }: LimitRange): void {
  for (const item of spec.limits) {
    if (item.type !== 'Container') continue;
    const { max = {}, min = {} } = item;
    const limits = { ...max, ...item.default };
    const requests = { ...min, ...limits, ...item.defaultRequest };
    if (Object.keys(limits).length > 0) item.default = limits;
    if (Object.keys(requests).length > 0) item.defaultRequest = requests;
  }
}

/** As ValidateLimitRange in pkg/apis/core/validation/validation.go. */
function validate({ spec }: LimitRange): FieldError[] {
  const errors: FieldError[] = [];
  const types = new Set<string>();
  for (const [index, item] of (spec.limits as Item[]).entries()) {
    const at = `spec.limits[${index}]`;
    const { type = '' } = item;
    errors.push(...validateType(type, `${at}.type`));
    if (types.has(type)) errors.push(duplicate(`${at}.type`, type));
    types.add(type);
    errors.push(...validateItem(item, type, at));
  }
  return errors;
}

function validateType(type: string, field: string): FieldError[] {
  const errors = invalidEach(field, type, qualifiedName(type));
  if (errors.length > 0 || type.includes('/') || STANDARD_TYPES.includes(type)) return errors;
  return [invalid(field, type, 'must be a standard limit type or fully qualified')];
}

function validateItem(item: Item, type: string, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  const checkName =
    type === 'Pod' || type === 'Container' ? validateContainerResourceName : validateResourceName;
  const check = (key: 'max' | 'min' | 'default' | 'defaultRequest' | 'maxLimitRequestRatio'): void => {
    for (const name of Object.keys(item[key] ?? {})) {
      errors.push(...checkName(name, `${at}.${key}[${name}]`));
      names.add(name);
    }
  };
  check('max');
  check('min');
  for (const key of ['default', 'defaultRequest'] as const)
    if (type !== 'Pod') check(key);
    else if (Object.keys(item[key] ?? {}).length > 0)
      errors.push(forbidden(`${at}.${key}`, "may not be specified when `type` is 'Pod'"));
  if (
    type === 'PersistentVolumeClaim' &&
    item.min?.['storage'] === undefined &&
    item.max?.['storage'] === undefined
  )
    errors.push(
      required(
        `${at}.limits`,
        'either minimum or maximum storage value is required, but neither was provided',
      ),
    );
  check('maxLimitRequestRatio');
  const withDefaults = type === 'Pod' ? { ...item, default: {}, defaultRequest: {} } : item;
  for (const name of names) errors.push(...validateAmounts(withDefaults, name, at));
  return errors;
}

function validateAmounts(item: Item, name: string, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const amountIn = (list: ResourceList | undefined): { text: string; nanos: bigint } | undefined => {
    const text = list?.[name];
    return text === undefined ? undefined : { text, nanos: parseQuantity(text)?.nanos ?? 0n };
  };
  const [min, max] = [amountIn(item.min), amountIn(item.max)];
  const [limit, request] = [amountIn(item.default), amountIn(item.defaultRequest)];
  const ratio = amountIn(item.maxLimitRequestRatio);
  const isOver = (a: typeof min, b: typeof min): boolean =>
    a !== undefined && b !== undefined && a.nanos > b.nanos;
  const refuse = (key: string, shown: typeof min, why: string): void => {
    errors.push(invalid(`${at}.${key}[${name}]`, shown?.text, why));
  };
  if (isOver(min, max)) refuse('min', min, `min value ${min?.text} is greater than max value ${max?.text}`);
  if (isOver(min, request))
    refuse(
      'defaultRequest',
      request,
      `min value ${min?.text} is greater than default request value ${request?.text}`,
    );
  if (isOver(request, max))
    refuse(
      'defaultRequest',
      request,
      `default request value ${request?.text} is greater than max value ${max?.text}`,
    );
  if (isOver(request, limit))
    refuse(
      'defaultRequest',
      request,
      `default request value ${request?.text} is greater than default limit value ${limit?.text}`,
    );
  if (isOver(min, limit))
    refuse('default', min, `min value ${min?.text} is greater than default value ${limit?.text}`);
  if (isOver(limit, max))
    refuse('default', max, `default value ${limit?.text} is greater than max value ${max?.text}`);
  if (ratio !== undefined && ratio.nanos < NANOS)
    refuse('maxLimitRequestRatio', ratio, `ratio ${ratio.text} is less than 1`);
  if (ratio !== undefined && min !== undefined && max !== undefined) {
    const most = Number(max.nanos) / Number(min.nanos);
    if (Number(ratio.nanos) / Number(NANOS) > most)
      refuse(
        'maxLimitRequestRatio',
        ratio,
        `ratio ${ratio.text} is greater than max/min = ${most.toFixed(6)}`,
      );
  }
  if (
    !mayBeOvercommitted(name) &&
    limit !== undefined &&
    request !== undefined &&
    limit.nanos !== request.nanos
  )
    refuse(
      'defaultRequest',
      request,
      `default value ${limit.text} must equal to defaultRequest value ${request.text} in ${name}`,
    );
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
  applyDefaults,
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
  validate,
  validateUpdate: () => [],
  columns: [NAME_COLUMN, { ...AGE_COLUMN, name: 'Created At', type: 'date' }],
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp],
  fieldSelectors: {},
};
