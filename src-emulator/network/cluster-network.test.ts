import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { seededRandom } from './test-support.ts';
import {
  ask,
  clock,
  failure,
  HTTP,
  network,
  serveAddresses,
  stub,
  useThreeNodes,
  webService,
} from './three-nodes.ts';
import type { NetworkStack, SocketAddress } from './types.ts';

useThreeNodes();

test('pods reach pods on any node under their own addresses', async () => {
  const client = network.createPodStack('worker');
  const near = network.createPodStack('worker');
  const far = network.createPodStack('worker2');
  serveAddresses(near);
  serveAddresses(far);
  expect(await ask(client, { address: near.address, port: 8080 })).toEqual({
    source: client.address,
    server: near.address,
  });
  expect((await ask(client, { address: far.address, port: 8080 })).source).toBe(client.address);
});

test('a node reaches local pods from the bridge, others from its own address; pods appear to other nodes as their node', async () => {
  const pod = network.createPodStack('worker');
  serveAddresses(pod);
  const to = { address: pod.address, port: 8080 };
  expect((await ask(network.nodeStack('worker'), to)).source).toBe('10.244.1.1');
  expect((await ask(network.nodeStack('worker2'), to)).source).toBe('172.18.0.4');
  serveAddresses(network.nodeStack('worker'), 9000);
  serveAddresses(network.nodeStack('worker2'), 9000);
  expect((await ask(pod, { address: '172.18.0.3', port: 9000 })).source).toBe(pod.address);
  expect((await ask(pod, { address: '172.18.0.4', port: 9000 })).source).toBe('172.18.0.3');
});

test('loopback stays inside a pod, and 127.0.0.1 listeners are not reachable from outside', async () => {
  const pod = network.createPodStack('worker');
  const other = network.createPodStack('worker');
  pod.listen(7000, (socket) => socket.end(socket.remoteAddress), '127.0.0.1');
  expect(await text(await pod.connect({ address: '127.0.0.1', port: 7000 }))).toBe('127.0.0.1');
  expect(await failure(other, { address: '127.0.0.1', port: 7000 })).toBe('ECONNREFUSED after 0 s');
  expect(await failure(other, { address: pod.address, port: 7000 })).toBe('ECONNREFUSED after 0 s');
});

test('a closed port refuses, an address that nobody has is silent', async () => {
  const { client, near } = webService();
  stub.service('shop/empty', { clusterIP: '10.96.1.2', ports: [{ port: 80 }] });
  expect(await failure(client, { address: near.address, port: 81 })).toBe('ECONNREFUSED after 0 s');
  expect(await failure(client, { address: '172.18.0.4', port: 81 })).toBe('ECONNREFUSED after 0 s');
  expect(await failure(client, { address: '10.96.1.2', port: 80 })).toBe('ECONNREFUSED after 0 s');
  expect(await failure(client, { address: '10.96.1.1', port: 81 })).toBe('ETIMEDOUT after 127 s');
  expect(await failure(client, { address: '10.96.9.9', port: 80 })).toBe('ETIMEDOUT after 127 s');
  expect(await failure(client, { address: '10.244.1.200', port: 80 })).toBe('ETIMEDOUT after 127 s');
  expect(await failure(client, { address: '8.8.8.8', port: 80 })).toBe('ETIMEDOUT after 127 s');
  expect(await failure(client, { address: '172.18.0.99', port: 80 })).toBe('EHOSTUNREACH after 3 s');
});

test('the host reaches nodes, but neither pods nor ClusterIPs', async () => {
  const { near, web } = webService();
  serveAddresses(network.nodeStack('worker'), 9000);
  expect((await ask(network.host, { address: '172.18.0.3', port: 9000 })).source).toBe('172.18.0.1');
  expect(await failure(network.host, { address: near.address, port: 8080 })).toBe('ETIMEDOUT after 127 s');
  expect(await failure(network.host, web)).toBe('ETIMEDOUT after 127 s');
});

test('a connection attempt succeeds when somebody answers a later retry', async () => {
  const client = network.createPodStack('worker');
  const attempt = client.connect({ address: '10.96.1.1', port: 80 });
  await clock.advance(500);
  webService();
  await clock.advance(600);
  expect((await attempt).remoteAddress).toBe('10.96.1.1');
});

test('a connection attempt ends with the signal or the time-out', async () => {
  const client = network.createPodStack('worker');
  const stop = new AbortController();
  const aborted = client.connect({ address: '8.8.8.8', port: 80 }, { signal: stop.signal });
  stop.abort(new Error('interrupted'));
  await expect(aborted).rejects.toThrow('interrupted');
  const slow = client.connect({ address: '8.8.8.8', port: 80 }, { timeoutMs: 2500 });
  const outcome = expect(slow).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  await clock.advance(2500);
  await outcome;
});

