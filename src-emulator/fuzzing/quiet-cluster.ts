import { createAccessControl } from '../api/auth/access-control.ts';
import { createCredentials, kubeconfigFor } from '../api/credentials.ts';
import type { KindDefinition } from '../api/kind-definition.ts';
import { createKinds } from '../api/kinds/index.ts';
import { createApiMachinery } from '../api/machinery/machinery.ts';
import { CONFIG_MAPS, NAMESPACES, SERVICE_ACCOUNTS } from '../api/resources.ts';
import { loadSchemas } from '../api/schema/index.ts';
import { startApiServer } from '../api/server.ts';
import { RealClock } from '../clock.ts';
import { bootstrapCluster } from '../controllers/index.ts';
import { ObjectStore } from '../store/object-store.ts';
import { NAMESPACE } from './generate.ts';

export interface QuietCluster {
  kubeconfig: string;
  kinds: readonly KindDefinition[];
  stop(): Promise<void>;
}

/** An API server alone: without controllers and kubelets nothing happens but what is asked for. */
export async function startQuietCluster(): Promise<QuietCluster> {
  const clock = new RealClock();
  const kinds = createKinds({ serviceCidr: '10.96.0.0/16', nodePortRange: [30_000, 32_767] });
  const machinery = createApiMachinery({
    clock,
    store: new ObjectStore(),
    kinds,
    schemas: await loadSchemas(),
  });
  bootstrapCluster({
    api: machinery,
    nodes: [{ name: 'n', role: 'control-plane', address: '172.18.0.2', podCidr: '10.244.0.0/24' }],
    clock,
    dnsServiceIp: '10.96.0.10',
  });
  machinery.create(NAMESPACES, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: NAMESPACE },
    spec: {},
    status: { phase: 'Active' },
  });
  const metadata = { namespace: NAMESPACE };
  machinery.create(SERVICE_ACCOUNTS, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { ...metadata, name: 'default' },
  });
  machinery.create(CONFIG_MAPS, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { ...metadata, name: 'kube-root-ca.crt' },
  });
  const credentials = createCredentials({ name: 'fuzz', now: clock.now() });
  const unavailable = (): never => {
    throw new Error('there are no nodes');
  };
  const access = createAccessControl(machinery, credentials);
  const server = await startApiServer({
    machinery,
    access,
    credentials,
    port: 0,
    clock,
    nodeProxy: {
      logs: unavailable,
      isRunning: unavailable,
      exec: unavailable,
      attach: unavailable,
      portForward: unavailable,
    },
  });
  return {
    kubeconfig: kubeconfigFor(credentials, server.url),
    kinds,
    stop: () => {
      access[Symbol.dispose]();
      return server.close();
    },
  };
}
