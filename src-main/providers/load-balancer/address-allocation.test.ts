import { expect, test } from 'vitest';
import { allocateAddresses, type AddressInput } from './address-allocation.ts';
import { serviceAddresses } from './ipv4.ts';
import type { LoadBalancedService } from './services.ts';
import { loadBalancer } from './testing/services.ts';

test.each([
  ['172.18.0.0/16', '172.18.255.200', '172.18.255.250', 51],
  ['172.18.5.9/16', '172.18.255.200', '172.18.255.250', 51],
  ['192.168.97.0/24', '192.168.97.200', '192.168.97.250', 51],
  ['10.89.0.0/20', '10.89.15.200', '10.89.15.250', 51],
  ['10.89.0.64/26', '10.89.0.112', '10.89.0.126', 15],
  ['200.0.0.0/8', '200.255.255.200', '200.255.255.250', 51],
])('of %s Services get %s to %s', (subnet, first, last, count) => {
  const addresses = serviceAddresses(subnet);
  expect([addresses.at(0), addresses.at(-1), addresses.length]).toEqual([first, last, count]);
});

test.each(['fc00:f853:ccd:e793::/64', '172.18.0.0', '172.18.0.0/31', '172.18.0/16', '300.0.0.0/8', ''])(
  '%j is refused',
  (subnet) => {
    expect(() => serviceAddresses(subnet)).toThrow(RangeError);
  },
);

const POOL = ['172.18.255.200', '172.18.255.201', '172.18.255.202'];
const [FIRST = '', SECOND = '', THIRD = ''] = POOL;

/** What each changed Service gets, by name. */
function changes(
  services: LoadBalancedService[],
  rest: Partial<AddressInput> = {},
): Record<string, string | null | undefined> {
  const found = allocateAddresses({ services, pool: POOL, taken: [], ...rest });
  return Object.fromEntries(found.map(({ service, address }) => [service.metadata.name, address]));
}

test('the oldest Service without an address gets the first that is free', () => {
  const services = [
    loadBalancer('young', {}, { age: 3 }),
    loadBalancer('has', {}, { age: 2, address: FIRST }),
    loadBalancer('old', {}, { age: 1 }),
  ];
  expect(changes(services)).toEqual({ old: SECOND, young: THIRD });
  expect(changes(services.toReversed())).toEqual({ old: SECOND, young: THIRD });
});

test('nothing of a node, an external address or another load balancer is given', () => {
  const services = [
    loadBalancer('new', {}, { age: 5 }),
    loadBalancer('external', { type: 'ClusterIP', externalIPs: [SECOND] }),
    loadBalancer('other', { loadBalancerClass: 'example.com/lb' }, { address: THIRD }),
  ];
  expect(changes(services, { taken: [FIRST] })).toEqual({ new: undefined });
  expect(changes(services)).toEqual({ new: FIRST });
});

test('Services of another class, with a foreign address, or that are being deleted are left alone', () => {
  const deleted = loadBalancer('deleted');
  deleted.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
  expect(
    changes([
      loadBalancer('class', { loadBalancerClass: 'example.com/lb' }),
      loadBalancer('foreign', {}, { address: '172.18.0.9' }),
      deleted,
    ]),
  ).toEqual({});
});

test('an address is taken away with the type', () => {
  const services = [
    loadBalancer('was', { type: 'NodePort' }, { address: FIRST }),
    loadBalancer('foreign', { type: 'ClusterIP' }, { address: '172.18.0.9' }),
  ];
  expect(changes(services)).toEqual({ was: null });
});

test('of two with one address the older keeps it', () => {
  const services = [
    loadBalancer('a', {}, { age: 2, address: FIRST }),
    loadBalancer('b', {}, { age: 1, address: FIRST }),
  ];
  expect(changes(services)).toEqual({ a: SECOND });
});

test('the address of a node that joined later is given back', () => {
  expect(changes([loadBalancer('a', {}, { address: FIRST })], { taken: [FIRST] })).toEqual({ a: SECOND });
});

test('spec.loadBalancerIP is honoured when it is free and in the range', () => {
  expect(changes([loadBalancer('a', { loadBalancerIP: THIRD })])).toEqual({ a: THIRD });
  expect(changes([loadBalancer('a', { loadBalancerIP: THIRD }, { address: FIRST })])).toEqual({ a: THIRD });
  expect(changes([loadBalancer('a', { loadBalancerIP: FIRST }, { address: FIRST })])).toEqual({});
});

test('another one is given, and said, when it is not', () => {
  const services = [
    loadBalancer('has', {}, { age: 1, address: FIRST }),
    loadBalancer('asks', { loadBalancerIP: FIRST }, { age: 2 }),
    loadBalancer('outside', { loadBalancerIP: '10.0.0.1' }, { age: 3 }),
  ];
  const found = allocateAddresses({ services, pool: POOL, taken: [] });
  expect(found).toMatchObject([
    { address: SECOND, refused: FIRST },
    { address: THIRD, refused: '10.0.0.1' },
  ]);
  expect(changes([loadBalancer('asks', { loadBalancerIP: '10.0.0.1' }, { address: THIRD })])).toEqual({});
});

test('when all are in use, the youngest go without', () => {
  const services = Array.from({ length: 5 }, (_, age) => loadBalancer(`s${age}`, {}, { age }));
  expect(changes(services)).toEqual({ s0: FIRST, s1: SECOND, s2: THIRD, s3: undefined, s4: undefined });
});
