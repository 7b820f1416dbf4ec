import { startCluster, type Cluster } from '#emulator/index.ts';
import { createKubeClient } from '../../kube/client.ts';

/**
 * An emulated cluster in place of one that a tool makes. It refuses the app's Ingress controller, for its class is
 * somebody else's: so nothing waits for a controller's pod.
 */
export async function startStandIn(): Promise<Cluster> {
  const cluster = await startCluster();
  const kube = createKubeClient(cluster.kubeconfig);
  await kube.create({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'traefik' },
    spec: { controller: 'example.com/of-somebody-else' },
  });
  await kube.close();
  return cluster;
}
