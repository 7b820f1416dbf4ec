import type { ClusterSource, ProgressStep, Reach } from '#shared/cluster.ts';
import type { KubeClient } from '../kube/client.ts';
import { openKube, type Connect } from './open-kube.ts';
import type { ProvidedCluster, Provider } from './provider.ts';

/** A cluster, and the client that it is worked on with. */
export interface ClusterConnection {
  cluster: ProvidedCluster;
  kube: KubeClient;
}

/** A cluster in use by one command. */
export interface OpenCluster extends ClusterConnection {
  /** Where it is reached from this machine just now. */
  reach(): Reach;
  /** Lets go of it; it goes on. */
  close(): Promise<void>;
}

/** Finds or makes a cluster, and does for it what has to go on while it is used, until closed. */
export async function openCluster(
  provider: Provider,
  options: {
    name: string;
    connect: Connect;
    signal: AbortSignal;
    source?: ClusterSource | undefined;
    loadBalancer?: boolean | undefined;
    onProgress?: (steps: ProgressStep[]) => void;
  },
): Promise<OpenCluster> {
  const { name, connect, signal, source, loadBalancer, onProgress = () => undefined } = options;
  const cluster = await provider.create({ name, signal, source, loadBalancer, onProgress });
  const kube = await openKube(cluster.kubeconfigPath, connect);
  let reach = cluster.reach;
  const attending = provider.attend(cluster.name, kube, (now) => {
    reach = now;
  });
  return {
    cluster,
    kube,
    reach: () => reach,
    close: async () => {
      attending[Symbol.dispose]();
      await kube.close();
    },
  };
}
