/** What the server warns of in a valid pod or template (pkg/api/pod/warnings.go). */
import type { KubeObject, PodTemplateSpec } from '../objects.ts';
import { dns1123Label } from '../validation/names.ts';
import { warningsForIp } from '../validation/network.ts';
import { parseQuantity } from '../validation/quantity.ts';
import type { PodAffinity } from './affinity-validation.ts';
import type { FullContainer, FullPodSpec, FullVolume } from './pod-spec-types.ts';

const NANOS = 1_000_000_000n;
const DEPRECATED_VOLUMES: Record<string, string> = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  gitRepo: 'deprecated in v1.11, and disabled by default in v1.33+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  flocker: 'deprecated in v1.22, non-functional in v1.25+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
};
const DEPRECATED_LABELS: Record<string, string> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region':
    'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone':
    'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type':
    'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};

/** Of a pod's name, which becomes its host's. */
export function warningsForPodName(name: string): string[] {
  return unsuitableAsHost(name, "this is used in the Pod's hostname");
}

function unsuitableAsHost(name: string, use: string): string[] {
  const problems = dns1123Label(name);
  return problems.length === 0
    ? []
    : [
        `metadata.name: ${use}, which can result in surprising behavior; a DNS label is recommended: [${problems.join(' ')}]`,
      ];
}

/** Of a workload: of its name when it is new, of its template when that may have changed. */
export function warningsForWorkload(
  workload: KubeObject & { spec: { template?: PodTemplateSpec } },
  stored: KubeObject | undefined,
  { namesPods, at = 'spec.template.spec' }: { namesPods: boolean; at?: string },
): string[] {
  const { metadata, spec } = workload;
  if (stored !== undefined && stored.metadata.generation === metadata.generation) return [];
  return [
    ...(stored === undefined && namesPods
      ? unsuitableAsHost(metadata.name, 'this is used in Pod names and hostnames')
      : []),
    ...(spec.template === undefined ? [] : warningsForPodSpec(spec.template.spec, at)),
  ];
}

/** @param at `spec` of a pod, `spec.template.spec` of a workload */
export function warningsForPodSpec(spec: FullPodSpec, at: string): string[] {
  const warnings: string[] = [];
  for (const key of Object.keys(spec.nodeSelector ?? {}))
    if (DEPRECATED_LABELS[key] !== undefined)
      warnings.push(`${at}.nodeSelector[${key}]: ${DEPRECATED_LABELS[key]}`);
  for (const [index, { labelSelector, topologyKey = '' }] of (
    spec.topologySpreadConstraints ?? []
  ).entries()) {
    const field = `${at}.topologySpreadConstraints[${index}]`;
    if (DEPRECATED_LABELS[topologyKey] !== undefined)
      warnings.push(`${field}.topologyKey: ${topologyKey} is ${DEPRECATED_LABELS[topologyKey]}`);
    if (labelSelector === undefined)
      warnings.push(`${field}.labelSelector: a null labelSelector results in matching no pod`);
  }
  for (const [index, volume] of (spec.volumes ?? []).entries())
    for (const [source, text] of Object.entries(DEPRECATED_VOLUMES))
      if (source in volume)
        warnings.push(`${at}.volumes[${index}].${source === 'storageos' ? 'storageOS' : source}: ${text}`);
  warnings.push(...overlappingPaths(spec.volumes ?? []), ...repeatedNames(spec, at));
  const containers = allContainers(spec, at);
  for (const [container, field] of containers)
    warnings.push(...fractions(container, field), ...hiddenEnv(container, field));
  warnings.push(...portWarnings(containers));
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0)
    warnings.push(
      `${at}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`,
    );
  for (const key of ['podAffinity', 'podAntiAffinity'] as const)
    warnings.push(...selectorlessTerms(spec.affinity?.[key] ?? {}, `${at}.affinity.${key}`));
  for (const [index, address] of (spec.dnsConfig?.nameservers ?? []).entries())
    warnings.push(...warningsForIp(`${at}.dnsConfig.nameservers[${index}]`, address));
  for (const [index, { ip = '' }] of (spec.hostAliases ?? []).entries())
    warnings.push(...warningsForIp(`${at}.hostAliases[${index}].ip`, ip));
  return warnings;
}

