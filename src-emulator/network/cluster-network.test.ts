import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { VirtualClock } from '../clock.ts';
import { createClusterNetwork } from './cluster-network.ts';
import type { ClusterNetwork } from './cluster-network.ts';
import { ApiStub, seededRandom } from './test-support.ts';
import type { NetworkError, NetworkStack, SocketAddress } from './types.ts';

const HTTP = [{ name: '', port: 8080, protocol: 'TCP' as const }];
let clock: VirtualClock;
let stub: ApiStub;
let network: ClusterNetwork;

beforeEach(() => {
  clock = new VirtualClock();
  stub = new ApiStub();
  network = createClusterNetwork({
    clock,
    api: stub.api,
    nodes: [
      { name: 'control-plane', address: '172.18.0.2', podCIDR: '10.244.0.0/24' },
      { name: 'worker', address: '172.18.0.3', podCIDR: '10.244.1.0/24' },
      { name: 'worker2', address: '172.18.0.4', podCIDR: '10.244.2.0/24' },
    ],
    hostAddress: '172.18.0.1',
    random: seededRandom(1),
  });
});
afterEach(() => network.close());

/** Answers every connection with the client's address and its own. */
function serveAddresses(stack: NetworkStack, port = 8080): Disposable {
  return stack.listen(port, (socket) => socket.end(`${socket.remoteAddress} ${stack.address}`));
}

async function ask(from: NetworkStack, to: SocketAddress): Promise<{ source: string; server: string }> {
  const socket = await from.connect(to);
  socket.end();
  const [source = '', server = ''] = (await text(socket)).split(' ');
  return { source, server };
}

async function sources(from: NetworkStack, to: SocketAddress, times = 30): Promise<string[]> {
  const seen = new Set<string>();
  for (let i = 0; i < times; i++) {
    const { source, server } = await ask(from, to);
    seen.add(`${source} -> ${server}`);
  }
  return [...seen].sort();
}

/** What a connection attempt comes to, and after how many seconds. */
async function failure(from: NetworkStack, to: SocketAddress): Promise<string> {
  const startedAt = clock.now();
  let outcome: string | undefined;
  void from.connect(to).then(
    () => (outcome = 'connected'),
    (error: unknown) =>
      (outcome = `${(error as NetworkError).code} after ${(clock.now() - startedAt) / 1000} s`),
  );
  for (let i = 0; i < 200 && outcome === undefined; i++) await clock.advance(1000);
  return outcome ?? 'nothing';
}

/** Two pods behind a Service, one per worker, and a client beside the first. */
function webService(spec: Partial<Parameters<ApiStub['service']>[1]> = {}, ingress: string[] = []) {
  const client = network.createPodStack('worker');
  const near = network.createPodStack('worker');
  const far = network.createPodStack('worker2');
  for (const pod of [near, far]) serveAddresses(pod);
  stub.service(
    'shop/web',
    { clusterIP: '10.96.1.1', ports: [{ port: 80, targetPort: 8080 }], ...spec },
    ingress,
  );
  const endpoints = [near, far].map((pod) => ({ addresses: [pod.address], nodeName: pod.nodeName ?? '' }));
  stub.endpoints('shop/web', endpoints, HTTP);
  return { client, near, far, web: { address: '10.96.1.1', port: 80 } };
}

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

test('a ClusterIP keeps the source of pods and hides that of nodes', async () => {
  const { client, near, far, web } = webService();
  expect(await sources(client, web)).toEqual([
    `${client.address} -> ${near.address}`,
    `${client.address} -> ${far.address}`,
  ]);
  expect(await sources(network.nodeStack('worker'), web)).toEqual([
    `10.244.1.1 -> ${near.address}`,
    `172.18.0.3 -> ${far.address}`,
  ]);
});

test('the client sees the ClusterIP as its peer', async () => {
  const { client, web } = webService();
  const socket = await client.connect(web);
  expect([socket.remoteAddress, socket.remotePort, socket.localAddress]).toEqual([
    '10.96.1.1',
    80,
    client.address,
  ]);
  socket.destroy();
});

test('a pod that reaches itself through its Service sees the bridge', async () => {
  const { near, far, web } = webService();
  expect(await sources(near, web)).toEqual([
    `10.244.1.1 -> ${near.address}`,
    `${near.address} -> ${far.address}`,
  ]);
});

test('a NodePort answers on every node and hides the source', async () => {
  const { client, near, far } = webService({ type: 'NodePort', ports: [{ port: 80, nodePort: 31080 }] });
  const onWorker = { address: '172.18.0.3', port: 31080 };
  const fromWorker = [`10.244.1.1 -> ${near.address}`, `172.18.0.3 -> ${far.address}`];
  expect(await sources(network.host, onWorker)).toEqual(fromWorker);
  expect(await sources(client, onWorker)).toEqual(fromWorker);
  expect(await sources(network.nodeStack('worker'), { ...onWorker, address: '127.0.0.1' })).toEqual(
    fromWorker,
  );
  expect(await sources(client, { address: '172.18.0.2', port: 31080 })).toEqual([
    `172.18.0.2 -> ${near.address}`,
    `172.18.0.2 -> ${far.address}`,
  ]);
});

