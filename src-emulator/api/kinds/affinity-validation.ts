/** Validation of where pods may go: affinity and topology spread (pkg/apis/core/validation/validation.go). */
import type { FieldError } from '../kind-definition.ts';
import type { LabelSelector } from '../objects.ts';
import { duplicate, forbidden, invalid, invalidEach, notSupported, required } from '../validation/errors.ts';
import { validateLabelSelector, validateValueCount } from '../validation/labels.ts';
import { dns1123Label, dns1123Subdomain, labelValue, qualifiedName } from '../validation/names.ts';

interface NodeSelectorRequirement {
  key?: string;
  operator?: string;
  values?: string[];
}

interface NodeSelectorTerm {
  matchExpressions?: NodeSelectorRequirement[];
  matchFields?: NodeSelectorRequirement[];
}

export interface NodeSelector {
  nodeSelectorTerms?: NodeSelectorTerm[];
}

interface PodAffinityTerm {
  labelSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
  namespaces?: string[];
  topologyKey?: string;
  matchLabelKeys?: string[];
  mismatchLabelKeys?: string[];
}

export interface PodAffinity {
  requiredDuringSchedulingIgnoredDuringExecution?: PodAffinityTerm[];
  preferredDuringSchedulingIgnoredDuringExecution?: { weight?: number; podAffinityTerm?: PodAffinityTerm }[];
}

export interface Affinity {
  nodeAffinity?: {
    requiredDuringSchedulingIgnoredDuringExecution?: NodeSelector;
    preferredDuringSchedulingIgnoredDuringExecution?: { weight?: number; preference?: NodeSelectorTerm }[];
  };
  podAffinity?: PodAffinity;
  podAntiAffinity?: PodAffinity;
}

