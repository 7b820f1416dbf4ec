import type { Pod } from '../api/objects.ts';

/** Longest name of a host, in characters. */
const HOST_NAME_MAX = 64;

/** The pod's first name on the network: `spec.hostname`, or the pod's name cut to what a label may be. */
function hostnameOf(pod: Pod): string {
  const { hostname } = pod.spec;
  if (hostname !== undefined && hostname !== '') return hostname;
  return pod.metadata.name.slice(0, 63).replace(/[-.]+$/, '');
}

/** The pod's fully qualified name; undefined when it has no `spec.subdomain`. */
function qualifiedNameOf(pod: Pod, clusterDomain: string): string | undefined {
  const { subdomain } = pod.spec;
  return subdomain === undefined || subdomain === ''
    ? undefined
    : `${hostnameOf(pod)}.${subdomain}.${pod.metadata.namespace ?? ''}.svc.${clusterDomain}`;
}

/**
 * What hostname(1) says in the pod's containers.
 * @throws Error in the kubelet's words when setHostnameAsFQDN makes too long a name.
 */
export function kernelHostnameOf(pod: Pod, nodeName: string, clusterDomain: string): string {
  if (pod.spec.hostNetwork === true) return nodeName;
  const full = pod.spec.setHostnameAsFQDN === true ? qualifiedNameOf(pod, clusterDomain) : undefined;
  if (full === undefined) return hostnameOf(pod);
  if (full.length > HOST_NAME_MAX)
    throw new Error(
      `Failed to construct FQDN from pod hostname and cluster domain, FQDN ${full} is too long (${HOST_NAME_MAX} characters is the max, ${full.length} characters requested)`,
    );
  return full;
}

/** /etc/hosts as the kubelet writes it; that of the node with hostNetwork. */
export function hostsFile(
  pod: Pod,
  address: string,
  { nodeName, clusterDomain }: { nodeName: string; clusterDomain: string },
): string {
  const lines =
    pod.spec.hostNetwork === true ? nodeHosts(address, nodeName) : podHosts(pod, address, clusterDomain);
  const aliases = pod.spec.hostAliases ?? [];
  if (aliases.length > 0) {
    lines.push('', '# Entries added by HostAliases.');
    for (const { ip, hostnames = [] } of aliases) lines.push(`${ip}\t${hostnames.join('\t')}`);
  }
  return `${lines.join('\n')}\n`;
}

function podHosts(pod: Pod, address: string, clusterDomain: string): string[] {
  const full = qualifiedNameOf(pod, clusterDomain);
  const hostname = hostnameOf(pod);
  return [
    '# Kubernetes-managed hosts file.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'fe00::0\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
    `${address}\t${full === undefined ? hostname : `${full}\t${hostname}`}`,
  ];
}

function nodeHosts(address: string, nodeName: string): string[] {
  return ['# Kubernetes-managed hosts file (host network).', ...nodeHostsFile(address, nodeName)];
}

/** The lines of a node's own /etc/hosts. */
export function nodeHostsFile(address: string, nodeName: string): string[] {
  return [
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'ff00::0\tip6-mcastprefix',
    'ff02::1\tip6-allnodes',
    'ff02::2\tip6-allrouters',
    `${address}\t${nodeName}`,
  ];
}

interface DnsConfig {
  nameservers: string[];
  searches: string[];
  options: string[];
}

/**
 * /etc/resolv.conf by dnsPolicy and dnsConfig (k8s.io/kubernetes/pkg/kubelet/network/dns).
 * @param node what the node's own file has: it counts for dnsPolicy Default.
 */
export function resolvConf(pod: Pod, dnsServiceIp: string, clusterDomain: string, node: DnsConfig): string {
  const base = baseConfig(pod, dnsServiceIp, clusterDomain, node);
  const { dnsConfig = {} } = pod.spec;
  const nameservers = unique([...base.nameservers, ...(dnsConfig.nameservers ?? [])]);
  const searches = unique([...base.searches, ...(dnsConfig.searches ?? [])]);
  const added = (dnsConfig.options ?? []).map(({ name = '', value }) =>
    value === undefined || value === '' ? name : `${name}:${value}`,
  );
  const options = mergeOptions(base.options, added);
  return [
    ...(searches.length === 0 ? [] : [`search ${searches.join(' ')}`]),
    ...nameservers.map((server) => `nameserver ${server}`),
    ...(options.length === 0 ? [] : [`options ${options.join(' ')}`]),
    '',
  ].join('\n');
}

/** Options of the pod take the place of those of the same name, and otherwise come last. */
function mergeOptions(base: readonly string[], added: readonly string[]): string[] {
  const byName = new Map([...base, ...added].map((option) => [optionName(option), option]));
  return [...byName.values()];
}

function optionName(option: string): string {
  return option.split(':')[0] ?? option;
}

function unique(list: readonly string[]): string[] {
  return [...new Set(list)];
}

function baseConfig(pod: Pod, dnsServiceIp: string, clusterDomain: string, node: DnsConfig): DnsConfig {
  const policy = pod.spec.dnsPolicy ?? 'ClusterFirst';
  if (policy === 'None') return { nameservers: [], searches: [], options: [] };
  const clusterFirst =
    policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && pod.spec.hostNetwork !== true);
  if (!clusterFirst) return node;
  return {
    nameservers: [dnsServiceIp],
    searches: [`${pod.metadata.namespace ?? ''}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain],
    options: ['ndots:5'],
  };
}