test('under externalTrafficPolicy Local a NodePort keeps the source and is silent on nodes without a pod', async () => {
  const { client, near, far } = webService({
    type: 'NodePort',
    externalTrafficPolicy: 'Local',
    ports: [{ port: 80, nodePort: 31081 }],
  });
  const on = (address: string): SocketAddress => ({ address, port: 31081 });
  expect(await sources(network.host, on('172.18.0.3'))).toEqual([`172.18.0.1 -> ${near.address}`]);
  expect(await failure(network.host, on('172.18.0.2'))).toBe('ETIMEDOUT after 127 s');
  expect(await sources(client, on('172.18.0.4'))).toEqual([`172.18.0.3 -> ${far.address}`]);
  expect(await failure(client, on('172.18.0.2'))).toBe('ETIMEDOUT after 127 s');
  expect(await sources(client, on('172.18.0.3'))).toEqual([
    `${client.address} -> ${near.address}`,
    `${client.address} -> ${far.address}`,
  ]);
});

test('internalTrafficPolicy Local uses pods of the own node only', async () => {
  const { client, near, web } = webService({ internalTrafficPolicy: 'Local' });
  expect(await sources(client, web)).toEqual([`${client.address} -> ${near.address}`]);
  expect(await failure(network.createPodStack('control-plane'), web)).toBe('ETIMEDOUT after 127 s');
});

test('externalIPs lead to the pods from inside, and under Local from outside to those of the node only', async () => {
  const spec = {
    type: 'NodePort' as const,
    externalIPs: ['192.0.2.7'],
    ports: [{ port: 80, nodePort: 31082 }],
  };
  const { client, near, far } = webService(spec);
  expect(await sources(client, { address: '192.0.2.7', port: 80 })).toEqual([
    `10.244.1.1 -> ${near.address}`,
    `172.18.0.3 -> ${far.address}`,
  ]);
  expect(await failure(client, { address: '192.0.2.7', port: 81 })).toBe('ETIMEDOUT after 127 s');
  expect(await failure(network.host, { address: '192.0.2.7', port: 80 })).toBe('ETIMEDOUT after 127 s');
});

test('loadBalancerSourceRanges keep others out of the address, but not out of the NodePort', async () => {
  const spec = {
    type: 'LoadBalancer' as const,
    loadBalancerSourceRanges: ['10.244.1.0/24'],
    ports: [{ port: 80, nodePort: 31083 }],
  };
  const { client } = webService(spec, ['172.18.255.1']);
  const to = { address: '172.18.255.1', port: 80 };
  await ask(client, to);
  expect(await failure(network.createPodStack('worker2'), to)).toBe('ETIMEDOUT after 127 s');
  expect(await failure(network.host, to)).toBe('ETIMEDOUT after 127 s');
  await ask(network.host, { address: '172.18.0.3', port: 31083 });
  stub.endpoints('shop/web', [], HTTP);
  expect(await failure(network.host, to)).toBe('ECONNREFUSED after 0 s');
});

test('an address whose load balancer works as a proxy is not taken over by the nodes', async () => {
  const { client } = webService({ type: 'LoadBalancer' }, ['172.18.255.1']);
  stub.service('shop/web', { type: 'LoadBalancer', clusterIP: '10.96.1.1', ports: [{ port: 80 }] }, [
    { ip: '172.18.255.1', ipMode: 'Proxy' },
  ]);
  expect(await failure(client, { address: '172.18.255.1', port: 80 })).toBe('EHOSTUNREACH after 3 s');
});

test('the health check port of a Service under Local says which nodes have a ready pod', async () => {
  webService({
    type: 'LoadBalancer',
    externalTrafficPolicy: 'Local',
    healthCheckNodePort: 32000,
    ports: [{ port: 80, nodePort: 31084 }],
  });
  await clock.advance(1);
  const check = async (address: string): Promise<string> => {
    const socket = await network.host.connect({ address, port: 32000 });
    socket.end('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    return await text(socket);
  };
  const good = await check('172.18.0.3');
  expect(good).toMatch(/^HTTP\/1.1 200 OK\r\n/);
  expect(good).toContain('X-Load-Balancing-Endpoint-Weight: 1\r\n');
  expect(good.split('\r\n\r\n')[1]).toBe(
    '{\n\t"service": {\n\t\t"namespace": "shop",\n\t\t"name": "web"\n\t},\n' +
      '\t"localEndpoints": 1,\n\t"serviceProxyHealthy": true\n}',
  );
  expect(await check('172.18.0.2')).toMatch(/^HTTP\/1.1 503 [^]*"localEndpoints": 0,/);
  stub.removeService('shop/web');
  await clock.advance(1);
  expect(await failure(network.host, { address: '172.18.0.3', port: 32000 })).toBe('ECONNREFUSED after 0 s');
});

test('trafficDistribution PreferSameNode keeps connections on the node while it has a ready pod', async () => {
  const { client, near, far, web } = webService();
  const hinted = [near, far].map((pod) => ({
    addresses: [pod.address],
    nodeName: pod.nodeName ?? '',
    hints: { forNodes: [{ name: pod.nodeName ?? '' }] },
  }));
  stub.endpoints('shop/web', hinted, HTTP);
  expect(await sources(client, web)).toEqual([`${client.address} -> ${near.address}`]);
  expect((await sources(network.createPodStack('control-plane'), web)).length).toBe(2);
});

test('a load balancer address reaches the pods, from the host too', async () => {
  const { client, near, far } = webService({ type: 'LoadBalancer', externalTrafficPolicy: 'Local' }, [
    '172.18.255.1',
  ]);
  const to = { address: '172.18.255.1', port: 80 };
  expect(await sources(network.host, to)).toEqual([`172.18.0.1 -> ${near.address}`]);
  expect(await sources(client, to)).toEqual([
    `${client.address} -> ${near.address}`,
    `${client.address} -> ${far.address}`,
  ]);
});

test('sessionAffinity ClientIP keeps a client on its pod until it was away for the time-out', async () => {
  const { client, web } = webService({
    sessionAffinity: 'ClientIP',
    sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } },
  });
  const visited = new Set<string>();
  for (let i = 0; i < 20; i++) {
    const first = (await ask(client, web)).server;
    await clock.advance(59_000);
    expect(await sources(client, web, 5)).toEqual([`${client.address} -> ${first}`]);
    visited.add(first);
    await clock.advance(60_000);
  }
  expect(visited.size).toBe(2);
});

