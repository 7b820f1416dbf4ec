/** Validation of pod specifications, in Pods and in templates (pkg/apis/core/validation/validation.go). */
import type { FieldError } from '../kind-definition.ts';
import {
  duplicate,
  forbidden,
  invalid,
  invalidEach,
  notSupported,
  oneOf,
  required,
} from '../validation/errors.ts';
import { validateLabels } from '../validation/labels.ts';
import {
  dns1123Label,
  dns1123Subdomain,
  dns1123SubdomainWithUnderscore,
  inclusiveRange,
  qualifiedName,
} from '../validation/names.ts';
import { validateIP } from '../validation/network.ts';
import { validateAffinity, validateTopologySpread } from './affinity-validation.ts';
import {
  validateContainers,
  validateEphemeralContainers,
  validateInitContainers,
} from './container-validation.ts';
import type { FullPodSpec } from './pod-spec-types.ts';
import { validateResourceRequirements } from './resource-requirements.ts';
import { validatePodSecurityContext, validateWindowsOptions } from './security-context-validation.ts';
import { validateTolerations } from './toleration-validation.ts';
import { validateVolumes } from './volume-validation.ts';

const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const PREEMPTION_POLICIES = ['PreemptLowerPriority', 'Never'];
const OPERATING_SYSTEMS = ['linux', 'windows'];
const MAX_NAMESERVERS = 3;
const MAX_SEARCH_PATHS = 32;
const MAX_SEARCH_CHARACTERS = 2048;

/**
 * @param at where the specification is: `spec` or `spec.template.spec`
 * @param isPod false for a template, where a few rules are looser
 */
export function validatePodSpec(spec: FullPodSpec, at: string, isPod: boolean): FieldError[] {
  const { errors, volumes } = validateVolumes(spec.volumes ?? [], isPod, `${at}.volumes`);
  errors.push(
    ...validateContainers(spec, volumes, at),
    ...validateInitContainers(spec, volumes, at),
    ...validateEphemeralContainers(spec, volumes, at),
    ...validateHostPorts(spec, at, isPod),
    ...oneOf(`${at}.restartPolicy`, spec.restartPolicy, RESTART_POLICIES),
    ...oneOf(`${at}.dnsPolicy`, spec.dnsPolicy, DNS_POLICIES),
    ...validateLabels(spec.nodeSelector, `${at}.nodeSelector`),
    ...validatePodSecurityContext(spec.securityContext, spec, `${at}.securityContext`),
    ...validateAffinity(spec.affinity, `${at}.affinity`),
    ...validateDnsConfig(spec, `${at}.dnsConfig`),
    ...(spec.readinessGates ?? []).flatMap(({ conditionType }, index) =>
      invalidEach(
        `${at}.readinessGates[${index}].conditionType`,
        conditionType,
        qualifiedName(conditionType),
      ),
    ),
    ...validateSchedulingGates(spec.schedulingGates ?? [], `${at}.schedulingGates`),
    ...validateTopologySpread(spec.topologySpreadConstraints ?? [], `${at}.topologySpreadConstraints`),
    ...validateHostUsers(spec, at),
    ...validateNames(spec, at),
  );
  return errors;
}

