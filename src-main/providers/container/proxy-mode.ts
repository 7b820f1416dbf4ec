import { isAtLeast, type EngineInfo } from '../../engine/info.ts';

export type ProxyMode = 'iptables' | 'nftables';

/**
 * How kube-proxy programs the kernel. iptables is what Kubernetes does by default and what courses show. Kernels
 * of WSL2 are built without `xt_recent`, on which its session affinity rests: one Service with `ClientIP` breaks
 * every Service made after it. nftables (stable since Kubernetes 1.33, from kernel 5.13 on) needs no such module.
 */
export function proxyModeFor({ kernel }: Pick<EngineInfo, 'kernel'>, kubernetes: string): ProxyMode {
  const lacksModule = /microsoft/i.test(kernel);
  return lacksModule && isAtLeast(kernel, '5.13') && isAtLeast(kubernetes, '1.33') ? 'nftables' : 'iptables';
}
