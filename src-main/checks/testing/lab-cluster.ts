import { readFile } from 'node:fs/promises';
import { startCluster } from '#emulator/index.ts';
import type { HostPort } from '#emulator/process-host-ports.ts';
import type { Reach } from '#shared/cluster.ts';
import { createKubeClient, type KubeClient } from '#main/kube/client.ts';
import { reachOf } from '#main/providers/emulated/reach.ts';

/** A cluster for tests that look at what labs look at. */
export interface LabCluster {
  kube: KubeClient;
  reach: () => Reach;
  /** Whether it is one that the test made, with its Ingress controller, load balancer and host ports. */
  emulated: boolean;
  stop(): Promise<void>;
}

/** An emulated cluster inside this process; or the one of `SWITCHYARD_REAL_KUBECONFIG`, where that is set. */
export async function startLabCluster(): Promise<LabCluster> {
  const file = process.env['SWITCHYARD_REAL_KUBECONFIG'];
  if (file !== undefined) {
    const kube = createKubeClient(await readFile(file, 'utf8'), file);
    return { kube, emulated: false, reach: () => ({ nodePorts: [] }), stop: () => kube.close() };
  }
  let ports: readonly HostPort[] = [];
  const cluster = await startCluster({
    ingressController: true,
    hostPorts: {
      onChange: (now) => {
        ports = now;
      },
    },
  });
  const kube = createKubeClient(cluster.kubeconfig);
  return {
    kube,
    emulated: true,
    reach: () => reachOf(ports),
    stop: async () => {
      await kube.close();
      await cluster.stop();
    },
  };
}