test('only ready endpoints get connections; serving ones that terminate only when none is ready', async () => {
  const pods = Array.from({ length: 4 }, () => network.createPodStack('worker2'));
  for (const pod of pods) serveAddresses(pod);
  const client = network.createPodStack('worker');
  const web = { address: '10.96.1.1', port: 80 };
  stub.service('shop/web', { clusterIP: web.address, ports: [{ port: 80 }] });
  const random = seededRandom(7);
  for (let round = 0; round < 60; round++) {
    const states = pods.map(
      () => (['ready', 'unready', 'terminating', 'gone'] as const)[Math.floor(random() * 4)],
    );
    const conditions = {
      ready: { ready: true },
      unready: { ready: false, serving: false },
      terminating: { ready: false, serving: true, terminating: true },
    };
    stub.endpoints(
      'shop/web',
      pods.flatMap((pod, i) => {
        const state = states[i] ?? 'gone';
        return state === 'gone' ? [] : [{ addresses: [pod.address], conditions: conditions[state] }];
      }),
      HTTP,
    );
    const inState = (state: string): string[] =>
      pods.filter((_, i) => states[i] === state).map((pod) => pod.address);
    const allowed = inState('ready').length > 0 ? inState('ready') : inState('terminating');
    if (allowed.length === 0) expect(await failure(client, web)).toBe('ECONNREFUSED after 0 s');
    else for (let i = 0; i < 5; i++) expect(allowed).toContain((await ask(client, web)).server);
  }
});

test('a Service that goes away becomes silent', async () => {
  const { client, web } = webService();
  await ask(client, web);
  stub.removeService('shop/web');
  expect(await failure(client, web)).toBe('ETIMEDOUT after 127 s');
});

test('a Service follows changes of its ports and address; without its EndpointSlice it refuses', async () => {
  const { client, near, far, web } = webService();
  const names = [near, far].map((pod) => pod.address);
  expect(names).toContain((await ask(client, web)).server);
  stub.service('shop/web', { clusterIP: '10.96.1.1', ports: [{ port: 8000 }] });
  expect(await failure(client, web)).toBe('ETIMEDOUT after 127 s');
  expect(names).toContain((await ask(client, { address: web.address, port: 8000 })).server);
  stub.removeService('shop/web');
  stub.service('shop/heir', { clusterIP: '10.96.1.1', ports: [{ port: 8000 }] });
  expect(await failure(client, { address: web.address, port: 8000 })).toBe('ECONNREFUSED after 0 s');
  stub.service('shop/web', { clusterIP: '10.96.1.7', ports: [{ port: 80 }] });
  expect(names).toContain((await ask(client, { address: '10.96.1.7', port: 80 })).server);
  stub.removeEndpoints('shop/web');
  expect(await failure(client, { address: '10.96.1.7', port: 80 })).toBe('ECONNREFUSED after 0 s');
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
  const tracked = network.connectionsOf('worker');
  expect(tracked).toMatchObject([
    {
      state: 'ESTABLISHED',
      original: { source: { address: client.address }, destination: web },
      reply: { source: { address: far.address, port: 8080 }, destination: { address: client.address } },
    },
  ]);
  expect(network.connectionsOf('worker2')[0]?.original.destination).toEqual({
    address: far.address,
    port: 8080,
  });
  expect(network.connectionsOf('control-plane')).toEqual([]);
  socket.destroy();
  await clock.advance(60_000);
  expect(network.connectionsOf('worker')).toMatchObject([{ state: 'TIME_WAIT', secondsLeft: 60 }]);
  await clock.advance(60_000);
  expect(network.connectionsOf('worker')).toEqual([]);
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
