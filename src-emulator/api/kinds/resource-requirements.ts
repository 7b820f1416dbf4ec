/** What containers ask for (ValidateResourceRequirements in pkg/apis/core/validation/validation.go). */
import type { FieldError } from '../kind-definition.ts';
import { forbidden, invalid, required } from '../validation/errors.ts';
import { parseQuantity } from '../validation/quantity.ts';
import { isIntegerResource, isNative, validateContainerResourceName } from '../validation/resource-names.ts';

type ResourceList = Record<string, string>;

const NANOS = 1_000_000_000n;

function isHugePages(name: string): boolean {
  return name.startsWith('hugepages-');
}

/** What may be asked for beyond what a node has: everything that is not counted out. */
function mayBeOvercommitted(name: string): boolean {
  return isNative(name) && !isHugePages(name);
}

function validateResourceAmount(name: string, amount: string, field: string): FieldError[] {
  const nanos = parseQuantity(amount)?.nanos ?? 0n;
  return [
    ...(nanos < 0n ? [invalid(field, amount, 'must be greater than or equal to 0')] : []),
    ...(isIntegerResource(name) && nanos % NANOS !== 0n
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
