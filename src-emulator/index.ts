/**
 * The emulated Kubernetes cluster. Other parts of the project may use what stands at the top of this folder (this
 * file, `clock.ts`, `process-*.ts`); most of them only ever meet the cluster as a kubeconfig.
 */
export { startCluster, type Cluster } from './cluster.ts';
