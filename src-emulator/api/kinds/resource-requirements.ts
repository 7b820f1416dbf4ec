/** Names and amounts of resources (pkg/apis/core/validation and pkg/apis/core/helper). */
import type { FieldError } from '../kind-definition.ts';
import { forbidden, invalid, invalidEach, required } from '../validation/errors.ts';
import { qualifiedName } from '../validation/names.ts';
import { parseQuantity } from '../validation/quantity.ts';

export type ResourceList = Record<string, string>;

const WHOLE_RESOURCES = new Set([
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]);
const CONTAINER_RESOURCES = new Set(['cpu', 'memory', 'ephemeral-storage']);
const STANDARD_RESOURCES = new Set([
  ...WHOLE_RESOURCES,
  ...CONTAINER_RESOURCES,
  ...['cpu', 'memory', 'ephemeral-storage'].flatMap((name) => [`requests.${name}`, `limits.${name}`]),
  'storage',
  'requests.storage',
]);
const HUGE_PAGES = 'hugepages-';
const NANOS = 1_000_000_000n;

function isHugePages(name: string): boolean {
  return name.startsWith(HUGE_PAGES);
}

function isNative(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/');
}

function isExtended(name: string): boolean {
  return !isNative(name) && !name.startsWith('requests.') && qualifiedName(`requests.${name}`).length === 0;
}

/** What may be asked for beyond what a node has: everything that is not counted out. */
export function mayBeOvercommitted(name: string): boolean {
  return isNative(name) && !isHugePages(name);
}

/** What a quota can count without knowing a kind. */
export function isQuotaResource(name: string): boolean {
  return name.startsWith(`requests.${HUGE_PAGES}`) || (STANDARD_RESOURCES.has(name) && name !== 'storage');
}

/** A name of a resource anywhere. */
export function validateResourceName(name: string, field: string): FieldError[] {
  const errors = invalidEach(field, name, qualifiedName(name));
  if (errors.length > 0 || name.includes('/')) return errors;
  return STANDARD_RESOURCES.has(name) || isHugePages(name) || name.startsWith(`requests.${HUGE_PAGES}`)
    ? []
    : [invalid(field, name, 'must be a standard resource type or fully qualified')];
}

export function validateContainerResourceName(name: string, field: string): FieldError[] {
  const errors = validateResourceName(name, field);
  if (!name.includes('/')) {
    if (!CONTAINER_RESOURCES.has(name) && !isHugePages(name))
      errors.push(invalid(field, name, 'must be a standard resource for containers'));
  } else if (!isNative(name) && !isExtended(name))
    errors.push(invalid(field, name, "doesn't follow extended resource name standard"));
  return errors;
}

export function validateResourceAmount(name: string, amount: string, field: string): FieldError[] {
  const nanos = parseQuantity(amount)?.nanos ?? 0n;
  return [
    ...(nanos < 0n ? [invalid(field, amount, 'must be greater than or equal to 0')] : []),
    ...((WHOLE_RESOURCES.has(name) || isExtended(name)) && nanos % NANOS !== 0n
      ? [invalid(field, amount, 'must be an integer')]
      : []),
  ];
}

/** Requests and limits of a container; a pod's overhead counts as limits. */
export function validateResourceRequirements(
  { limits = {}, requests = {} }: { limits?: ResourceList; requests?: ResourceList },
  at: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const check = (name: string, amount: string, field: string): void => {
    errors.push(
      ...validateContainerResourceName(name, field),
      ...validateResourceAmount(name, amount, field),
    );
  };
  for (const [name, amount] of Object.entries(limits)) check(name, amount, `${at}.limits[${name}]`);
  for (const [name, amount] of Object.entries(requests)) {
    check(name, amount, `${at}.requests[${name}]`);
    const limit = limits[name];
    if (limit !== undefined) {
      const [asked = 0n, most = 0n] = [parseQuantity(amount)?.nanos, parseQuantity(limit)?.nanos];
      if (asked !== most && !mayBeOvercommitted(name))
        errors.push(invalid(`${at}.requests`, amount, `must be equal to ${name} limit of ${limit}`));
      else if (asked > most)
        errors.push(
          invalid(`${at}.requests`, amount, `must be less than or equal to ${name} limit of ${limit}`),
        );
    } else if (!mayBeOvercommitted(name))
      errors.push(required(`${at}.limits`, 'Limit must be set for non overcommitable resources'));
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  if (names.some(isHugePages) && !names.includes('cpu') && !names.includes('memory'))
    errors.push(forbidden(at, 'HugePages require cpu or memory'));
  return errors;
}
