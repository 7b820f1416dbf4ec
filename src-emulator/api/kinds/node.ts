import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { Node } from '../objects.ts';
import { NODES } from '../resources.ts';
import { forbidden, invalid, invalidEach, oneOf } from '../validation/errors.ts';
import { labelValue, qualifiedName } from '../validation/names.ts';
import { validateCidr } from '../validation/network.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN, wideColumn } from './columns.ts';

const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const ROLE_PREFIX = 'node-role.kubernetes.io/';

function validateTaints(taints: Node['spec']['taints']): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, taint] of (taints ?? []).entries()) {
    // The server says `metadata` where it means the specification.
    const at = `metadata.taints[${index}]`;
    errors.push(
      ...invalidEach(`${at}.key`, taint.key, qualifiedName(taint.key)),
      ...validateTaintValue(taint.value ?? '', `${at}.value`),
      ...oneOf(`${at}.effect`, taint.effect, TAINT_EFFECTS),
    );
    const key = `${taint.key}:${taint.effect}`;
    if (seen.has(key))
      errors.push({
        type: 'FieldValueDuplicate',
        field: at,
        detail: `Duplicate value: ${goTaint(taint)}: taints must be unique by key and effect pair`,
      });
    seen.add(key);
  }
  return errors;
}

/** The server prints its internal object, with Go's field names. */
function goTaint({ key, value = '', effect }: NonNullable<Node['spec']['taints']>[number]): string {
  return JSON.stringify({ Key: key, Value: value, Effect: effect, TimeAdded: null });
}

function validateTaintValue(value: string, field: string): FieldError[] {
  const problems = labelValue(value);
  return problems.length === 0 ? [] : [invalid(field, value, problems.join(';'))];
}

/** @returns nothing for a node without ranges of its own */
function validatePodCidrs(cidrs: readonly string[]): FieldError[] {
  const field = 'spec.podCIDRs';
  const errors = cidrs.flatMap((cidr, index) => validateCidr(`${field}[${index}]`, cidr));
  if (cidrs.length < 2) return errors;
  const wrong = cidrs.findIndex((cidr) => validateCidr('', cidr).length > 0);
  if (wrong >= 0)
    errors.push({
      type: 'InternalError',
      field,
      detail: `Internal error: invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR[${wrong}]: <nil> (invalid CIDR address: ${cidrs[wrong] ?? ''})`,
    });
  const families = new Set(cidrs.map((cidr) => cidr.includes(':')));
  if (wrong >= 0 || families.size < 2 || cidrs.length > 2)
    errors.push(invalid(field, cidrs, 'may specify no more than one CIDR for each IP family'));
  return errors;
}

function validateUpdate({ spec }: Node, stored: Node): FieldError[] {
  const errors: FieldError[] = [];
  const [now, before] = [spec.podCIDRs ?? [], stored.spec.podCIDRs ?? []];
  const podCidrs = forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid');
  if (before.length > 0) {
    if (now.length !== before.length) errors.push(podCidrs);
    else errors.push(...before.filter((cidr, index) => cidr !== now[index]).map(() => podCidrs));
  }
  const provider = stored.spec.providerID ?? '';
  if (provider !== '' && provider !== spec.providerID)
    errors.push(
      forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid'),
    );
  return [...errors, ...validateTaints(spec.taints)];
}

function statusOf({ spec, status }: Node): string {
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  const words = [ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'];
  if (spec.unschedulable === true) words.push('SchedulingDisabled');
  return words.join(',');
}

function rolesOf({ metadata }: Node): string {
  const roles = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(ROLE_PREFIX)) return [key.slice(ROLE_PREFIX.length)];
    return key === 'kubernetes.io/role' ? [value] : [];
  });
  const named = [...new Set(roles.filter((role) => role !== ''))].sort();
  return named.length === 0 ? '<none>' : named.join(',');
}

function addressOf({ status }: Node, type: string): string {
  return status.addresses?.find((address) => address.type === type)?.address ?? '<none>';
}

export const NODE_KIND: KindDefinition<Node> = {
  type: NODES,
  singular: 'node',
  shortNames: ['no'],
  categories: [],
  subresources: ['proxy', 'status'],
  schema: 'io.k8s.api.core.v1.Node',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: false,
  updateChecks: { newMetadata: 1 },
  applyDefaults({ spec, status }) {
    // The two say the same; where they do not, the single one counts.
    const [first] = spec.podCIDRs ?? [];
    if ((spec.podCIDR ?? '') !== '' && spec.podCIDR !== first) spec.podCIDRs = [spec.podCIDR ?? ''];
    else if (first !== undefined) spec.podCIDR = first;
    if (status.capacity !== undefined) status.allocatable ??= { ...status.capacity };
  },
  // A kubelet registers its node with the status already in it.
  prepareForCreate: () => undefined,
  prepareForUpdate(draft, stored) {
    draft.status = stored.status;
  },
  validate: ({ spec }) => [...validateTaints(spec.taints), ...validatePodCidrs(spec.podCIDRs ?? [])],
  validateUpdate,
  columns: [
    NAME_COLUMN,
    column('Status', 'The status of the node'),
    column('Roles', 'The roles of the node'),
    AGE_COLUMN,
    column('Version', 'Kubelet Version reported by the node.'),
    wideColumn('Internal-IP', 'List of addresses reachable to the node.'),
    wideColumn('External-IP', 'List of addresses reachable to the node.'),
    wideColumn(
      'OS-Image',
      'OS Image reported by the node from /etc/os-release (e.g. Debian GNU/Linux 7 (wheezy)).',
    ),
    wideColumn(
      'Kernel-Version',
      "Kernel Version reported by the node from 'uname -r' (e.g. 3.16.0-0.bpo.4-amd64).",
    ),
    wideColumn(
      'Container-Runtime',
      'ContainerRuntime Version reported by the node through runtime remote API (e.g. containerd://1.4.2).',
    ),
  ],
  cells: (node, now) => {
    const info = node.status.nodeInfo ?? {};
    return [
      node.metadata.name,
      statusOf(node),
      rolesOf(node),
      ageOf(node.metadata.creationTimestamp, now),
      info['kubeletVersion'] ?? '',
      addressOf(node, 'InternalIP'),
      addressOf(node, 'ExternalIP'),
      info['osImage'] ?? '<unknown>',
      info['kernelVersion'] ?? '<unknown>',
      info['containerRuntimeVersion'] ?? '<unknown>',
    ];
  },
  fieldSelectors: { 'spec.unschedulable': ({ spec }) => String(spec.unschedulable === true) },
};
