import { readFileSync } from 'node:fs';
import { startCluster } from '../cluster.ts';

/** The cluster that a conformance test talks to. */
export interface ConformanceCluster {
  kubeconfig: string;
  /** True when it is the emulated one, and not the one it is compared with. */
  emulated: boolean;
  stop(): Promise<void>;
}

/**
 * An emulated cluster of the test's own; or, with SWITCHYARD_CONFORMANCE_KUBECONFIG, the cluster that this file
 * leads to, so that real Kubernetes can be asked whether what the tests expect is so. There, the tests leave
 * their namespaces behind.
 */
export async function conformanceCluster(): Promise<ConformanceCluster> {
  const file = process.env['SWITCHYARD_CONFORMANCE_KUBECONFIG'];
  if (file !== undefined && file !== '')
    return { kubeconfig: readFileSync(file, 'utf8'), emulated: false, stop: () => Promise.resolve() };
  const cluster = await startCluster();
  return { kubeconfig: cluster.kubeconfig, emulated: true, stop: () => cluster.stop() };
}
