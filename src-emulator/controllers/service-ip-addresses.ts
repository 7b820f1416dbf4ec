import type { Service } from '../api/objects.ts';
import { IP_ADDRESSES, SERVICES } from '../api/resources.ts';
import type { ControllerContext } from './controller.ts';

const LABELS = {
  'ipaddress.kubernetes.io/ip-family': 'IPv4',
  'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
};

/**
 * Keeps an IPAddress for each cluster address that a Service holds. The real server makes it before the Service, to
 * lock the address; here the writes of one process cannot race, so it follows.
 */
export function startServiceIpAddresses({ api }: Pick<ControllerContext, 'api'>): Disposable {
  return api.watch(SERVICES, ({ type, object }) => {
    for (const ip of clusterAddresses(object))
      if (type === 'DELETED') release(ip, object);
      else hold(ip, object);
  });

  function hold(ip: string, { metadata: { namespace = '', name } }: Service): void {
    if (api.get(IP_ADDRESSES, undefined, ip) !== undefined) return;
    api.create(IP_ADDRESSES, {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IPAddress',
      metadata: { name: ip, labels: LABELS },
      spec: { parentRef: { resource: 'services', namespace, name } },
    });
  }

  /** The address may be another Service's by now. */
  function release(ip: string, { metadata }: Service): void {
    const parent = api.get(IP_ADDRESSES, undefined, ip)?.spec.parentRef;
    const isOurs = parent?.namespace === metadata.namespace && parent?.name === metadata.name;
    if (isOurs) api.delete(IP_ADDRESSES, undefined, ip);
  }
}

function clusterAddresses({ spec }: Service): string[] {
  return (spec.clusterIPs ?? []).filter((ip) => ip !== 'None' && ip !== '');
}
