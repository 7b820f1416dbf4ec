/** Names of resources: what a container asks for, and what a quota counts (pkg/apis/core/helper). */
import type { FieldError } from '../kind-definition.ts';
import { invalid, invalidEach } from './errors.ts';
import { qualifiedName } from './names.ts';

const COMPUTE = ['cpu', 'memory', 'ephemeral-storage'];

/** What a quota counts by a name of its own; everything else is counted as `count/…`. */
export const COUNTED_BY_NAME = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
];

const QUOTA_RESOURCES = new Set([
  ...COMPUTE,
  ...COMPUTE.map((name) => `requests.${name}`),
  ...COMPUTE.map((name) => `limits.${name}`),
  'requests.storage',
  ...COUNTED_BY_NAME,
]);
const RESOURCES = new Set([...QUOTA_RESOURCES, 'storage']);
const HUGE_PAGES = 'hugepages-';

function isPlain(name: string): boolean {
  return !name.includes('/');
}

/** Part of Kubernetes itself, not an extension. */
export function isNative(name: string): boolean {
  return isPlain(name) || name.includes('kubernetes.io/');
}

export function validateResourceName(name: string, field: string): FieldError[] {
  const errors = invalidEach(field, name, qualifiedName(name));
  if (errors.length > 0) return errors;
  return isPlain(name) && !RESOURCES.has(name) && !name.startsWith(HUGE_PAGES)
    ? [invalid(field, name, 'must be a standard resource type or fully qualified')]
    : [];
}

export function validateContainerResourceName(name: string, field: string): FieldError[] {
  const errors = validateResourceName(name, field);
  if (isPlain(name) && !COMPUTE.includes(name) && !name.startsWith(HUGE_PAGES))
    errors.push(invalid(field, name, 'must be a standard resource for containers'));
  return errors;
}

export function isStandardQuotaResource(name: string): boolean {
  return (
    QUOTA_RESOURCES.has(name) || name.startsWith(HUGE_PAGES) || name.startsWith(`requests.${HUGE_PAGES}`)
  );
}

export function validateQuotaResourceName(name: string, field: string): FieldError[] {
  const errors = validateResourceName(name, field);
  if (isPlain(name) && !isStandardQuotaResource(name))
    errors.push(invalid(field, name, 'must be a standard resource for quota'));
  return errors;
}

/** Counted in whole numbers. */
export function isIntegerResource(name: string): boolean {
  return COUNTED_BY_NAME.includes(name) || !(isNative(name) || name.startsWith('requests.'));
}
