import type { ObjectMeta } from '../objects.ts';
import { warningsForIp } from '../validation/network.ts';
import type { FullServiceSpec } from './service-types.ts';
import { isHeadless } from './service-types.ts';

/** What the server warns of in a valid Service (pkg/api/service/warnings.go). */
export function warningsForService(spec: FullServiceSpec, { annotations = {} }: ObjectMeta): string[] {
  const { clusterIPs = [], externalIPs = [], loadBalancerIP = '' } = spec;
  const warnings: string[] = [];
  if ('service.kubernetes.io/topology-aware-hints' in annotations)
    warnings.push(
      'annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead',
    );
  if (isHeadless(spec)) {
    if (loadBalancerIP !== '') warnings.push('spec.loadBalancerIP is ignored for headless services');
    if (externalIPs.length > 0) warnings.push('spec.externalIPs is ignored for headless services');
    if (spec.sessionAffinity !== 'None')
      warnings.push('spec.SessionAffinity is ignored for headless services');
  } else warnings.push(...clusterIPs.flatMap((ip, index) => warningsForIp(`spec.clusterIPs[${index}]`, ip)));
  warnings.push(...externalIPs.flatMap((ip, index) => warningsForIp(`spec.externalIPs[${index}]`, ip)));
  if (loadBalancerIP !== '') warnings.push(...warningsForIp('spec.loadBalancerIP', loadBalancerIP));
  if (spec.type === 'ExternalName' && externalIPs.length > 0)
    warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  if (spec.type !== 'ExternalName' && (spec.externalName ?? '') !== '')
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  return warnings;
}
