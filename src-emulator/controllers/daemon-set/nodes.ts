/** Where a DaemonSet's pods are to run, and what its pods look like (pkg/controller/daemon/util). */
import type { DaemonSet, NewObject, Node, Pod, PodSpec } from '../../api/objects.ts';
import { CONTROLLER_REVISION_HASH } from '../controller-history.ts';
import { matchesNode, tolerates } from '../node-affinity.ts';
import { podFromTemplate } from '../pod-control.ts';

const TEMPLATE_GENERATION = 'pod-template-generation';
const TEMPLATE_GENERATION_ANNOTATION = 'deprecated.daemonset.template.generation';

type Tolerations = NonNullable<PodSpec['tolerations']>;

/** What no DaemonSet's pod minds about a node. */
const TOLERATED: [key: string, effect: string][] = [
  ['node.kubernetes.io/not-ready', 'NoExecute'],
  ['node.kubernetes.io/unreachable', 'NoExecute'],
  ['node.kubernetes.io/disk-pressure', 'NoSchedule'],
  ['node.kubernetes.io/memory-pressure', 'NoSchedule'],
  ['node.kubernetes.io/pid-pressure', 'NoSchedule'],
  ['node.kubernetes.io/unschedulable', 'NoSchedule'],
];

function tolerationsOf({ tolerations = [], hostNetwork }: PodSpec): Tolerations {
  const added = [
    ...TOLERATED,
    ...(hostNetwork === true ? [['node.kubernetes.io/network-unavailable', 'NoSchedule']] : []),
  ].map(([key = '', effect = '']) => ({ key, operator: 'Exists', effect }));
  const others = tolerations.filter(
    (own) =>
      !added.some(({ key, effect }) => own.key === key && own.effect === effect && own.operator === 'Exists'),
  );
  return [...others, ...added];
}

/** Whether a node is to get a pod, and whether one that is there may stay. */
export function fitOf({ spec }: DaemonSet, node: Node): { shouldRun: boolean; mayStay: boolean } {
  const pod: PodSpec = spec.template.spec;
  const nodeName = pod.nodeName ?? '';
  if ((nodeName !== '' && nodeName !== node.metadata.name) || !matchesNode(pod, node))
    return { shouldRun: false, mayStay: false };
  const tolerations = tolerationsOf(pod);
  const untolerated = [
    ...(node.spec.taints ?? []),
    // The node lifecycle controller taints a cordoned node so.
    ...(node.spec.unschedulable === true
      ? [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }]
      : []),
  ].filter((taint) => !tolerates(tolerations, taint));
  return {
    shouldRun: untolerated.every(({ effect }) => effect !== 'NoSchedule' && effect !== 'NoExecute'),
    mayStay: untolerated.every(({ effect }) => effect !== 'NoExecute'),
  };
}

/** The node that a pod runs on, or is pinned to until the scheduler has bound it. */
export function targetNodeOf(pod: Pod): string {
  const { nodeName = '', affinity }: PodSpec = pod.spec;
  if (nodeName !== '') return nodeName;
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const field = terms?.[0]?.matchFields?.find(({ key }) => key === 'metadata.name');
  return field?.values?.[0] ?? '';
}

/** A new pod for one node: the scheduler binds it, and can bind it nowhere else. */
export function podForNode(set: DaemonSet, hash: string, node: string): NewObject<Pod> {
  const generation = set.metadata.annotations?.[TEMPLATE_GENERATION_ANNOTATION];
  const pod = podFromTemplate(set, set.spec.template, {
    generateName: `${set.metadata.name}-`,
    labels: {
      [CONTROLLER_REVISION_HASH]: hash,
      ...(generation === undefined ? {} : { [TEMPLATE_GENERATION]: generation }),
    },
  });
  const spec: PodSpec = pod.spec;
  spec.tolerations = tolerationsOf(spec);
  spec.affinity = {
    ...spec.affinity,
    nodeAffinity: {
      ...spec.affinity?.nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
      },
    },
  };
  return pod;
}
