import { expect, test } from 'vitest';
import { VirtualClock } from '#emulator/clock.ts';
import { FakeKube } from '../../kube/testing/fake-kube.ts';
import { SERVICE, type KubeObject } from '../../kube/objects.ts';
import { LoadBalancerKeeper } from './keeper.ts';
import type { LoadBalancedService } from './services.ts';
import { loadBalancer } from './testing/services.ts';

const SUBNET = '172.18.0.0/16';
const NODE_PORTS = { first: 30_070, count: 2 };

function stage(
  options: { subnet?: string; nodePorts?: typeof NODE_PORTS } = { subnet: SUBNET, nodePorts: NODE_PORTS },
): {
  kube: FakeKube;
  clock: VirtualClock;
  keeper: LoadBalancerKeeper;
} {
  const kube = new FakeKube();
  const clock = new VirtualClock();
  kube.put({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'worker' },
    status: { addresses: [{ type: 'InternalIP', address: '172.18.255.201' }] },
  });
  return { kube, clock, keeper: new LoadBalancerKeeper(kube, { clock, ...options }) };
}

/** `name address nodePort` of every Service. */
function seen(kube: FakeKube): string[] {
  return kube.all('Service').map((object) => {
    const { metadata, spec, status } = object as LoadBalancedService;
    return [
      metadata.name,
      status?.loadBalancer?.ingress?.[0]?.ip ?? 'none',
      spec.ports?.map(({ nodePort }) => nodePort),
    ].join(' ');
  });
}

/** `type reason of name` of every Event. */
function told(kube: FakeKube): string[] {
  return kube.all('Event').map((event) => {
    const { name } = event['involvedObject'] as { name: string };
    return `${String(event['type'])} ${String(event['reason'])} of ${name}`;
  });
}

test('a Service gets an address and a published NodePort, and says so as in a cloud', async () => {
  const { kube, clock, keeper } = stage();
  using _ = keeper;
  kube.put(loadBalancer('web', {}, { age: 1 }));
  kube.put(loadBalancer('api', {}, { age: 2 }));
  await clock.advance(200);
  expect(seen(kube)).toEqual(['web 172.18.255.200 30070', 'api 172.18.255.202 30071']);
  expect(told(kube)).toEqual([
    'Normal EnsuringLoadBalancer of web',
    'Normal EnsuredLoadBalancer of web',
    'Normal EnsuringLoadBalancer of api',
    'Normal EnsuredLoadBalancer of api',
  ]);
});

test('without published NodePorts left there is an address, and one warning', async () => {
  const { kube, clock, keeper } = stage();
  using _ = keeper;
  for (const age of [1, 2, 3]) kube.put(loadBalancer(`s${age}`, {}, { age }));
  await clock.advance(200_000);
  expect(seen(kube)[2]).toBe('s3 172.18.255.203 31003');
  expect(told(kube).filter((line) => line.includes('Warning'))).toEqual([
    'Warning PublishedNodePortsExhausted of s3',
  ]);
  await kube.delete({ ...SERVICE, namespace: 'shop', name: 's1' });
  await clock.advance(200);
  expect(seen(kube)).toEqual(['s2 172.18.255.202 30071', 's3 172.18.255.203 30070']);
});

test('the address goes with the type', async () => {
  const { kube, clock, keeper } = stage();
  using _ = keeper;
  kube.put(loadBalancer('web', { type: 'NodePort' }, { address: '172.18.255.200' }));
  await clock.advance(200);
  expect(seen(kube)).toEqual(['web none 31000']);
});

test('where something else gives the addresses, only NodePorts are moved', async () => {
  const { kube, clock, keeper } = stage({ nodePorts: NODE_PORTS });
  using _ = keeper;
  kube.put(loadBalancer('web', {}, { address: '172.19.0.2' }));
  kube.put(loadBalancer('new', {}, { age: 1 }));
  await clock.advance(200);
  expect(seen(kube)).toEqual(['web 172.19.0.2 30070', 'new none 30071']);
  expect(told(kube)).toEqual([]);
});

test('two apps at once come to one answer', async () => {
  const { kube, clock, keeper } = stage();
  using _ = keeper;
  using _other = new LoadBalancerKeeper(kube, { clock, subnet: SUBNET, nodePorts: NODE_PORTS });
  for (const age of [1, 2]) kube.put(loadBalancer(`s${age}`, {}, { age }));
  await clock.advance(5000);
  expect(seen(kube)).toEqual(['s1 172.18.255.200 30070', 's2 172.18.255.202 30071']);
  expect(told(kube).filter((line) => line.includes('EnsuredLoadBalancer'))).toHaveLength(2);
});

test('a cluster that is away for a while is served when it is back', async () => {
  const { kube, clock, keeper } = stage();
  using _ = keeper;
  kube.down = true;
  kube.put(loadBalancer('web'));
  await clock.advance(30_000);
  expect(seen(kube)).toEqual(['web none 31000']);
  kube.down = false;
  kube.connection('connected');
  await clock.advance(200);
  expect(seen(kube)).toEqual(['web 172.18.255.200 30070']);
});

test('a Service that changes under the hand is changed from its new state', async () => {
  const { kube, clock, keeper } = stage();
  using _ = keeper;
  kube.put(loadBalancer('web'));
  const list = kube.list.bind(kube);
  // Somebody else's label comes between the look and the change.
  kube.list = async <T extends KubeObject>(...args: Parameters<FakeKube['list']>): Promise<T[]> => {
    const items = await list<T>(...args);
    const [object] = kube.all('Service');
    if (object !== undefined && object.metadata.labels === undefined)
      kube.put({ ...object, metadata: { ...object.metadata, labels: { changed: 'yes' } } });
    return items;
  };
  await clock.advance(1000);
  expect(seen(kube)).toEqual(['web 172.18.255.200 30070']);
  expect(kube.all('Service')[0]?.metadata.labels).toEqual({ changed: 'yes' });
});
