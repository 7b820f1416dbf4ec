import type { Pod } from '../api/objects.ts';

/** The pod's name on the network: `spec.hostname`, or the pod's name cut to what a host name may be. */
export function hostnameOf(pod: Pod): string {
  const { hostname } = pod.spec;
  if (hostname !== undefined && hostname !== '') return hostname;
  return pod.metadata.name.slice(0, 63).replace(/[-.]+$/, '');
}

/** /etc/hosts as the kubelet writes it for pods with a network of their own. */
export function hostsFile(pod: Pod, podIp: string, clusterDomain: string): string {
  const hostname = hostnameOf(pod);
  const { subdomain } = pod.spec;
  const names =
    subdomain === undefined || subdomain === ''
      ? hostname
      : `${hostname}.${subdomain}.${pod.metadata.namespace ?? ''}.svc.${clusterDomain}\t${hostname}`;
  return [
    '# Kubernetes-managed hosts file.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'fe00::0\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
    `${podIp}\t${names}`,
    '',
  ].join('\n');
}

/** /etc/resolv.conf for dnsPolicy ClusterFirst; with `Default` or `None` there is no server to ask. */
export function resolvConf(pod: Pod, dnsServiceIp: string, clusterDomain: string): string {
  const policy = pod.spec.dnsPolicy ?? 'ClusterFirst';
  const clusterFirst =
    policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && pod.spec.hostNetwork !== true);
  if (!clusterFirst) return '';
  const search = [
    `${pod.metadata.namespace ?? ''}.svc.${clusterDomain}`,
    `svc.${clusterDomain}`,
    clusterDomain,
  ];
  return `search ${search.join(' ')}\nnameserver ${dnsServiceIp}\noptions ndots:5\n`;
}
