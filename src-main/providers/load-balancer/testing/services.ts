import type { LoadBalancedService } from '../services.ts';

/** A Service of type LoadBalancer for tests; `age`: higher is younger. */
export function loadBalancer(
  name: string,
  spec: Partial<LoadBalancedService['spec']> = {},
  { address, age = 0 }: { address?: string; age?: number } = {},
): LoadBalancedService {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name,
      namespace: 'shop',
      uid: `uid-${name}`,
      creationTimestamp: new Date(Date.UTC(2026, 0, 1, 0, age)).toISOString(),
    },
    spec: { type: 'LoadBalancer', ports: [{ port: 80, protocol: 'TCP', nodePort: 31_000 + age }], ...spec },
    status: { loadBalancer: address === undefined ? {} : { ingress: [{ ip: address }] } },
  };
}
