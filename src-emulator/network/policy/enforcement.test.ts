import { text } from 'node:stream/consumers';
import { beforeEach, expect, test } from 'vitest';
import { clock, HTTP, network, stub, useThreeNodes } from '../three-nodes.ts';
import type { NetworkStack, SocketAddress } from '../types.ts';

let web: NetworkStack;
let client: NetworkStack;
let far: NetworkStack;
const SERVICE = { address: '10.96.1.1', port: 80 };
const selectsWeb = { podSelector: { matchLabels: { app: 'web' } } };

useThreeNodes();
beforeEach(() => {
  stub.namespace('shop');
  stub.namespace('other', { team: 'blue' });
  web = network.createPodStack('worker');
  client = network.createPodStack('worker');
  far = network.createPodStack('worker2');
  stub.pod('shop/web', web.address, { app: 'web' });
  stub.pod('shop/client', client.address, { app: 'client' });
  stub.pod('other/far', far.address, { app: 'client' });
  web.listen(8080, (socket) => socket.end(socket.remoteAddress));
  stub.service('shop/web', {
    type: 'NodePort',
    clusterIP: SERVICE.address,
    ports: [{ port: 80, nodePort: 31080 }],
  });
  stub.endpoints('shop/web', [{ addresses: [web.address], nodeName: 'worker' }], HTTP);
});

/** The source that the server saw; or what became of the attempt. */
async function reach(
  from: NetworkStack,
  to: SocketAddress = { address: web.address, port: 8080 },
): Promise<string> {
  let outcome: string | undefined;
  void from.connect(to, { timeoutMs: 3000 }).then(
    (socket) => text(socket.end()).then((seen) => (outcome = seen)),
    (error: unknown) => (outcome = (error as { code: string }).code),
  );
  for (let i = 0; i < 50 && outcome === undefined; i++) await clock.advance(100);
  return outcome ?? 'nothing';
}

test('denied connections meet silence, by Service and by pod address; the own node still comes in', async () => {
  expect(await reach(client)).toBe(client.address);
  stub.networkPolicy('shop/deny', selectsWeb);
  for (const from of [client, far]) {
    expect(await reach(from)).toBe('ETIMEDOUT');
    expect(await reach(from, SERVICE)).toBe('ETIMEDOUT');
  }
  expect(await reach(network.nodeStack('worker'))).toBe('10.244.1.1');
  expect(await reach(network.nodeStack('worker2'))).toBe('ETIMEDOUT');
  expect(await reach(network.host, { address: '172.18.0.3', port: 31080 })).toBe('ETIMEDOUT');
  expect(await reach(web, SERVICE)).toBe('10.244.1.1');
  stub.removeNetworkPolicy('shop/deny');
  expect(await reach(far)).toBe(far.address);
});

test('policies follow the labels of pods and namespaces', async () => {
  const blue = { namespaceSelector: { matchLabels: { team: 'blue' } } };
  stub.networkPolicy('shop/p', {
    ...selectsWeb,
    ingress: [{ from: [{ podSelector: { matchLabels: { role: 'friend' } } }, blue] }],
  });
  expect([await reach(client), await reach(far)]).toEqual(['ETIMEDOUT', far.address]);
  stub.pod('shop/client', client.address, { role: 'friend' });
  stub.namespace('other');
  expect([await reach(client), await reach(far)]).toEqual([client.address, 'ETIMEDOUT']);
});

test('a NodePort is judged by the source that arrives at the pod’s node', async () => {
  stub.networkPolicy('shop/p', {
    ...selectsWeb,
    ingress: [{ from: [{ ipBlock: { cidr: '172.18.0.4/32' } }] }],
  });
  // Through the other node the address of that node arrives; on the own node the client's is seen.
  expect(await reach(network.host, { address: '172.18.0.4', port: 31080 })).toBe('172.18.0.4');
  expect(await reach(network.host, { address: '172.18.0.3', port: 31080 })).toBe('ETIMEDOUT');
});

test('egress is judged after the destination was translated; answers and DNS need what they need', async () => {
  const toWeb = { to: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 8080 }] };
  stub.networkPolicy('shop/p', {
    podSelector: { matchLabels: { app: 'client' } },
    policyTypes: ['Egress'],
    egress: [toWeb],
  });
  expect(await reach(client, SERVICE)).toBe(client.address);
  far.listen(8080, (socket) => socket.end('far'));
  expect(await reach(client, { address: far.address, port: 8080 })).toBe('ETIMEDOUT');
  expect(await reach(web, { address: far.address, port: 8080 })).toBe('far');
  network.nodeStack('worker').listen(9000, (socket) => socket.end('node'));
  network.nodeStack('worker2').listen(9000, (socket) => socket.end('node'));
  expect(await reach(client, { address: '172.18.0.3', port: 9000 })).toBe('node');
  expect(await reach(client, { address: '172.18.0.4', port: 9000 })).toBe('ETIMEDOUT');
});

test('answers to datagrams pass although the pod may send none of its own, and pings are judged too', async () => {
  stub.networkPolicy('shop/p', { ...selectsWeb, policyTypes: ['Egress'] });
  const server = web.bindUdp(53);
  server.onMessage((data, from) => server.send(data, from));
  const got: string[] = [];
  const asking = client.bindUdp(5000);
  asking.onMessage((data) => got.push(Buffer.from(data).toString()));
  server.send(Buffer.from('unasked'), { address: client.address, port: 5000 });
  asking.send(Buffer.from('asked'), { address: web.address, port: 53 });
  await clock.advance(10);
  expect(got).toEqual(['asked']);
  const ping = async (from: NetworkStack, to: NetworkStack): Promise<boolean> => {
    const echo = from.ping(to.address, { timeoutMs: 1000 });
    await clock.advance(1000);
    return (await echo) !== undefined;
  };
  expect([await ping(client, web), await ping(web, client)]).toEqual([true, false]);
});
