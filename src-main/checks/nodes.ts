import { AppError } from '#shared/app-error.ts';
import type { KubeClient } from '#main/kube/client.ts';
import { NODE, type Condition, type KubeObject } from '#main/kube/objects.ts';

/** What checks need of a node. */
export interface NodeFacts {
  name: string;
  /** Where other nodes and pods reach it. */
  internalIp: string | undefined;
  addresses: string[];
  podCidr: string | undefined;
  isControlPlane: boolean;
  /** Ready, and takes pods that tolerate nothing. */
  takesPods: boolean;
}

interface Node extends KubeObject {
  spec?: { podCIDR?: string; unschedulable?: boolean; taints?: { effect?: string }[] };
  status?: { addresses?: { type: string; address: string }[]; conditions?: Condition[] };
}

/** The nodes of the cluster, by name. @throws KubeStatusError where the user may not list them */
export async function readNodes(kube: KubeClient): Promise<NodeFacts[]> {
  const nodes = await kube.list<Node>(NODE);
  return nodes.map(factsOf).sort((a, b) => a.name.localeCompare(b.name));
}

function factsOf({ metadata, spec, status }: Node): NodeFacts {
  const addresses = status?.addresses ?? [];
  const ready =
    status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
  const tainted = (spec?.taints ?? []).some(({ effect }) => effect !== 'PreferNoSchedule');
  return {
    name: metadata.name,
    internalIp: addresses.find(({ type }) => type === 'InternalIP')?.address,
    addresses: addresses.filter(({ type }) => type.endsWith('IP')).map(({ address }) => address),
    podCidr: spec?.podCIDR,
    isControlPlane: metadata.labels?.['node-role.kubernetes.io/control-plane'] !== undefined,
    takesPods: ready && spec?.unschedulable !== true && !tainted,
  };
}

/**
 * The nodes that a word of a check means: `any`, `each`, `control-plane`, `with-endpoint`, `without-endpoint`, or a
 * node's name. Those that take pods come first, and stand for all where there are some.
 * @param serving names of nodes that have a ready endpoint of the Service in question
 */
export function nodesMeant(
  word: string,
  nodes: readonly NodeFacts[],
  serving: ReadonlySet<string> = new Set(),
): NodeFacts[] {
  const workers = nodes.filter(({ takesPods }) => takesPods);
  const usual = workers.length > 0 ? workers : nodes;
  const [first] = usual;
  switch (word) {
    case 'any':
      return first === undefined ? [] : [first];
    case 'each':
      return [...nodes];
    case 'control-plane':
      return nodes.filter(({ isControlPlane }) => isControlPlane).slice(0, 1);
    case 'with-endpoint':
      return nodes.filter(({ name }) => serving.has(name)).slice(0, 1);
    case 'without-endpoint':
      return [...usual, ...nodes].filter(({ name }) => !serving.has(name)).slice(0, 1);
    default:
      return nodes.filter(({ name }) => name === word);
  }
}

export function noSuchNode(word: string, nodes: readonly NodeFacts[]): AppError {
  const names = nodes.map(({ name }) => name).join(', ');
  return new AppError({
    code: 'no-such-node',
    message: {
      en: `The check wants a node "${word}", and this cluster has none: ${names}.`,
      ko: `검사에 "${word}" 노드가 필요하지만 이 클러스터에는 없습니다: ${names}.`,
    },
  });
}
