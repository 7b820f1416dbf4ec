/** What a PersistentVolumeClaim asks for; StatefulSets and ephemeral volumes carry the same in their templates. */
import type { FieldError } from '../kind-definition.ts';
import type { PersistentVolumeClaim } from '../objects.ts';
import { forbidden, invalid, invalidEach, notSupported, oneOf, required } from '../validation/errors.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { dns1123Subdomain } from '../validation/names.ts';
import { parseQuantity, roundUpAmounts } from '../validation/quantity.ts';

/** A claim's specification with the fields that only validation reads. */
export type ClaimSpec = PersistentVolumeClaim['spec'] & {
  dataSource?: { apiGroup?: string; kind: string; name: string };
};

/** In the order in which the server lists them. */
const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const NANOS = 1_000_000_000n;
export const VOLUME_MODES = ['Block', 'Filesystem'];

export function defaultClaim(claim: Pick<PersistentVolumeClaim, 'spec' | 'status'>): void {
  claim.spec.volumeMode ??= 'Filesystem';
  roundUpAmounts(claim.spec.resources?.limits);
  roundUpAmounts(claim.spec.resources?.requests);
  claim.status = { ...(claim.status as PersistentVolumeClaim['status'] | undefined) };
  claim.status.phase ??= 'Pending';
}

/** @param at for example `spec` */
export function validateClaimSpec(spec: ClaimSpec, at: string): FieldError[] {
  const { accessModes = [], selector, storageClassName = '', volumeMode } = spec;
  const errors: FieldError[] = [];
  if (accessModes.length === 0)
    errors.push(required(`${at}.accessModes`, 'at least 1 access mode is required'));
  errors.push(
    ...validateLabelSelector(selector, `${at}.selector`),
    ...validateAccessModes(accessModes, at),
    ...validateSize(spec.resources?.requests?.['storage'], `${at}.resources[storage]`),
  );
  if (storageClassName !== '')
    errors.push(
      ...invalidEach(`${at}.storageClassName`, storageClassName, dns1123Subdomain(storageClassName)),
    );
  if (volumeMode !== undefined) errors.push(...oneOf(`${at}.volumeMode`, volumeMode, VOLUME_MODES));
  if (spec.dataSource !== undefined) errors.push(...validateDataSource(spec.dataSource, `${at}.dataSource`));
  return errors;
}

/** What `Warning` headers say of sizes in parts of a byte. @param at for example `spec` */
export function warningsForClaim({ resources = {} }: ClaimSpec, at: string): string[] {
  return (['requests', 'limits'] as const).flatMap((list) => {
    const size = resources[list]?.['storage'];
    return (parseQuantity(size ?? '0')?.nanos ?? 0n) % NANOS === 0n
      ? []
      : [
          `${at}.resources.${list}[storage]: fractional byte value "${size ?? ''}" is invalid, must be an integer`,
        ];
  });
}

export function validateAccessModes(accessModes: readonly string[], at: string): FieldError[] {
  const known = accessModes.filter((mode) => ACCESS_MODES.includes(mode));
  return [
    ...accessModes
      .filter((mode) => !ACCESS_MODES.includes(mode))
      .map((mode) => notSupported(`${at}.accessModes`, mode, ACCESS_MODES)),
    ...(known.includes('ReadWriteOncePod') && known.some((mode) => mode !== 'ReadWriteOncePod')
      ? [forbidden(`${at}.accessModes`, 'may not use ReadWriteOncePod with other access modes')]
      : []),
  ];
}

function validateSize(size: string | undefined, field: string): FieldError[] {
  if (size === undefined) return [required(field)];
  return (parseQuantity(size)?.nanos ?? 0n) <= 0n ? [invalid(field, size, 'must be greater than zero')] : [];
}

function validateDataSource(
  { apiGroup = '', kind, name }: NonNullable<ClaimSpec['dataSource']>,
  at: string,
): FieldError[] {
  return [
    ...(name === '' ? [required(`${at}.name`)] : []),
    ...(kind === '' ? [required(`${at}.kind`)] : []),
    ...(apiGroup === '' && kind !== 'PersistentVolumeClaim'
      ? [invalid(at, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup")]
      : []),
    ...(apiGroup === '' ? [] : invalidEach(`${at}.apiGroup`, apiGroup, dns1123Subdomain(apiGroup))),
  ];
}