test('a replaced pod has a new address', () => {
  const first = network.createPodStack('worker');
  first.close();
  expect(network.createPodStack('worker').address).not.toBe(first.address);
});

test('no address is given twice', () => {
  const random = seededRandom(3);
  const live = new Map<string, NetworkStack>();
  for (let i = 0; i < 2000; i++) {
    const isFull = live.size >= 200;
    if (!isFull && random() < 0.6) {
      const stack = network.createPodStack('worker');
      expect(live.has(stack.address)).toBe(false);
      expect(stack.address).toMatch(/^10\.244\.1\.\d+$/);
      expect(stack.address).not.toMatch(/\.(0|1|255)$/);
      live.set(stack.address, stack);
    } else {
      const victim = [...live.values()][Math.floor(random() * live.size)];
      if (victim === undefined) continue;
      victim.close();
      live.delete(victim.address);
    }
  }
});

test('a full range is refused', () => {
  for (let i = 0; i < 253; i++) network.createPodStack('worker');
  expect(() => network.createPodStack('worker')).toThrow('no IP addresses available');
});

test('closing a pod resets its connections and frees its ports and address', async () => {
  const client = network.createPodStack('worker');
  const server = network.createPodStack('worker2');
  server.listen(80, (socket) => socket.resume());
  expect(() => server.listen(80, () => {})).toThrow('EADDRINUSE');
  expect(server.listeners()).toEqual([{ address: '0.0.0.0', port: 80 }]);
  const socket = await client.connect({ address: server.address, port: 80 });
  server.close();
  const [error] = (await once(socket, 'error')) as [Error];
  expect(error).toMatchObject({ code: 'ECONNRESET' });
  expect(await failure(client, { address: server.address, port: 80 })).toBe('ETIMEDOUT after 127 s');
});

test('pods and nodes answer ping, ClusterIPs and unknown addresses do not', async () => {
  const { client, near, far } = webService();
  const ping = async (from: NetworkStack, address: string): Promise<boolean> => {
    const result = from.ping(address, { timeoutMs: 2000 });
    await clock.advance(2000);
    return (await result) !== undefined;
  };
  for (const address of ['127.0.0.1', client.address, near.address, far.address, '172.18.0.4', '10.244.1.1'])
    expect([address, await ping(client, address)]).toEqual([address, true]);
  for (const address of ['10.96.1.1', '10.244.1.200', '8.8.8.8'])
    expect([address, await ping(client, address)]).toEqual([address, false]);
  expect(await ping(network.host, near.address)).toBe(false);
});

test('datagrams go through a ClusterIP and back, and a closed port is refused', async () => {
  const client = network.createPodStack('worker');
  const server = network.createPodStack('worker2');
  stub.service('shop/echo', { clusterIP: '10.96.1.5', ports: [{ port: 7, protocol: 'UDP' }] });
  stub.endpoints('shop/echo', [{ addresses: [server.address] }], [{ name: '', port: 7007, protocol: 'UDP' }]);
  const echo = server.bindUdp(7007);
  const seen: string[] = [];
  echo.onMessage((data, from) => {
    seen.push(from.address);
    echo.send(data, from);
  });
  const answers: SocketAddress[] = [];
  const refused: SocketAddress[] = [];
  for (const stack of [client, network.nodeStack('worker'), server]) {
    const socket = stack.bindUdp(0);
    socket.onMessage((_, from) => answers.push(from));
    socket.onRefused((to) => refused.push(to));
    socket.send(Buffer.from('hello'), { address: '10.96.1.5', port: 7 });
    socket.send(Buffer.from('hello'), { address: server.address, port: 9 });
  }
  await clock.advance(1);
  expect(seen).toEqual([client.address, '172.18.0.3', '10.244.2.1']);
  expect(answers).toEqual(Array(3).fill({ address: '10.96.1.5', port: 7 }));
  expect(refused).toHaveLength(3);
});

/** A UDP Service on two pods that answer with their own addresses, and a way to ask it from one socket. */
function udpService() {
  const client = network.createPodStack('worker');
  const servers = [network.createPodStack('worker'), network.createPodStack('worker2')];
  for (const server of servers) {
    const socket = server.bindUdp(7007);
    socket.onMessage((_, from) => socket.send(Buffer.from(server.address), from));
  }
  stub.service('shop/echo', { clusterIP: '10.96.1.5', ports: [{ port: 7, protocol: 'UDP' }] });
  const serve = (addresses: string[]): void =>
    stub.endpoints(
      'shop/echo',
      addresses.map((address) => ({ addresses: [address] })),
      [{ name: '', port: 7007, protocol: 'UDP' }],
    );
  serve(servers.map((server) => server.address));
  const socket = client.bindUdp(0);
  let answer = '';
  socket.onMessage((data) => (answer = Buffer.from(data).toString()));
  const askUdp = async (): Promise<string> => {
    answer = 'nothing';
    socket.send(Buffer.from('?'), { address: '10.96.1.5', port: 7 });
    await clock.advance(1);
    return answer;
  };
  return { servers, serve, askUdp };
}

