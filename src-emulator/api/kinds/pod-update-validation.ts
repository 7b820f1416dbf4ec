/** What may change in a pod that exists (ValidatePodUpdate in pkg/apis/core/validation/validation.go). */
import type { FieldError } from '../kind-definition.ts';
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
  const changes = changedFields(immutablePart(spec), immutablePart(stored));
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
    const changes = changedFields({ ...after }, { ...before });
    return changes === '' ? [] : [forbidden('spec.ephemeralContainers', `${what} changed\n${changes}`)];
  });
}

/** Fields with rules of their own. */
const MUTABLE = ['activeDeadlineSeconds', 'tolerations', 'schedulingGates'];

function immutablePart(spec: FullPodSpec): Record<string, unknown> {
  const kept = Object.entries(spec).filter(([key]) => !MUTABLE.includes(key));
  const copy = structuredClone(Object.fromEntries(kept)) as Record<string, unknown>;
  for (const key of ['containers', 'initContainers'])
    for (const container of (copy[key] as { image?: string }[] | undefined) ?? []) delete container.image;
  if (copy['terminationGracePeriodSeconds'] === 1) copy['terminationGracePeriodSeconds'] = undefined;
  return copy;
}

/** The fields that differ, as the removed and added lines of a diff. */
function changedFields(now: Record<string, unknown>, before: Record<string, unknown>): string {
  const wasNegative = ((before['terminationGracePeriodSeconds'] as number | undefined) ?? 0) < 0;
  const lines: string[] = [];
  for (const key of [...new Set([...Object.keys(before), ...Object.keys(now)])].sort()) {
    if (
      key === 'terminationGracePeriodSeconds' &&
      (now[key] === undefined ? wasNegative || before[key] === undefined : false)
    )
      continue;
    const [old, changed] = [canonical(before[key]), canonical(now[key])];
    if (old === changed) continue;
    const name = key.startsWith('dns') ? `DNS${key.slice(3)}` : key.charAt(0).toUpperCase() + key.slice(1);
    lines.push(`- ${JSON.stringify(name)}: ${old},`, `+ ${JSON.stringify(name)}: ${changed},`);
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** JSON with sorted keys, so that equal values read the same. */
function canonical(value: unknown): string {
  const text = JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  ) as string | undefined;
  return text ?? 'null';
}
