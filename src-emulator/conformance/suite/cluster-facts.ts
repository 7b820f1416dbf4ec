import type { Kubectl } from '../kubectl.ts';

/** What names and addresses of a cluster mean. */
export interface ClusterFacts {
  /** The URL of its API, as in the kubeconfig. */
  readonly server: string;
  /** By what they are called in scenarios: `control-plane`, `worker`, `worker2`. */
  readonly nodes: ReadonlyMap<string, NodeFacts>;
}

export interface NodeFacts {
  readonly name: string;
  readonly address: string;
  /** The first address of its pods' range: the node itself, seen from them. */
  readonly gateway: string;
}

interface NodeList {
  items: {
    metadata: { name: string; labels?: Record<string, string> };
    spec: { podCIDR?: string };
    status: { addresses: { type: string; address: string }[] };
  }[];
}

/**
 * Asks a cluster for its nodes. The suite needs one control plane and two workers.
 *
 * @throws Error when the cluster has other nodes than that, or does not answer.
 */
export async function askClusterFacts(kubectl: Kubectl): Promise<ClusterFacts> {
  const { items } = JSON.parse(await kubectl.ok(['get', 'nodes', '-o', 'json'])) as NodeList;
  const isControlPlane = (node: NodeList['items'][number]): boolean =>
    'node-role.kubernetes.io/control-plane' in (node.metadata.labels ?? {});
  const found = [
    ...items.filter(isControlPlane),
    ...items
      .filter((node) => !isControlPlane(node))
      .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)),
  ];
  const titles = ['control-plane', 'worker', 'worker2'];
  if (found.length !== titles.length || !found.slice(1).every((node) => !isControlPlane(node)))
    throw new Error(
      `The suite needs one control plane and two workers; the cluster has ${items.length} nodes.`,
    );
  const nodes = new Map(
    found.map((node, index) => [
      titles[index] ?? '',
      {
        name: node.metadata.name,
        address: node.status.addresses.find(({ type }) => type === 'InternalIP')?.address ?? '',
        gateway: (node.spec.podCIDR ?? '').replace(/\.0\/\d+$/, '.1'),
      },
    ]),
  );
  const server = await kubectl.ok([
    'config',
    'view',
    '--minify',
    '-o',
    'jsonpath={.clusters[0].cluster.server}',
  ]);
  return { server, nodes };
}
