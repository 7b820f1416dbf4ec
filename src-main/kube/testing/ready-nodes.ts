import type { KubeObject } from '../objects.ts';

/** What a cluster has that is ready: nodes (some of them may not be), and DNS with a server. */
export function readyNodes(...ready: boolean[]): KubeObject[] {
  const nodes = (ready.length === 0 ? [true] : ready).map((isReady, index) =>
    node(`node-${index + 1}`, isReady),
  );
  return [...nodes, DNS];
}

export function node(name: string, ready: boolean): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

const DNS: KubeObject = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    name: 'kube-dns-1',
    namespace: 'kube-system',
    labels: { 'kubernetes.io/service-name': 'kube-dns' },
  },
  endpoints: [{ addresses: ['10.0.0.53'], conditions: { ready: true } }],
};
