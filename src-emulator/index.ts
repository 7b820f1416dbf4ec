/**
 * The emulated Kubernetes cluster. This and `clock.ts` are all that other parts of the project may use; most
 * of them only ever meet it as a kubeconfig.
 */
export { startCluster, type Cluster } from './cluster.ts';
