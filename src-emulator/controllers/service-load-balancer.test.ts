import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Service } from '../api/objects.ts';
import { SERVICES } from '../api/resources.ts';
import { startServiceLoadBalancerController } from './service-load-balancer.ts';
import { createClusterFixture, eventsOf, type ClusterFixture } from './testing/cluster-fixture.ts';

const FINALIZER = 'service.kubernetes.io/load-balancer-cleanup';
let cluster: ClusterFixture;
let controller: Disposable;

beforeEach(() => {
  cluster = createClusterFixture();
  start();
});
afterEach(() => controller[Symbol.dispose]());

function start(): void {
  const addresses = ['172.18.255.200', '172.18.255.201'];
  controller = startServiceLoadBalancerController({ ...cluster, addresses });
}

async function create(name: string, spec: Record<string, unknown> = {}): Promise<void> {
  cluster.api.create(SERVICES, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'lab', name },
    spec: { type: 'LoadBalancer', ports: [{ port: 80 }], ...spec },
    status: { loadBalancer: {} },
  });
  await cluster.clock.advance(10);
}

async function change(name: string, change: (service: Service) => void): Promise<void> {
  cluster.api.mutate(SERVICES, 'lab', name, change);
  await cluster.clock.advance(10);
}

const service = (name: string): Service | undefined => cluster.api.get(SERVICES, 'lab', name);
const address = (name: string): string | undefined => service(name)?.status.loadBalancer.ingress?.[0]?.ip;

test('gives addresses in order, says so, and holds the Service until its load balancer is gone', async () => {
  await create('web');
  await create('api');
  expect([address('web'), address('api')]).toEqual(['172.18.255.200', '172.18.255.201']);
  expect(service('web')?.status.loadBalancer).toEqual({ ingress: [{ ip: '172.18.255.200', ipMode: 'VIP' }] });
  expect(service('web')?.metadata.finalizers).toEqual([FINALIZER]);
  cluster.api.delete(SERVICES, 'lab', 'web');
  await cluster.clock.advance(10);
  expect(service('web')).toBeUndefined();
  expect(eventsOf(cluster.api, 'web')).toEqual([
    'EnsuringLoadBalancer: Ensuring load balancer',
    'EnsuredLoadBalancer: Ensured load balancer',
    'DeletingLoadBalancer: Deleting load balancer',
    'DeletedLoadBalancer: Deleted load balancer',
  ]);
});

test('takes the address back when the type changes', async () => {
  await create('web');
  await change('web', (draft) => {
    draft.spec.type = 'ClusterIP';
  });
  expect(address('web')).toBeUndefined();
  expect(service('web')?.metadata.finalizers ?? []).toEqual([]);
});

test('leaves Services of a class to whoever serves it, and those without one to nobody else', async () => {
  await create('foreign', { loadBalancerClass: 'example.com/lb' });
  expect([address('foreign'), service('foreign')?.metadata.finalizers]).toEqual([undefined, undefined]);
  expect(eventsOf(cluster.api, 'foreign')).toEqual([]);
});

test('gives the address that is asked for, or another one and says why', async () => {
  await create('wish', { loadBalancerIP: '172.18.255.201' });
  expect(address('wish')).toBe('172.18.255.201');
  await create('late', { loadBalancerIP: '172.18.255.201' });
  expect(address('late')).toBe('172.18.255.200');
  expect(eventsOf(cluster.api, 'late')).toContain(
    'LoadBalancerIPNotAvailable: Address 172.18.255.201 is in use, or not one of 172.18.255.200-172.18.255.201',
  );
});

test('a Service that found no address gets one when another Service goes', async () => {
  for (const name of ['a', 'b', 'c']) await create(name);
  expect(address('c')).toBeUndefined();
  expect(eventsOf(cluster.api, 'c').join()).toContain('SyncLoadBalancerFailed: Error syncing load balancer');
  cluster.api.delete(SERVICES, 'lab', 'a');
  await cluster.clock.advance(6000);
  expect(address('c')).toBe('172.18.255.200');
});

test('a restart changes nothing; a change of ports is synced again', async () => {
  await create('web');
  controller[Symbol.dispose]();
  start();
  await cluster.clock.advance(10);
  expect(eventsOf(cluster.api, 'web')).toHaveLength(2);
  await change('web', (draft) => {
    draft.spec.ports = [{ port: 81 }];
  });
  expect(address('web')).toBe('172.18.255.200');
  expect(eventsOf(cluster.api, 'web')).toHaveLength(4);
});
