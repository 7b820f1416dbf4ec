import { describe, expect, it } from 'vitest';
import type { EndpointSlice, Pod, Service } from '../api/objects.ts';
import { ENDPOINT_SLICES, PODS, SERVICES } from '../api/resources.ts';
import { createPod, reportPod } from './testing/cluster-fixture.ts';
import { cluster, useControllers } from './testing/running-controllers.ts';

useControllers();

function createService(spec: Partial<Service['spec']> = {}): void {
  cluster.api.create(SERVICES, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'lab', name: 'web', labels: { team: 'blue' } },
    spec: {
      clusterIP: '10.96.5.5',
      selector: { app: 'web' },
      ports: [{ port: 80, targetPort: 8080 }],
      ...spec,
    },
    status: { loadBalancer: {} },
  });
}

const slices = (): EndpointSlice[] => cluster.api.list(ENDPOINT_SLICES, { namespace: 'lab' });
const endpoints = () =>
  slices()
    .flatMap((slice) => slice.endpoints)
    .map(({ addresses, conditions }) => ({ address: addresses[0], ...conditions }));

describe('EndpointSlices', () => {
  it('exist empty for a Service without pods, and not at all without a selector', async () => {
    createService();
    await cluster.clock.advance(10);
    const [slice] = slices();
    expect(slices()).toHaveLength(1);
    expect(slice).toMatchObject({
      endpoints: [],
      metadata: {
        generateName: 'web-',
        labels: {
          team: 'blue',
          'kubernetes.io/service-name': 'web',
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        },
        ownerReferences: [{ kind: 'Service', name: 'web' }],
      },
    });
    cluster.api.delete(SERVICES, 'lab', 'web');
    await cluster.clock.advance(10);
    expect(slices()).toHaveLength(0);
    createService({ selector: {} });
    await cluster.clock.advance(10);
    expect(slices()).toHaveLength(0);
  });

  it('follow readiness, termination and labels of the pods', async () => {
    createService();
    createPod(cluster.api, 'a', { terminationGracePeriodSeconds: 30 }, { app: 'web' });
    await cluster.clock.advance(10);
    reportPod(cluster, 'a', { ready: false, podIP: '10.244.1.7' });
    await cluster.clock.advance(10);
    const [before] = slices();
    expect(endpoints()).toEqual([
      { address: '10.244.1.7', ready: false, serving: false, terminating: false },
    ]);
    reportPod(cluster, 'a', { ready: true, podIP: '10.244.1.7' });
    await cluster.clock.advance(10);
    expect(endpoints()).toEqual([{ address: '10.244.1.7', ready: true, serving: true, terminating: false }]);
    expect(slices()[0]?.metadata.name).toBe(before?.metadata.name);
    cluster.api.delete(PODS, 'lab', 'a');
    await cluster.clock.advance(10);
    expect(endpoints()).toEqual([{ address: '10.244.1.7', ready: false, serving: true, terminating: true }]);
    cluster.api.mutate(PODS, 'lab', 'a', (pod: Pod) => (pod.metadata.labels = { app: 'other' }));
    await cluster.clock.advance(10);
    expect(endpoints()).toEqual([]);
    expect(slices()).toHaveLength(1);
  });

  it('publish unready pods when the Service says so', async () => {
    createService({ publishNotReadyAddresses: true });
    createPod(cluster.api, 'a', {}, { app: 'web' });
    await cluster.clock.advance(10);
    reportPod(cluster, 'a', { ready: false });
    await cluster.clock.advance(10);
    expect(endpoints()).toMatchObject([{ ready: true, serving: false }]);
  });

  it('resolve a named target port in each pod', async () => {
    createService({ ports: [{ name: 'http', port: 80, targetPort: 'web' }] });
    for (const [name, containerPort] of [
      ['a', 8080],
      ['b', 9090],
    ] as const) {
      createPod(
        cluster.api,
        name,
        { containers: [{ name: 'main', image: 'x', ports: [{ name: 'web', containerPort }] }] },
        { app: 'web' },
      );
      reportPod(cluster, name, { ready: true });
    }
    await cluster.clock.advance(10);
    expect(slices().map((slice) => slice.ports)).toEqual([
      [{ name: 'http', protocol: 'TCP', port: 8080 }],
      [{ name: 'http', protocol: 'TCP', port: 9090 }],
    ]);
  });

  it('hold at most 100 endpoints each', async () => {
    createService();
    for (let index = 0; index < 150; index++) {
      createPod(cluster.api, `p${index}`, {}, { app: 'web' });
      reportPod(cluster, `p${index}`, { ready: true, podIP: `10.244.1.${index}` });
    }
    await cluster.clock.advance(10);
    expect(slices().map((slice) => slice.endpoints.length)).toEqual([100, 50]);
  });
});
