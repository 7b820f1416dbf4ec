import { VirtualClock, type Clock } from '#emulator/clock.ts';
import { startCluster } from '#emulator/index.ts';
import { clientFor, type KubeClient } from '../kube/client.ts';
import { parseKubeconfig } from '../kube/kubeconfig.ts';

/** An emulated cluster in this process in which nobody waits. */
export interface VirtualCluster {
  kube: KubeClient;
  /** Its time, which passes as fast as the machine can compute. Whoever waits for the cluster waits by it. */
  clock: Clock;
  /** How many nodes take pods. */
  workers: number;
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
  const cluster = await startCluster({ clock, workers: WORKERS, ingressController: true });
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
    close: async () => {
      stopped.abort();
      await running;
      await kube.close();
      await cluster.stop();
    },
  };
}
