import type { Service } from '../objects.ts';

export type FullServiceSpec = Service['spec'] & {
  externalIPs?: string[];
  loadBalancerIP?: string;
  loadBalancerSourceRanges?: string[];
  trafficDistribution?: string;
};

export function isHeadless(spec: FullServiceSpec): boolean {
  return spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === 'None';
}

export function needsClusterIp(spec: FullServiceSpec): boolean {
  return spec.type !== 'ExternalName';
}

/** Whether ports get a port on every node. */
export function usesNodePorts(spec: FullServiceSpec): boolean {
  return spec.type === 'NodePort' || spec.type === 'LoadBalancer';
}

/** As {@link usesNodePorts}, and the user did not switch allocation off. */
export function allocatesNodePorts(spec: FullServiceSpec): boolean {
  return (
    spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)
  );
}

export function needsHealthCheckPort(spec: FullServiceSpec): boolean {
  return spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
}

/** Whether clients outside the cluster can reach the Service at all, so that externalTrafficPolicy has a meaning. */
export function isExternallyAccessible(spec: FullServiceSpec): boolean {
  return usesNodePorts(spec) || (spec.type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0);
}
