import { VirtualClock, type Clock } from '#emulator/clock.ts';
import { startCluster } from '#emulator/index.ts';
import type { Reach } from '#shared/cluster.ts';
import { clientFor, type KubeClient } from '../kube/client.ts';
import { parseKubeconfig } from '../kube/kubeconfig.ts';
import { reachOf } from '../providers/emulated/reach.ts';

/** An emulated cluster in this process in which nobody waits. */
export interface VirtualCluster {
  kube: KubeClient;
  /** Its time, which passes as fast as the machine can compute. Whoever waits for the cluster waits by it. */
  clock: Clock;
  /** How many nodes take pods. */
  workers: number;
  /** Where it is reached from this machine just now. */
  reach(): Reach;
  close(): Promise<void>;
}

const WORKERS = 2;

/**
 * Starts an emulated cluster under virtual time: as soon as everything that goes on only waits for the clock, the clock
 * moves to the next timer. The client reaches the API within the process, so that a request that is under way is seen,
 * and no time passes over it.
 */
export async function startVirtualCluster(): Promise<VirtualCluster> {
  const clock = new VirtualClock(Date.now());
  let reach = reachOf([]);
  const cluster = await startCluster({
    clock,
    workers: WORKERS,
    ingressController: true,
    hostPorts: { onChange: (ports) => (reach = reachOf(ports)) },
  });
  const kube = clientFor({
    ...parseKubeconfig(cluster.kubeconfig),
    dial: () => cluster.connect(cluster.apiAddress),
  });
  const stopped = new AbortController();
  const running = clock.run(stopped.signal);
  return {
    kube,
    clock,
    workers: WORKERS,
    reach: () => reach,
    close: async () => {
      stopped.abort();
      await running;
      await kube.close();
      await cluster.stop();
    },
  };
}
