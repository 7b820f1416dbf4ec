/** Validation of where containers and volumes take values from (pkg/apis/core/validation/validation.go). */
import type { FieldError } from '../kind-definition.ts';
import { invalid, invalidEach, notSupported, required } from '../validation/errors.ts';
import {
  configMapKey,
  dns1123Subdomain,
  environmentVariableName,
  qualifiedName,
} from '../validation/names.ts';
import { parseQuantity } from '../validation/quantity.ts';
import type {
  FullContainer,
  FullEnvVar,
  ObjectFieldSelector,
  ResourceFieldSelector,
} from './pod-spec-types.ts';

/** Fields that an environment variable can take its value from. */
const ENV_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
/** Fields that a file in a volume can show. */
export const VOLUME_FIELDS = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];
/** Fields that the downward API knows at all (pkg/apis/core/pods/helpers.go). */
const KNOWN_FIELDS = new Set([
  ...ENV_FIELDS,
  ...VOLUME_FIELDS,
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
]);
const RESOURCE_FIELDS = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];
const HUGE_PAGES_FIELD = /^(?:requests|limits)\.hugepages-/;
const SIZES = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];

export function validateEnv(variable: FullEnvVar, at: string): FieldError[] {
  const { name = '', value = '', valueFrom } = variable;
  const errors =
    name === '' ? [required(`${at}.name`)] : invalidEach(`${at}.name`, name, environmentVariableName(name));
  if (valueFrom === undefined) return errors;
  const from = `${at}.valueFrom`;
  const { fieldRef, resourceFieldRef } = valueFrom;
  if (fieldRef !== undefined) errors.push(...validateFieldRef(fieldRef, ENV_FIELDS, `${from}.fieldRef`));
  if (resourceFieldRef !== undefined)
    errors.push(...validateResourceFieldRef(resourceFieldRef, false, `${from}.resourceFieldRef`));
  for (const key of ['configMapKeyRef', 'secretKeyRef'] as const) {
    const reference = valueFrom[key];
    if (reference === undefined) continue;
    const { name: target = '', key: entry = '' } = reference;
    errors.push(...invalidEach(`${from}.${key}.name`, target, dns1123Subdomain(target)));
    if (entry === '') errors.push(required(`${from}.${key}.key`));
    else errors.push(...invalidEach(`${from}.${key}.key`, entry, configMapKey(entry)));
  }
  const sources = [fieldRef, resourceFieldRef, valueFrom.configMapKeyRef, valueFrom.secretKeyRef].filter(
    (source) => source !== undefined,
  ).length;
  if (sources === 0)
    errors.push(
      invalid(
        from,
        '',
        'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
      ),
    );
  else if (value !== '') errors.push(invalid(from, '', 'may not be specified when `value` is not empty'));
  else if (sources > 1)
    errors.push(invalid(from, '', 'may not have more than one field specified at a time'));
  return errors;
}

/** @param supported the fields that may be named here */
export function validateFieldRef(
  { apiVersion = '', fieldPath = '' }: ObjectFieldSelector,
  supported: readonly string[],
  at: string,
): FieldError[] {
  if (apiVersion === '') return [required(`${at}.apiVersion`)];
  if (fieldPath === '') return [required(`${at}.fieldPath`)];
  const unconvertible = (why: string): FieldError[] => [
    invalid(`${at}.fieldPath`, fieldPath, `error converting fieldPath: ${why}`),
  ];
  if (apiVersion !== 'v1') return unconvertible(`unsupported pod version: ${apiVersion}`);
  const [, path, key] = /^(.*)\['(.*)'\]$/s.exec(fieldPath) ?? [];
  if (path !== undefined && key !== undefined) {
    if (path !== 'metadata.annotations' && path !== 'metadata.labels')
      return unconvertible(`field label does not support subscript: ${fieldPath}`);
    const name = path === 'metadata.annotations' ? key.toLowerCase() : key;
    return invalidEach(at, name, qualifiedName(name));
  }
  if (!KNOWN_FIELDS.has(fieldPath)) return unconvertible(`field label not supported: ${fieldPath}`);
  return supported.includes(fieldPath) ? [] : [notSupported(`${at}.fieldPath`, fieldPath, supported)];
}

/** @param inVolume a file has to say which container is meant */
export function validateResourceFieldRef(
  { containerName = '', resource = '', divisor = '0' }: ResourceFieldSelector,
  inVolume: boolean,
  at: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (inVolume && containerName === '') errors.push(required(`${at}.containerName`));
  else if (resource === '') errors.push(required(`${at}.resource`));
  else if (!RESOURCE_FIELDS.includes(resource) && !HUGE_PAGES_FIELD.test(resource))
    errors.push(notSupported(`${at}.resource`, resource, RESOURCE_FIELDS));
  if ((parseQuantity(divisor)?.nanos ?? 0n) === 0n) return errors;
  const kind = resource.replace(/^(?:requests|limits)\./, '');
  const wrong = (supported: string): FieldError =>
    invalid(`${at}.divisor`, resource, `only divisor's values ${supported} resource`);
  if (kind === 'cpu') {
    if (!['1m', '1'].includes(divisor)) errors.push(wrong('1m and 1 are supported with the cpu'));
  } else if (!SIZES.includes(divisor)) {
    const sizes = `${SIZES.join(', ')} are supported with the`;
    if (kind === 'memory') errors.push(wrong(`${sizes} memory`));
    else if (kind === 'ephemeral-storage') errors.push(wrong(`${sizes} local ephemeral storage`));
    else if (HUGE_PAGES_FIELD.test(resource)) errors.push(wrong(`${sizes} hugepages`));
  }
  return errors;
}

export function validateEnvFrom(sources: FullContainer['envFrom'], field: string): FieldError[] {
  return (sources ?? []).flatMap((source, index) => {
    const at = `${field}[${index}]`;
    const errors: FieldError[] = [];
    if ((source.prefix ?? '') !== '')
      errors.push(
        ...invalidEach(`${at}.prefix`, source.prefix, environmentVariableName(source.prefix ?? '')),
      );
    const references = (['configMapRef', 'secretRef'] as const).filter((key) => source[key] !== undefined);
    for (const key of references) {
      // The server's decoder makes an empty name of one that is missing.
      const reference: { name?: string } | undefined = source[key];
      const name = reference?.name ?? '';
      if (name === '') errors.push(required(`${at}.${key}.name`));
      else errors.push(...invalidEach(`${at}.${key}.name`, name, dns1123Subdomain(name)));
    }
    if (references.length === 0)
      errors.push(invalid(field, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (references.length > 1)
      errors.push(invalid(field, '', 'may not have more than one field specified at a time'));
    return errors;
  });
}
