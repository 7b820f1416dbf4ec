import type { EndpointSliceView, ServiceView } from '#shared/live.ts';
import type { EndpointSlice, KubeObject, Service } from '../kube/objects.ts';
import { baseOf } from './project-base.ts';

interface ServiceObject extends Service {
  spec: Service['spec'] & { externalIPs?: string[]; externalTrafficPolicy?: 'Cluster' | 'Local' };
  status?: { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] } };
}

export function projectService(object: KubeObject): ServiceView {
  const service = object as ServiceObject;
  const { type, clusterIP, externalName, selector, ports, externalIPs, externalTrafficPolicy } = service.spec;
  const ingress = service.status?.loadBalancer?.ingress ?? [];
  return {
    kind: 'Service',
    ...baseOf(service),
    type: type ?? 'ClusterIP',
    ...(clusterIP !== undefined && clusterIP !== '' && { clusterIP }),
    ...(externalName !== undefined && externalName !== '' && { externalName }),
    externalAddresses: [
      ...ingress.map(({ ip, hostname }) => ip ?? hostname ?? '').filter((address) => address !== ''),
      ...(externalIPs ?? []),
    ],
    ...(externalTrafficPolicy !== undefined && { externalTrafficPolicy }),
    ...(selector !== undefined && { selector }),
    ports: (ports ?? []).map(({ name, protocol, port, targetPort, nodePort }) => ({
      ...(name !== undefined && name !== '' && { name }),
      protocol: protocol ?? 'TCP',
      port,
      targetPort: targetPort ?? port,
      ...(nodePort !== undefined && nodePort !== 0 && { nodePort }),
    })),
  };
}

/**
 * Conditions that are left out mean what the API says they mean: `ready` unknown counts as ready, `serving`
 * follows `ready`, `terminating` counts as false
 * (https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoint-slice-v1/).
 */
export function projectEndpointSlice(object: KubeObject): EndpointSliceView {
  const slice = object as EndpointSlice;
  const service = slice.metadata.labels?.['kubernetes.io/service-name'];
  return {
    kind: 'EndpointSlice',
    ...baseOf(slice),
    ...(service !== undefined && { service }),
    ports: (slice.ports ?? []).map(({ name, port, protocol }) => ({
      ...(name !== undefined && name !== '' && { name }),
      ...(port !== undefined && { port }),
      protocol: protocol ?? 'TCP',
    })),
    endpoints: (slice.endpoints ?? []).flatMap(({ addresses, conditions, nodeName, targetRef }) =>
      addresses.map((address) => ({
        address,
        ready: conditions?.ready ?? true,
        serving: conditions?.serving ?? conditions?.ready ?? true,
        terminating: conditions?.terminating ?? false,
        ...(nodeName !== undefined && { node: nodeName }),
        ...(targetRef?.kind === 'Pod' && targetRef.name !== undefined && { pod: targetRef.name }),
      })),
    ),
  };
}
