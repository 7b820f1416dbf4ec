import { describe, expect, it } from 'vitest';
import type { Endpoints, EndpointSlice, Service } from '../api/objects.ts';
import { ENDPOINT_SLICES, ENDPOINTS, SERVICES } from '../api/resources.ts';
import { createPod, reportPod } from './testing/cluster-fixture.ts';
import { cluster, useControllers } from './testing/running-controllers.ts';

useControllers();

async function createService(spec: Partial<Service['spec']>): Promise<void> {
  cluster.api.create(SERVICES, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'lab', name: 'web', labels: { team: 'blue' } },
    spec: { clusterIP: '10.96.5.5', ports: [{ port: 80, targetPort: 8080 }], ...spec },
    status: { loadBalancer: {} },
  });
  await cluster.clock.advance(10);
}

async function runPod(name: string, podIP: string, ready: boolean): Promise<void> {
  createPod(cluster.api, name, {}, { app: 'web' });
  await cluster.clock.advance(10);
  reportPod(cluster, name, { ready, podIP });
  await cluster.clock.advance(10);
}

const endpoints = (): Endpoints | undefined => cluster.api.get(ENDPOINTS, 'lab', 'web');
const subsets = () =>
  (endpoints()?.subsets ?? []).map(({ addresses = [], notReadyAddresses = [], ports = [] }) => ({
    ready: addresses.map(({ ip }) => ip),
    notReady: notReadyAddresses.map(({ ip }) => ip),
    ports: ports.map(({ name, port }) => `${name ?? ''}:${port}`),
  }));
const slices = (): EndpointSlice[] => cluster.api.list(ENDPOINT_SLICES, { namespace: 'lab' });

describe('Endpoints', () => {
  it('list the pods of a Service by readiness, sorted by address, and go with the Service', async () => {
    await createService({ selector: { app: 'web' } });
    expect(endpoints()?.metadata.labels).toEqual({
      team: 'blue',
      'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
    });
    expect(endpoints()?.subsets).toBeUndefined();
    await runPod('a', '10.244.2.7', true);
    await runPod('b', '10.244.1.7', true);
    await runPod('c', '10.244.1.8', false);
    expect(subsets()).toEqual([
      { ready: ['10.244.1.7', '10.244.2.7'], notReady: ['10.244.1.8'], ports: [':8080'] },
    ]);
    expect(endpoints()?.subsets?.[0]?.addresses?.[0]?.targetRef).toMatchObject({ kind: 'Pod', name: 'b' });
    cluster.api.delete(SERVICES, 'lab', 'web');
    await cluster.clock.advance(10);
    expect(endpoints()).toBeUndefined();
  });

  it('put ports in the order of a real cluster', async () => {
    // As recorded from Kubernetes 1.34 for seven ports named p1 to p7.
    const ports = [1, 2, 3, 4, 5, 6, 7].map((port) => ({ name: `p${port}`, port, targetPort: 80 }));
    await createService({ selector: { app: 'web' }, ports });
    await runPod('a', '10.244.1.7', true);
    expect(endpoints()?.subsets?.[0]?.ports?.map(({ name }) => name)).toEqual([
      'p4',
      'p1',
      'p3',
      'p5',
      'p7',
      'p2',
      'p6',
    ]);
  });

  it('of a headless Service need no ports, and a port that no pod names has no endpoints', async () => {
    await createService({ selector: { app: 'web' }, clusterIP: 'None', ports: [] });
    await runPod('a', '10.244.1.7', true);
    expect(subsets()).toEqual([{ ready: ['10.244.1.7'], notReady: [], ports: [] }]);
    expect(endpoints()?.metadata.labels).toHaveProperty(['service.kubernetes.io/headless'], '');
    cluster.api.mutate(SERVICES, 'lab', 'web', (draft) => {
      draft.spec.ports = [{ port: 80, targetPort: 'nowhere' }];
    });
    await cluster.clock.advance(10);
    expect(subsets()).toEqual([]);
  });
});

describe('Endpoints made by hand', () => {
  const create = async (labels: Record<string, string> = {}): Promise<void> => {
    cluster.api.create(ENDPOINTS, {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { namespace: 'lab', name: 'web', labels, annotations: { note: 'mine' } },
      subsets: [
        {
          addresses: [{ ip: '192.0.2.43' }, { ip: '192.0.2.42' }],
          notReadyAddresses: [{ ip: '192.0.2.44' }],
          ports: [{ port: 9376, protocol: 'TCP' }],
        },
      ],
    });
    await cluster.clock.advance(10);
  };

  it('become an EndpointSlice of a Service without a selector, and follow changes', async () => {
    await createService({});
    await create({ tier: 'db' });
    expect(slices()).toHaveLength(1);
    expect(slices()[0]).toMatchObject({
      metadata: {
        annotations: { note: 'mine' },
        labels: {
          tier: 'db',
          'kubernetes.io/service-name': 'web',
          'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
        },
        ownerReferences: [{ kind: 'Endpoints', name: 'web' }],
      },
      addressType: 'IPv4',
      endpoints: [
        { addresses: ['192.0.2.42'], conditions: { ready: true } },
        { addresses: ['192.0.2.43'], conditions: { ready: true } },
        { addresses: ['192.0.2.44'], conditions: { ready: false } },
      ],
      ports: [{ name: '', port: 9376, protocol: 'TCP' }],
    });
    const { name } = slices()[0]?.metadata ?? {};
    cluster.api.mutate(ENDPOINTS, 'lab', 'web', (draft) => {
      draft.subsets = [{ addresses: [{ ip: '192.0.2.9' }], ports: [{ port: 9376, protocol: 'TCP' }] }];
    });
    await cluster.clock.advance(10);
    expect(slices().map(({ metadata, endpoints: all }) => [metadata.name, all[0]?.addresses])).toEqual([
      [name, ['192.0.2.9']],
    ]);
    cluster.api.delete(ENDPOINTS, 'lab', 'web');
    await cluster.clock.advance(10);
    expect(slices()).toEqual([]);
  });

  it('are not mirrored without a Service, or when their label says so', async () => {
    await create();
    expect(slices()).toEqual([]);
    await createService({});
    expect(slices()).toHaveLength(1);
    cluster.api.mutate(ENDPOINTS, 'lab', 'web', (draft) => {
      draft.metadata.labels = { 'endpointslice.kubernetes.io/skip-mirror': 'true' };
    });
    await cluster.clock.advance(10);
    expect(slices()).toEqual([]);
  });
});
