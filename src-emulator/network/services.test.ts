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
  sources,
  stub,
  useThreeNodes,
  webService,
} from './three-nodes.ts';
import type { SocketAddress } from './types.ts';

useThreeNodes();

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
