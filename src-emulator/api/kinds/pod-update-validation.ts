/** What may change in a pod that exists (ValidatePodUpdate in pkg/apis/core/validation/validation.go). */
import type { FieldError } from '../kind-definition.ts';
import { cloneJson } from '../../store/json.ts';
import { internalValue } from '../internal-version/internal-value.ts';
import { jsonDiff } from '../internal-version/unified-diff.ts';
import { forbidden, invalid, required } from '../validation/errors.ts';
import type { FullPodSpec } from './pod-spec-types.ts';

/** What may change in a pod that exists, as the server lists it. */
const UPDATABLE = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',');

/** The rules for changing the specification of a pod that exists. */
export function validatePodSpecUpdate(spec: FullPodSpec, stored: FullPodSpec): FieldError[] {
  const errors: FieldError[] = [];
  for (const key of ['containers', 'initContainers'] as const) {
    const containers = spec[key] ?? [];
    if (containers.length !== (stored[key] ?? []).length)
      return [...errors, forbidden(`spec.${key}`, 'pod updates may not add or remove containers')];
    for (const [index, { image = '' }] of containers.entries())
      if (image === '') errors.push(required(`spec.${key}[${index}].image`));
  }
  const before = stored.activeDeadlineSeconds;
  if (spec.activeDeadlineSeconds !== undefined) {
    if (before !== undefined && before < spec.activeDeadlineSeconds)
      return [
        ...errors,
        invalid(
          'spec.activeDeadlineSeconds',
          spec.activeDeadlineSeconds,
          'must be less than or equal to previous value',
        ),
      ];
  } else if (before !== undefined)
    errors.push(
      invalid(
        'spec.activeDeadlineSeconds',
        undefined,
        'must not update from a positive integer to nil value',
      ),
    );
  const withoutSeconds = (toleration: NonNullable<FullPodSpec['tolerations']>[number]): string =>
    JSON.stringify({ ...toleration, tolerationSeconds: undefined }, Object.keys(toleration).sort());
  const kept = new Set((spec.tolerations ?? []).map(withoutSeconds));
  if ((stored.tolerations ?? []).some((toleration) => !kept.has(withoutSeconds(toleration))))
    errors.push(
      forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds'),
    );
  const changes = jsonDiff(
    internalValue('PodSpec', stored),
    internalValue('PodSpec', withUpdatableOf(stored, spec)),
  );
  if (changes !== '')
    errors.push(forbidden('spec', `pod updates may not change fields other than ${UPDATABLE}\n${changes}`));
  return errors;
}

/**
 * The rules for writing pods/<name>/ephemeralcontainers (ValidatePodEphemeralContainersUpdate): containers may come,
 * but none may go or change, since what ran in it has run.
 */
export function validateEphemeralContainersUpdate(spec: FullPodSpec, stored: FullPodSpec): FieldError[] {
  const now = new Map(spec.ephemeralContainers?.map((container) => [container.name, container]));
  return (stored.ephemeralContainers ?? []).flatMap((before) => {
    const after = now.get(before.name);
    const what = `existing ephemeral containers ${JSON.stringify(before.name)} may not be`;
    if (after === undefined) return [forbidden('spec.ephemeralContainers', `${what} removed\n`)];
    const changes = jsonDiff(
      internalValue('EphemeralContainer', before),
      internalValue('EphemeralContainer', after),
    );
    return changes === '' ? [] : [forbidden('spec.ephemeralContainers', `${what} changed\n${changes}`)];
  });
}

/** The specification with what may not change as it is in the new one, and what may as it was. */
function withUpdatableOf(stored: FullPodSpec, spec: FullPodSpec): FullPodSpec {
  const munged = cloneJson(spec);
  for (const key of ['containers', 'initContainers'] as const)
    for (const [index, container] of (munged[key] ?? []).entries())
      setOrDelete(container, 'image', stored[key]?.[index]?.image);
  for (const key of ['activeDeadlineSeconds', 'tolerations', 'schedulingGates'] as const)
    setOrDelete(munged, key, stored[key]);
  if ((stored.terminationGracePeriodSeconds ?? 0) < 0 && munged.terminationGracePeriodSeconds === 1)
    setOrDelete(munged, 'terminationGracePeriodSeconds', stored.terminationGracePeriodSeconds);
  return munged;
}

function setOrDelete<Type extends object, Key extends keyof Type>(
  object: Type,
  key: Key,
  value: Type[Key] | undefined,
): void {
  if (value === undefined) Reflect.deleteProperty(object, key);
  else object[key] = value;
}
