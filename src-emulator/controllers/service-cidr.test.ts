import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ServiceCIDR } from '../api/objects.ts';
import { IP_ADDRESSES, SERVICE_CIDRS } from '../api/resources.ts';
import { startServiceCidrController } from './service-cidr.ts';
import { createClusterFixture, type ClusterFixture } from './testing/cluster-fixture.ts';

let cluster: ClusterFixture;
let controller: Disposable;

beforeEach(() => {
  cluster = createClusterFixture();
  controller = startServiceCidrController(cluster);
});
afterEach(() => controller[Symbol.dispose]());

async function createRange(name: string, cidr: string): Promise<void> {
  cluster.api.create(SERVICE_CIDRS, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name },
    spec: { cidrs: [cidr] },
  });
  await cluster.clock.advance(10);
}

function createAddress(name: string): void {
  cluster.api.create(IP_ADDRESSES, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: { name, labels: { 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' } },
    spec: { parentRef: { resource: 'services', namespace: 'lab', name: 'web' } },
  });
}

async function removeRange(name: string): Promise<void> {
  cluster.api.delete(SERVICE_CIDRS, undefined, name);
  await cluster.clock.advance(10);
}

const range = (name: string): ServiceCIDR | undefined => cluster.api.get(SERVICE_CIDRS, undefined, name);

test('makes a new range ready, and lets it go some seconds after its deletion', async () => {
  await createRange('more', '10.97.0.0/24');
  expect(range('more')?.status?.conditions).toMatchObject([
    { type: 'Ready', status: 'True', message: 'Kubernetes Service CIDR is ready' },
  ]);
  await removeRange('more');
  expect(range('more')).toBeDefined();
  await cluster.clock.advance(10_000);
  expect(range('more')).toBeUndefined();
});

test('keeps a deleted range while a Service has one of its addresses', async () => {
  await createRange('more', '10.97.0.0/24');
  createAddress('10.97.0.7');
  await removeRange('more');
  await cluster.clock.advance(20_000);
  expect(range('more')?.status?.conditions).toMatchObject([
    { type: 'Ready', status: 'False', reason: 'Terminating' },
  ]);
  cluster.api.delete(IP_ADDRESSES, undefined, '10.97.0.7');
  await cluster.clock.advance(10_000);
  expect(range('more')).toBeUndefined();
});

test('does not keep a range whose addresses are in another one, too', async () => {
  await createRange('wide', '10.96.0.0/12');
  await createRange('more', '10.97.0.0/24');
  createAddress('10.97.0.7');
  await removeRange('more');
  await cluster.clock.advance(10_000);
  expect(range('more')).toBeUndefined();
});
