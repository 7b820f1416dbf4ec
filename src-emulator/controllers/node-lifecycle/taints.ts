import type { Node } from '../../api/objects.ts';
import { findCondition } from '../object-helpers.ts';

type Taint = NonNullable<Node['spec']['taints']>[number];

const PREFIX = 'node.kubernetes.io/';
const UNSCHEDULABLE = `${PREFIX}unschedulable`;

/** The taints that conditions of a node lead to, by condition and status. */
const CONDITION_TAINTS: readonly { type: string; status: string; key: string }[] = [
  { type: 'Ready', status: 'False', key: `${PREFIX}not-ready` },
  { type: 'Ready', status: 'Unknown', key: `${PREFIX}unreachable` },
  { type: 'MemoryPressure', status: 'True', key: `${PREFIX}memory-pressure` },
  { type: 'DiskPressure', status: 'True', key: `${PREFIX}disk-pressure` },
  { type: 'NetworkUnavailable', status: 'True', key: `${PREFIX}network-unavailable` },
  { type: 'PIDPressure', status: 'True', key: `${PREFIX}pid-pressure` },
];

/** The keys whose taints belong to the node controller. */
const OWN_KEYS = new Set([UNSCHEDULABLE, ...CONDITION_TAINTS.map(({ key }) => key)]);

/**
 * The taints that a node should have: those of others as they are, and those that its conditions and a cordon lead
 * to (taint by condition, taint-based eviction).
 * @param now for the timeAdded of new ones.
 */
export function taintsOf(node: Node, now: string): Taint[] {
  const wanted = CONDITION_TAINTS.filter(
    ({ type, status }) => findCondition(node.status.conditions, type)?.status === status,
  ).flatMap(({ type, key }) =>
    (type === 'Ready' ? ['NoSchedule', 'NoExecute'] : ['NoSchedule']).map((effect) => ({ key, effect })),
  );
  if (node.spec.unschedulable === true) wanted.push({ key: UNSCHEDULABLE, effect: 'NoSchedule' });
  const existing = node.spec.taints ?? [];
  const isWanted = (taint: Taint): boolean =>
    wanted.some(({ key, effect }) => key === taint.key && effect === taint.effect);
  const kept = existing.filter((taint) => !OWN_KEYS.has(taint.key) || isWanted(taint));
  const added = wanted.filter(
    ({ key, effect }) => !existing.some((taint) => taint.key === key && taint.effect === effect),
  );
  return [...kept, ...added.map((taint) => ({ ...taint, timeAdded: now }))];
}
