import { watch } from 'node:fs';
import { HOST_PORTS_FILE, readHostPorts, type HostPort } from '#emulator/process-host-ports.ts';
import type { Reach } from '#shared/cluster.ts';
import { SYSTEM_NAMESPACE, TRAEFIK_NAME } from '../ingress/traefik.ts';

/** Where an emulated cluster is reached, as its process says in its folder. */
export async function readReach(folder: string): Promise<Reach> {
  return reachOf(await readHostPorts(folder));
}

/** Tells where a cluster is reached, now and whenever its process opens or closes a port, until disposed. */
export function followReach(folder: string, onReach: (reach: Reach) => void): Disposable {
  let last = '';
  let isDisposed = false;
  const look = (): void => {
    void readReach(folder).then((reach) => {
      const now = JSON.stringify(reach);
      if (isDisposed || now === last) return;
      last = now;
      onReach(reach);
    });
  };
  const watcher = watch(folder, { persistent: false }, (_, file) => {
    if (file === null || file === HOST_PORTS_FILE) look();
  });
  // The folder of a cluster that is deleted goes away.
  watcher.on('error', () => undefined);
  look();
  return {
    [Symbol.dispose]: () => {
      isDisposed = true;
      watcher.close();
    },
  };
}

/** Where a cluster with these open ports is reached. */
export function reachOf(ports: readonly HostPort[]): Reach {
  return {
    nodePorts: ports.flatMap((entry) =>
      entry.kind === 'NodePort'
        ? [
            {
              node: entry.node,
              firstNodePort: entry.nodePort,
              count: 1,
              firstHostPort: entry.hostPort,
              protocol: entry.protocol,
            },
          ]
        : [],
    ),
    ...ingressOf(ports),
    loadBalancers: ports.flatMap((entry) => {
      if (entry.kind !== 'LoadBalancer' || isIngressController(entry)) return [];
      const { namespace, service, port, protocol, hostPort } = entry;
      return [{ namespace, service, port, protocol, hostPort }];
    }),
  };
}

/** The Ingress controller, once both of its ports are open. */
function ingressOf(ports: readonly HostPort[]): Pick<Reach, 'ingress'> {
  const at = (port: number): number | undefined =>
    ports.find((entry) => entry.kind === 'LoadBalancer' && isIngressController(entry) && entry.port === port)
      ?.hostPort;
  const [http, https] = [at(80), at(443)];
  if (http === undefined || https === undefined) return {};
  return { ingress: { http: `http://127.0.0.1:${http}`, https: `https://127.0.0.1:${https}` } };
}

function isIngressController({ namespace, service }: Extract<HostPort, { kind: 'LoadBalancer' }>): boolean {
  return namespace === SYSTEM_NAMESPACE && service === TRAEFIK_NAME;
}