/** Fields with a name or a number in them, in the server's order. */
function validateNames(spec: FullPodSpec, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const check = (
    key: 'hostname' | 'subdomain' | 'nodeName' | 'serviceAccountName' | 'priorityClassName',
    format: NameCheck,
  ): void => {
    const name = spec[key];
    if (isSet(name)) errors.push(...invalidEach(`${at}.${key}`, name, format(name)));
  };
  check('serviceAccountName', dns1123Subdomain);
  check('nodeName', dns1123Subdomain);
  if (spec.activeDeadlineSeconds !== undefined)
    errors.push(
      ...invalidEach(
        `${at}.activeDeadlineSeconds`,
        spec.activeDeadlineSeconds,
        inclusiveRange(spec.activeDeadlineSeconds, 1, 2147483647),
      ),
    );
  check('hostname', dns1123Label);
  check('subdomain', dns1123Label);
  errors.push(...validateTolerations(spec.tolerations, `${at}.tolerations`));
  for (const [index, { ip = '', hostnames = [] }] of (spec.hostAliases ?? []).entries()) {
    errors.push(...validateIP(`${at}.hostAliases[${index}].ip`, ip));
    for (const [nameIndex, name] of hostnames.entries())
      errors.push(
        ...invalidEach(`${at}.hostAliases[${index}].hostnames[${nameIndex}]`, name, dns1123Subdomain(name)),
      );
  }
  check('priorityClassName', dns1123Subdomain);
  const { runtimeClassName, preemptionPolicy, overhead, os } = spec;
  if (runtimeClassName !== undefined)
    errors.push(
      ...invalidEach(`${at}.runtimeClassName`, runtimeClassName, dns1123Subdomain(runtimeClassName)),
    );
  if (preemptionPolicy !== undefined)
    errors.push(...oneOf(`${at}.preemptionPolicy`, preemptionPolicy, PREEMPTION_POLICIES));
  if (overhead !== undefined)
    errors.push(...validateResourceRequirements({ limits: overhead }, `${at}.overhead`));
  if (os !== undefined) {
    const { name = '' } = os;
    if (name === '') errors.push(required(`${at}.os.name`));
    else if (!OPERATING_SYSTEMS.includes(name))
      errors.push(notSupported(`${at}.os`, name, OPERATING_SYSTEMS));
    errors.push(
      ...validateWindowsOptions(name, [
        [spec.securityContext, `${at}.securityContext`],
        ...spec.containers.map(
          ({ securityContext }, index) =>
            [securityContext, `${at}.containers[${index}].securityContext`] satisfies [unknown, string],
        ),
      ]),
    );
  }
  return errors;
}

type NameCheck = (name: string) => string[];

function validateHostUsers(spec: FullPodSpec, at: string): FieldError[] {
  if (spec.hostUsers !== false) return [];
  const why = 'when `hostUsers` is false';
  return [
    ...(spec.hostNetwork === true ? [forbidden(`${at}.hostNetwork`, why)] : []),
    ...(spec.hostPID === true ? [forbidden(`${at}.HostPID`, why)] : []),
    ...(spec.hostIPC === true ? [forbidden(`${at}.HostIPC`, why)] : []),
  ];
}

function validateSchedulingGates(gates: { name?: string }[], field: string): FieldError[] {
  const seen = new Set<string>();
  return gates.flatMap(({ name = '' }, index) => {
    const at = `${field}[${index}]`;
    const errors = invalidEach(at, name, qualifiedName(name));
    if (seen.has(name)) errors.push(duplicate(at, name));
    seen.add(name);
    return errors;
  });
}

function validateDnsConfig({ dnsPolicy, dnsConfig }: FullPodSpec, at: string): FieldError[] {
  if (dnsPolicy === 'None') {
    if (dnsConfig === undefined) return [required(at, 'must provide `dnsConfig` when `dnsPolicy` is None')];
    if ((dnsConfig.nameservers ?? []).length === 0)
      return [
        required(`${at}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None'),
      ];
  }
  if (dnsConfig === undefined) return [];
  const { nameservers = [], searches = [], options = [] } = dnsConfig;
  const errors: FieldError[] = [];
  if (nameservers.length > MAX_NAMESERVERS)
    errors.push(
      invalid(`${at}.nameservers`, nameservers, `must not have more than ${MAX_NAMESERVERS} nameservers`),
    );
  errors.push(...nameservers.flatMap((address, index) => validateIP(`${at}.nameservers[${index}]`, address)));
  if (searches.length > MAX_SEARCH_PATHS)
    errors.push(
      invalid(`${at}.searches`, searches, `must not have more than ${MAX_SEARCH_PATHS} search paths`),
    );
  if (searches.join(' ').length > MAX_SEARCH_CHARACTERS)
    errors.push(
      invalid(
        `${at}.searches`,
        searches,
        `must not have more than ${MAX_SEARCH_CHARACTERS} characters (including spaces) in the search list`,
      ),
    );
  for (const [index, search] of searches.entries()) {
    if (search === '.') continue;
    const name = search.replace(/\.$/, '');
    errors.push(...invalidEach(`${at}.searches[${index}]`, name, dns1123SubdomainWithUnderscore(name)));
  }
  for (const [index, { name = '' }] of options.entries())
    if (name === '') errors.push(required(`${at}.options[${index}]`, 'must not be empty'));
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