test('a UDP flow stays with its pod whatever else changes, until that pod serves no more', async () => {
  const { servers, serve, askUdp } = udpService();
  const first = await askUdp();
  const other = servers.find((server) => server.address !== first)?.address ?? '';
  for (let i = 0; i < 10; i++) {
    serve(i % 2 === 0 ? [first] : [other, first]);
    expect(await askUdp()).toBe(first);
  }
  serve([other]);
  expect(await askUdp()).toBe(other);
  stub.removeService('shop/echo');
  expect(await askUdp()).toBe(other);
});

test('what a node tracks: open connections, closed ones for two minutes, each as that node sees it', async () => {
  const { client, far, web } = webService();
  stub.endpoints('shop/web', [{ addresses: [far.address], nodeName: 'worker2' }], HTTP);
  const socket = await client.connect(web);
  const tracked = network.nodeStack('worker').kernel.connections();
  expect(tracked).toMatchObject([
    {
      state: 'ESTABLISHED',
      original: { source: { address: client.address }, destination: web },
      reply: { source: { address: far.address, port: 8080 }, destination: { address: client.address } },
    },
  ]);
  expect(network.nodeStack('worker2').kernel.connections()[0]?.original.destination).toEqual({
    address: far.address,
    port: 8080,
  });
  expect(network.nodeStack('control-plane').kernel.connections()).toEqual([]);
  socket.destroy();
  await clock.advance(60_000);
  expect(network.nodeStack('worker').kernel.connections()).toMatchObject([
    { state: 'TIME_WAIT', secondsLeft: 60 },
  ]);
  await clock.advance(60_000);
  expect(network.nodeStack('worker').kernel.connections()).toEqual([]);
});

test('a host outside is reached by everybody, sees the public address, and reaches nothing inside', async () => {
  const example = network.outside.addHost({ address: '93.184.216.34', names: ['example.com'] });
  const { client, near } = webService({ type: 'NodePort', ports: [{ port: 80, nodePort: 31085 }] });
  serveAddresses(example, 80);
  const to = { address: '93.184.216.34', port: 80 };
  for (const stack of [client, network.nodeStack('worker'), network.host])
    expect((await ask(stack, to)).source).toBe('198.51.100.10');
  expect(await failure(client, { ...to, port: 81 })).toBe('ECONNREFUSED after 0 s');
  expect(await failure(example, { address: near.address, port: 8080 })).toBe('ETIMEDOUT after 127 s');
  expect(await failure(example, { address: '172.18.0.3', port: 31085 })).toBe('ETIMEDOUT after 127 s');
  expect(network.outside.lookup('example.com')).toEqual({ addresses: ['93.184.216.34'] });
  example.close();
  expect(network.outside.lookup('example.com')).toBeUndefined();
  expect(await failure(client, to)).toBe('ETIMEDOUT after 127 s');
});

test('a hostPort leads from every address of its node to the pod; only senders of the node itself are hidden', async () => {
  const mapping = { protocol: 'TCP', hostIP: '0.0.0.0', hostPort: 18080, containerPort: 8080 } as const;
  const loopback = { ...mapping, hostIP: '127.0.0.1', hostPort: 18082 };
  const pod = network.createPodStack('worker', [mapping, loopback]);
  serveAddresses(pod);
  const sourceFrom = async (from: NetworkStack, address: string, port = 18080): Promise<string> =>
    (await ask(from, { address, port })).source;
  const near = network.createPodStack('worker');
  const far = network.createPodStack('worker2');
  expect(await sourceFrom(pod, '172.18.0.3')).toBe('10.244.1.1');
  expect(await sourceFrom(near, '172.18.0.3')).toBe('10.244.1.1');
  expect(await sourceFrom(far, '172.18.0.3')).toBe('172.18.0.4');
  expect(await sourceFrom(network.nodeStack('worker'), '172.18.0.3')).toBe('172.18.0.3');
  expect(await sourceFrom(network.nodeStack('worker'), '127.0.0.1')).toBe('10.244.1.1');
  expect(await sourceFrom(network.nodeStack('worker'), '127.0.0.1', 18082)).toBe('10.244.1.1');
  expect(await sourceFrom(network.nodeStack('worker2'), '172.18.0.3')).toBe('172.18.0.4');
  expect(await sourceFrom(network.host, '172.18.0.3')).toBe(network.host.address);
  for (const [from, address, port] of [
    [far, '172.18.0.4', 18080],
    [near, '172.18.0.3', 18082],
    [near, '127.0.0.1', 18080],
  ] as const)
    expect(await failure(from, { address, port })).toBe('ECONNREFUSED after 0 s');

  pod.close();
  expect(await failure(far, { address: '172.18.0.3', port: 18080 })).toBe('ECONNREFUSED after 0 s');
});
