import { stringify } from 'yaml';
import { PUBLISHED_NODE_PORTS, type HostPorts } from '../container/ports.ts';
import type { ProxyMode } from '../container/proxy-mode.ts';

/**
 * kube-proxy writes its rules at most this often. Its default of one second spares large clusters; in one of three
 * nodes it only makes learners wait for what they have just changed (kubernetes.io/docs/reference/networking/virtual-ips,
 * "minSyncPeriod").
 */
const PROXY_MIN_SYNC_PERIOD = '100ms';

export interface KindPlan {
  ports: HostPorts;
  proxyMode: ProxyMode;
}

/**
 * A cluster of one control plane (the only number that survives a restart of the engine) and as many workers as
 * there are blocks of ports. kind's `v1alpha4` (kind.sigs.k8s.io/docs/user/configuration). Its own default for
 * `listenAddress` is every interface; everything here is published on loopback only.
 */
export function kindConfig({ ports, proxyMode }: KindPlan): string {
  const published = (containerPort: number, hostPort: number): object => ({
    containerPort,
    hostPort,
    listenAddress: '127.0.0.1',
    protocol: 'TCP',
  });
  return stringify({
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    networking: { apiServerAddress: '127.0.0.1', kubeProxyMode: proxyMode },
    kubeadmConfigPatches: [
      stringify({
        kind: 'KubeProxyConfiguration',
        [proxyMode]: { minSyncPeriod: PROXY_MIN_SYNC_PERIOD },
      }),
    ],
    nodes: [
      {
        role: 'control-plane',
        extraPortMappings: [published(80, ports.http), published(443, ports.https)],
      },
      ...ports.workers.map((first) => ({
        role: 'worker',
        extraPortMappings: Array.from({ length: PUBLISHED_NODE_PORTS.count }, (_, index) =>
          published(PUBLISHED_NODE_PORTS.first + index, first + index),
        ),
      })),
    ],
  });
}

/** Names that kind gives to workers: `x-worker`, `x-worker2` … */
export function workerNames(cluster: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${cluster}-worker${index === 0 ? '' : index + 1}`);
}

export function controlPlaneName(cluster: string): string {
  return `${cluster}-control-plane`;
}
