import { afterEach, beforeEach } from 'vitest';
import { startControllers } from '../index.ts';
import { createClusterFixture, type ClusterFixture } from './cluster-fixture.ts';

export let cluster: ClusterFixture;

/**
 * Gives each test of a file, or of a part of it, a cluster in which every controller runs, started as the cluster's
 * composition root does; `cluster` is then set.
 */
export function useControllers(caCertificate?: string): void {
  let controllers: Disposable;
  beforeEach(() => {
    cluster = createClusterFixture();
    controllers = startControllers({
      ...cluster,
      bindPod: cluster.api.bindPod,
      finalizeNamespace: cluster.api.finalizeNamespace,
      ...(caCertificate === undefined ? {} : { caCertificate }),
    });
  });
  afterEach(() => controllers[Symbol.dispose]());
}