export interface TopologySpreadConstraint {
  maxSkew?: number;
  topologyKey?: string;
  whenUnsatisfiable?: string;
  labelSelector?: LabelSelector;
  minDomains?: number;
  nodeAffinityPolicy?: string;
  nodeTaintsPolicy?: string;
  matchLabelKeys?: string[];
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';
const NODE_INCLUSION_POLICIES = ['Honor', 'Ignore'];

export function validateAffinity(affinity: Affinity | undefined, at: string): FieldError[] {
  if (affinity === undefined) return [];
  const errors: FieldError[] = [];
  const { nodeAffinity } = affinity;
  if (nodeAffinity !== undefined) {
    if (nodeAffinity[REQUIRED] !== undefined)
      errors.push(...validateNodeSelector(nodeAffinity[REQUIRED], `${at}.nodeAffinity.${REQUIRED}`));
    for (const [index, { weight = 0, preference = {} }] of (nodeAffinity[PREFERRED] ?? []).entries()) {
      const field = `${at}.nodeAffinity.${PREFERRED}[${index}]`;
      errors.push(
        ...validateWeight(weight, field),
        ...validateNodeSelectorTerm(preference, `${field}.preference`, true),
      );
    }
  }
  for (const key of ['podAffinity', 'podAntiAffinity'] as const) {
    const pods = affinity[key] ?? {};
    for (const [index, term] of (pods[REQUIRED] ?? []).entries())
      errors.push(...validatePodAffinityTerm(term, `${at}.${key}.${REQUIRED}[${index}]`));
    for (const [index, { weight = 0, podAffinityTerm = {} }] of (pods[PREFERRED] ?? []).entries()) {
      const field = `${at}.${key}.${PREFERRED}[${index}]`;
      errors.push(
        ...validateWeight(weight, field),
        ...validatePodAffinityTerm(podAffinityTerm, `${field}.podAffinityTerm`),
      );
    }
  }
  return errors;
}

function validateWeight(weight: number, at: string): FieldError[] {
  return weight <= 0 || weight > 100 ? [invalid(`${at}.weight`, weight, 'must be in the range 1-100')] : [];
}

function validateNodeSelector({ nodeSelectorTerms = [] }: NodeSelector, at: string): FieldError[] {
  const field = `${at}.nodeSelectorTerms`;
  if (nodeSelectorTerms.length === 0) return [required(field, 'must have at least one node selector term')];
  return nodeSelectorTerms.flatMap((term, index) =>
    validateNodeSelectorTerm(term, `${field}[${index}]`, false),
  );
}

/** @param isPreference values of a mere preference may be anything */
function validateNodeSelectorTerm(
  { matchExpressions = [], matchFields = [] }: NodeSelectorTerm,
  at: string,
  isPreference: boolean,
): FieldError[] {
  return [
    ...matchExpressions.flatMap((requirement, index) =>
      validateExpression(requirement, `${at}.matchExpressions[${index}]`, isPreference),
    ),
    ...matchFields.flatMap((requirement, index) =>
      validateFieldRequirement(requirement, `${at}.matchFields[${index}]`),
    ),
  ];
}

function validateExpression(
  { key = '', operator = '', values = [] }: NodeSelectorRequirement,
  at: string,
  isPreference: boolean,
): FieldError[] {
  const errors = validateNodeValueCount(operator, values, at) ?? [
    invalid(`${at}.operator`, operator, 'not a valid selector operator'),
  ];
  errors.push(...invalidEach(`${at}.key`, key, qualifiedName(key)));
  if (!isPreference)
    for (const [index, value] of values.entries())
      errors.push(...invalidEach(`${at}.values[${index}]`, value, labelValue(value)));
  return errors;
}

function validateNodeValueCount(
  operator: string,
  values: readonly string[],
  at: string,
): FieldError[] | undefined {
  if (operator !== 'Gt' && operator !== 'Lt') return validateValueCount(operator, values, at);
  return values.length === 1
    ? []
    : [required(`${at}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'")];
}

function validateFieldRequirement(
  { key = '', operator = '', values = [] }: NodeSelectorRequirement,
  at: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length !== 1)
      errors.push(
        required(
          `${at}.values`,
          "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
        ),
      );
  } else errors.push(invalid(`${at}.operator`, operator, 'not a valid selector operator'));
  if (key !== 'metadata.name') errors.push(invalid(`${at}.key`, key, 'not a valid field selector key'));
  else
    for (const [index, value] of values.entries())
      errors.push(...invalidEach(`${at}.values[${index}]`, value, dns1123Subdomain(value)));
  return errors;
}

function validatePodAffinityTerm(term: PodAffinityTerm, at: string): FieldError[] {
  const { topologyKey = '', namespaces = [] } = term;
  return [
    ...validateLabelSelector(term.labelSelector, `${at}.labelSelector`),
    ...validateLabelSelector(term.namespaceSelector, `${at}.namespaceSelector`),
    ...namespaces.flatMap((name) => invalidEach(`${at}.namespace`, name, dns1123Label(name))),
    ...validateMatchLabelKeys(term, at),
    ...(topologyKey === '' ? [required(`${at}.topologyKey`, 'can not be empty')] : []),
    ...invalidEach(`${at}.topologyKey`, topologyKey, qualifiedName(topologyKey)),
  ];
}

function validateMatchLabelKeys(
  { matchLabelKeys = [], mismatchLabelKeys = [], labelSelector }: PodAffinityTerm,
  at: string,
): FieldError[] {
  const errors: FieldError[] = [];
  for (const [name, keys] of [
    ['matchLabelKeys', matchLabelKeys],
    ['mismatchLabelKeys', mismatchLabelKeys],
  ] as const) {
    if (keys.length === 0) continue;
    if (labelSelector === undefined)
      errors.push(forbidden(`${at}.${name}`, 'must not be specified when labelSelector is not set'));
    else
      for (const [index, key] of keys.entries())
        errors.push(...invalidEach(`${at}.${name}[${index}]`, key, qualifiedName(key)));
  }
  if (labelSelector !== undefined) {
    // The server has added the keys to the selector's expressions by now: what was there already comes twice.
    const selected = new Set(Object.keys(labelSelector.matchLabels ?? {}));
    const indexOf = new Map(matchLabelKeys.map((key, index) => [key, index]));
    for (const { key } of labelSelector.matchExpressions ?? []) {
      const index = indexOf.get(key);
      if (index !== undefined && selected.has(key))
        errors.push(invalid(`${at}[${index}]`, key, 'exists in both matchLabelKeys and labelSelector'));
      selected.add(key);
    }
  }
  for (const [index, key] of matchLabelKeys.entries())
    if (mismatchLabelKeys.includes(key))
      errors.push(
        invalid(`${at}.matchLabelKeys[${index}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys'),
      );
  return errors;
}

export function validateTopologySpread(constraints: TopologySpreadConstraint[], field: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, constraint] of constraints.entries()) {
    const at = `${field}[${index}]`;
    const { maxSkew = 0, topologyKey = '', whenUnsatisfiable = '', minDomains } = constraint;
    if (maxSkew <= 0) errors.push(invalid(`${at}.maxSkew`, maxSkew, 'must be greater than zero'));
    if (topologyKey === '') errors.push(required(`${at}.topologyKey`, 'can not be empty'));
    else errors.push(...invalidEach(`${at}.topologyKey`, topologyKey, qualifiedName(topologyKey)));
    if (!['DoNotSchedule', 'ScheduleAnyway'].includes(whenUnsatisfiable))
      errors.push(
        notSupported(`${at}.whenUnsatisfiable`, whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway']),
      );
    const isRepeated = constraints
      .slice(index + 1)
      .some(
        (other) =>
          (other.topologyKey ?? '') === topologyKey && (other.whenUnsatisfiable ?? '') === whenUnsatisfiable,
      );
    if (isRepeated)
      errors.push(
        duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`),
      );
    if (minDomains !== undefined) {
      if (minDomains <= 0) errors.push(invalid(`${at}.minDomains`, minDomains, 'must be greater than zero'));
      if (whenUnsatisfiable !== 'DoNotSchedule')
        errors.push(
          invalid(
            `${at}.minDomains`,
            minDomains,
            `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`,
          ),
        );
    }
    for (const key of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const)
      if (constraint[key] !== undefined && !NODE_INCLUSION_POLICIES.includes(constraint[key]))
        errors.push(notSupported(`${at}.${key}`, constraint[key], NODE_INCLUSION_POLICIES));
    errors.push(
      ...validateMatchLabelKeys(constraint, at),
      ...validateLabelSelector(constraint.labelSelector, `${at}.labelSelector`),
    );
  }
  return errors;
}
