/** The emulated Kubernetes cluster. What stands here is all that other parts of the project may use. */
export { RealClock, VirtualClock, type Clock, type Timer } from './clock.ts';
export { startCluster, type Cluster, type ClusterOptions } from './cluster.ts';
