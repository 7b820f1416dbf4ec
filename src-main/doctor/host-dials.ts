import { publishedAt } from '#shared/reach.ts';
import type { KubeClient } from '#main/kube/client.ts';
import { probeTcp } from '#main/probes/tcp.ts';
import type { DoctorOptions } from './look.ts';
import { servicePortOf, type ServiceState } from './service-state.ts';
import type { Dialled } from './types.ts';

const PATIENCE_SECONDS = 2;

/** Dials the Service wherever it is published on this machine: as a load balancer, or at the NodePort of each node. */
export async function dialsFromHost(
  kube: KubeClient,
  state: ServiceState,
  { port, reach }: DoctorOptions,
): Promise<Dialled[]> {
  const servicePort = servicePortOf(state, port);
  if (servicePort === undefined) return [];
  const { nodePort = 0 } = servicePort;
  const balanced = (reach.loadBalancers ?? [])
    .filter(
      (one) =>
        one.namespace === state.namespace && one.service === state.name && one.port === servicePort.port,
    )
    .map(({ hostPort }) => ({ port: hostPort }));
  const published = publishedAt(reach, nodePort).map(({ node, hostPort }) => ({ node, port: hostPort }));
  return Promise.all(
    [...balanced, ...published].map(async (one) => {
      const target = { host: '127.0.0.1', port: one.port };
      return { ...one, ...target, tcp: await probeTcp(kube, 'host', target, PATIENCE_SECONDS) };
    }),
  );
}
