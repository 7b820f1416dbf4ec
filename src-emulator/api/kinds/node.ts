import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { Node } from '../objects.ts';
import { NODES } from '../resources.ts';
import { duplicate, forbidden, invalidEach, oneOf } from '../validation/errors.ts';
import { labelValue, qualifiedName } from '../validation/names.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN, wideColumn } from './columns.ts';

const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const ROLE_PREFIX = 'node-role.kubernetes.io/';

function validateTaints(taints: Node['spec']['taints']): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, taint] of (taints ?? []).entries()) {
    const at = `spec.taints[${index}]`;
    errors.push(
      ...invalidEach(`${at}.key`, taint.key, qualifiedName(taint.key)),
      ...invalidEach(`${at}.value`, taint.value ?? '', labelValue(taint.value ?? '')),
      ...oneOf(`${at}.effect`, taint.effect, TAINT_EFFECTS),
    );
    const key = `${taint.key}:${taint.effect}`;
    if (seen.has(key)) errors.push(duplicate(at, taint));
    seen.add(key);
  }
  return errors;
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
  subresources: ['status'],
  schema: 'io.k8s.api.core.v1.Node',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: false,
  applyDefaults({ status }) {
    if (status.capacity !== undefined) status.allocatable ??= { ...status.capacity };
  },
  // A kubelet registers its node with the status already in it.
  prepareForCreate: () => undefined,
  prepareForUpdate(draft, stored) {
    draft.status = stored.status;
  },
  validate: ({ spec }) => validateTaints(spec.taints),
  validateUpdate: ({ spec }, stored) =>
    stored.spec.podCIDR !== undefined && spec.podCIDR !== stored.spec.podCIDR
      ? [forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid')]
      : [],
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
