import type { KubeObject } from '../kube/objects.ts';

/** Who sees to it that NetworkPolicies hold. Without anybody they are objects that nobody reads. */
export type PolicyEngine =
  | { state: 'enforced'; by: string }
  /** What connects the pods is known not to. */
  | { state: 'ignored'; by: string }
  | { state: 'unknown' };

interface DaemonSet extends KubeObject {
  spec?: { template?: { spec?: { containers?: { name?: string; image?: string }[] } } };
}

/** DaemonSets of network plug-ins that enforce NetworkPolicies whenever they run. */
const ENFORCERS: readonly [RegExp, string][] = [
  [/^calico-node$/, 'Calico'],
  [/^(rke2-)?canal$/, 'Canal'],
  [/^cilium$/, 'Cilium'],
  [/^anetd$/, 'GKE Dataplane V2'],
  [/^antrea-agent$/, 'Antrea'],
  [/^kube-router$/, 'kube-router'],
  [/^weave-net$/, 'Weave Net'],
  [/^azure-npm$/, 'Azure NPM'],
  [/^ovnkube-node/, 'OVN-Kubernetes'],
  [/^kube-ovn-cni$/, 'Kube-OVN'],
  [/^kube-network-policies$/, 'kube-network-policies'],
];

/** kindnet does since kind 0.24: https://github.com/kubernetes-sigs/kind/releases/tag/v0.24.0 */
const KINDNET_SINCE = 20240813;

/** How the nodes of the emulated cluster are named to Kubernetes. Its network enforces NetworkPolicies itself. */
const EMULATED_NODE = /^switchyard:\/\//;

/**
 * Looks for what enforces NetworkPolicies, by the names that network plug-ins are installed under.
 * @param version of Kubernetes: K3s has a controller of its own inside.
 * @param providerIds spec.providerID of the nodes, as far as they may be looked at.
 */
export function policyEngineOf(
  daemonSets: readonly KubeObject[],
  version: string,
  providerIds: readonly string[] = [],
): PolicyEngine {
  if (providerIds.some((id) => EMULATED_NODE.test(id))) return { state: 'enforced', by: 'Switchyard' };
  for (const set of daemonSets as readonly DaemonSet[]) {
    const { name } = set.metadata;
    const known = ENFORCERS.find(([pattern]) => pattern.test(name));
    if (known !== undefined) return { state: 'enforced', by: known[1] };
    const containers = set.spec?.template?.spec?.containers ?? [];
    // https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html
    if (name === 'aws-node')
      return containers.some((container) => container.name === 'aws-eks-nodeagent')
        ? { state: 'enforced', by: 'Amazon VPC CNI' }
        : { state: 'ignored', by: 'Amazon VPC CNI' };
    if (name === 'kindnet') {
      const date = Number(/:v(\d{8})/.exec(containers[0]?.image ?? '')?.[1]);
      if (date >= KINDNET_SINCE) return { state: 'enforced', by: 'kindnet' };
      return date > 0 ? { state: 'ignored', by: 'kindnet' } : { state: 'unknown' };
    }
  }
  // https://docs.k3s.io/networking/networking-services#network-policy-controller
  if (/\+k3s/.test(version)) return { state: 'enforced', by: 'K3s' };
  const flannel = daemonSets.some(({ metadata }) => metadata.name.startsWith('kube-flannel'));
  return flannel ? { state: 'ignored', by: 'Flannel' } : { state: 'unknown' };
}
