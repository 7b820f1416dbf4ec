/** Validation of pod specifications, in Pods and in templates (pkg/apis/core/validation/validation.go). */
import type { FieldError } from '../kind-definition.ts';
import { forbidden, invalid, invalidEach, notSupported, oneOf, required } from '../validation/errors.ts';
import { validateLabels } from '../validation/labels.ts';
import {
  dns1123Label,
  dns1123Subdomain,
  inclusiveRange,
  labelValue,
  qualifiedName,
} from '../validation/names.ts';
import { validateContainers, validateInitContainers } from './container-validation.ts';
import type { FullPodSpec } from './pod-spec-types.ts';
import { validateVolumes } from './volume-validation.ts';

const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/**
 * @param at where the specification is: `spec` or `spec.template.spec`
 * @param isPod false for a template, where a few rules are looser
 */
export function validatePodSpec(spec: FullPodSpec, at: string, isPod: boolean): FieldError[] {
  const { errors, volumes } = validateVolumes(spec.volumes ?? [], `${at}.volumes`);
  const grace = spec.terminationGracePeriodSeconds ?? 30;
  errors.push(
    ...validateContainers(spec.containers, volumes, grace, `${at}.containers`),
    ...validateInitContainers(spec, volumes, grace, `${at}.initContainers`),
    ...validateHostPorts(spec, at, isPod),
    ...oneOf(`${at}.restartPolicy`, spec.restartPolicy, RESTART_POLICIES),
    ...oneOf(`${at}.dnsPolicy`, spec.dnsPolicy, DNS_POLICIES),
    ...validateLabels(spec.nodeSelector, `${at}.nodeSelector`),
  );
  if (spec.dnsPolicy === 'None' && !('dnsConfig' in spec))
    errors.push(required(`${at}.dnsConfig`, 'must provide `dnsConfig` when `dnsPolicy` is None'));
  for (const [index, gate] of (spec.readinessGates ?? []).entries())
    errors.push(
      ...invalidEach(
        `${at}.readinessGates[${index}].conditionType`,
        gate.conditionType,
        qualifiedName(gate.conditionType),
      ),
    );
  for (const [key, check] of [
    ['serviceAccountName', dns1123Subdomain],
    ['nodeName', dns1123Subdomain],
  ] as const)
    if (isSet(spec[key])) errors.push(...invalidEach(`${at}.${key}`, spec[key], check(spec[key])));
  if (spec.activeDeadlineSeconds !== undefined)
    errors.push(
      ...invalidEach(
        `${at}.activeDeadlineSeconds`,
        spec.activeDeadlineSeconds,
        inclusiveRange(spec.activeDeadlineSeconds, 1, 2147483647),
      ),
    );
  for (const key of ['hostname', 'subdomain'] as const)
    if (isSet(spec[key])) errors.push(...invalidEach(`${at}.${key}`, spec[key], dns1123Label(spec[key])));
  errors.push(...validateTolerations(spec.tolerations, `${at}.tolerations`));
  if (isSet(spec.priorityClassName))
    errors.push(
      ...invalidEach(
        `${at}.priorityClassName`,
        spec.priorityClassName,
        dns1123Subdomain(spec.priorityClassName),
      ),
    );
  return errors;
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

function validateHostPorts(spec: FullPodSpec, at: string, isPod: boolean): FieldError[] {
  if (spec.hostNetwork !== true) return [];
  return spec.containers.flatMap((container, index) =>
    (container.ports ?? []).flatMap(({ hostPort = 0, containerPort }, portIndex) =>
      (isPod || hostPort !== 0) && hostPort !== containerPort
        ? [
            invalid(
              `${at}.containers[${index}].ports[${portIndex}].hostPort`,
              hostPort,
              'must match `containerPort` when `hostNetwork` is true',
            ),
          ]
        : [],
    ),
  );
}

function validateTolerations(tolerations: FullPodSpec['tolerations'], field: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, toleration] of (tolerations ?? []).entries()) {
    const at = `${field}[${index}]`;
    const { key = '', operator = '', value = '', effect = '' } = toleration;
    if (key !== '') errors.push(...invalidEach(`${at}.key`, key, qualifiedName(key)));
    if (key === '' && operator !== 'Exists')
      errors.push(
        invalid(
          `${at}.operator`,
          operator,
          'operator must be Exists when `key` is empty, which means "match all values and all keys"',
        ),
      );
    if (toleration.tolerationSeconds !== undefined && effect !== 'NoExecute')
      errors.push(
        invalid(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"),
      );
    if (operator === 'Equal' || operator === '') {
      const problems = labelValue(value);
      if (problems.length > 0) errors.push(invalid(`${at}.operator`, value, problems.join(';')));
    } else if (operator === 'Exists') {
      if (value !== '')
        errors.push(invalid(`${at}.operator`, value, "value must be empty when `operator` is 'Exists'"));
    } else errors.push(notSupported(`${at}.operator`, operator, ['Equal', 'Exists']));
    if (effect !== '' && !TAINT_EFFECTS.includes(effect))
      errors.push(notSupported(`${at}.effect`, effect, TAINT_EFFECTS));
  }
  return errors;
}

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