function allContainers(spec: FullPodSpec, at: string): [FullContainer, string][] {
  return (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((key) =>
    (spec[key] ?? []).map((container, index): [FullContainer, string] => [
      container,
      `${at}.${key}[${index}]`,
    ]),
  );
}

function repeatedNames(spec: FullPodSpec, at: string): string[] {
  const warnings: string[] = [];
  const addresses = new Set<string>();
  for (const [index, { ip = '' }] of (spec.hostAliases ?? []).entries()) {
    if (addresses.has(ip))
      warnings.push(`${at}.hostAliases[${index}].ip: duplicate ip ${JSON.stringify(ip)}`);
    addresses.add(ip);
  }
  const secrets: { name?: string }[] = spec.imagePullSecrets ?? [];
  const names = new Set<string>();
  for (const [index, { name = '' }] of secrets.entries()) {
    if (names.has(name))
      warnings.push(`${at}.imagePullSecrets[${index}].name: duplicate name ${JSON.stringify(name)}`);
    names.add(name);
  }
  for (const [index, { name = '' }] of secrets.entries())
    if (name === '') warnings.push(`${at}.imagePullSecrets[${index}].name: invalid empty name ""`);
  return warnings;
}

function fractions({ resources = {} }: FullContainer, at: string): string[] {
  const check = (list: 'limits' | 'requests', name: string): string[] => {
    const amount = resources[list]?.[name];
    return amount === undefined || (parseQuantity(amount)?.nanos ?? 0n) % NANOS === 0n
      ? []
      : [
          `${at}.resources.${list}[${name}]: fractional byte value "${amount}" is invalid, must be an integer`,
        ];
  };
  return ['memory', 'ephemeral-storage'].flatMap((name) => [
    ...check('limits', name),
    ...check('requests', name),
  ]);
}

function hiddenEnv({ env = [] }: FullContainer, at: string): string[] {
  const names = new Set<string>();
  return env.flatMap(({ name = '', value = '', valueFrom }, index) => {
    const reference = `$(${name})`;
    const hides =
      names.has(name) && (valueFrom !== undefined || value === reference || !value.includes(reference));
    names.add(name);
    return hides
      ? [`${at}.env[${index}]: hides previous definition of "${name}", which may be dropped when using apply`]
      : [];
  });
}

type Port = NonNullable<FullContainer['ports']>[number];

function portWarnings(containers: readonly [FullContainer, string][]): string[] {
  const warnings: string[] = [];
  const placed = containers.flatMap(([{ ports = [] }, at]) =>
    ports.map((port, index): [Port, string] => [port, `${at}.ports[${index}]`]),
  );
  const seen = new Map<string, [Port, string][]>();
  for (const [port, field] of placed) {
    const { hostIP = '', hostPort = 0, name = '', containerPort, protocol = 'TCP' } = port;
    if (hostIP !== '' && hostPort === 0)
      warnings.push(
        `${field}: hostIP set without hostPort: {Name:${name} HostPort:0 ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`,
      );
    const key = `${containerPort}/${protocol}`;
    for (const [other, otherField] of seen.get(key) ?? []) {
      const [otherIp, otherPort] = [other.hostIP ?? '', other.hostPort ?? 0];
      if (hostIP === otherIp && hostPort === otherPort)
        warnings.push(`${field}: duplicate port definition with ${otherField}`);
      else if (hostPort === 0 || otherPort === 0)
        warnings.push(`${field}: overlapping port definition with ${otherField}`);
      else if (hostPort === otherPort && (hostIP === '') !== (otherIp === ''))
        warnings.push(`${field}: dangerously ambiguous port definition with ${otherField}`);
    }
    seen.set(key, [...(seen.get(key) ?? []), [port, field]]);
  }
  const names = new Map<string, string>();
  for (const [{ name = '' }, field] of placed) {
    if (name === '') continue;
    const other = names.get(name);
    if (other === undefined) names.set(name, field);
    else
      warnings.push(
        `${field}: duplicate port name "${name}" with ${other}, services and probes that select ports by name will use ${other}`,
      );
  }
  return warnings;
}

function selectorlessTerms(affinity: PodAffinity, at: string): string[] {
  const text = 'a null labelSelector results in matching no pod';
  const required = affinity.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const preferred = affinity.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return [
    ...required.flatMap(({ labelSelector }, index) =>
      labelSelector === undefined
        ? [`${at}.requiredDuringSchedulingIgnoredDuringExecution[${index}].labelSelector: ${text}`]
        : [],
    ),
    ...preferred.flatMap(({ podAffinityTerm = {} }, index) =>
      podAffinityTerm.labelSelector === undefined
        ? [
            `${at}.preferredDuringSchedulingIgnoredDuringExecution[${index}].podAffinityTerm.labelSelector: ${text}`,
          ]
        : [],
    ),
  ];
}

/** Files of one volume where another file of it is, or a folder on the way to one. */
function overlappingPaths(volumes: FullVolume[]): string[] {
  return volumes.flatMap((volume) => {
    const plain = (items: { path?: string }[] | undefined, what: string): string[] =>
      overlaps((items ?? []).map(({ path = '' }) => [path, ''])).map(
        (text) => `volume ${JSON.stringify(volume.name)} (${what}): overlapping paths: ${text}`,
      );
    const sources = volume.projected?.sources ?? [];
    const projected = sources.flatMap((source): [string, string][] => {
      const { configMap, secret, downwardAPI, serviceAccountToken } = source;
      const from = (items: { path?: string }[], what: string): [string, string][] =>
        items.map(({ path = '' }) => [path, what]);
      if (configMap?.items !== undefined)
        return from(configMap.items, `ConfigMap ${JSON.stringify(configMap.name ?? '')}`);
      if (secret?.items !== undefined)
        return from(secret.items, `Secret ${JSON.stringify(secret.name ?? '')}`);
      if (downwardAPI?.items !== undefined) return from(downwardAPI.items, 'DownwardAPI');
      return serviceAccountToken === undefined ? [] : [[serviceAccountToken.path, 'ServiceAccountToken']];
    });
    return [
      ...plain(volume.configMap?.items, `ConfigMap ${JSON.stringify(volume.configMap?.name ?? '')}`),
      ...plain(volume.secret?.items, `Secret ${JSON.stringify(volume.secret?.secretName ?? '')}`),
      ...plain(volume.downwardAPI?.items, 'DownwardAPI'),
      ...sources
        .filter((source) => Object.keys(source).length === 0)
        .map(() => `volume ${JSON.stringify(volume.name)} (Projected) has no sources provided`),
      ...overlaps(projected).map(
        (text) => `volume ${JSON.stringify(volume.name)} (Projected): overlapping paths: ${text}`,
      ),
    ];
  });
}

function overlaps(paths: readonly (readonly [path: string, source: string])[]): string[] {
  const show = (path: string, source: string): string =>
    source === '' ? JSON.stringify(path) : `${JSON.stringify(path)} (${source})`;
  const trimmed = paths.map(([path, source]) => [path.replace(/\/+$/, ''), source] as const);
  return trimmed.flatMap(([path, source], index) =>
    trimmed
      .slice(0, index)
      .filter(
        ([other]) =>
          path !== '' &&
          other !== '' &&
          (`${path}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${path}/`)),
      )
      .map(([other, otherSource]) => `${show(path, source)} with ${show(other, otherSource)}`),
  );
}
