import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Service } from '../../api/objects.ts';
import { RealClock } from '../../clock.ts';
import type { HostPort } from '../../process-host-ports.ts';
import { createClusterNetwork, type ClusterNetwork } from '../cluster-network.ts';
import { ApiStub } from '../test-support.ts';
import type { NetworkStack } from '../types.ts';
import { claimsOf } from './claims.ts';
import { HostPorts } from './host-ports.ts';

const NODES = [
  { name: 'worker', address: '172.18.0.3', podCIDR: '10.244.1.0/24' },
  { name: 'worker2', address: '172.18.0.4', podCIDR: '10.244.2.0/24' },
];
let stub: ApiStub;
let network: ClusterNetwork;
let pod: NetworkStack;
let told: readonly HostPort[];
let hostPorts: HostPorts | undefined;
let blocker: Server | undefined;

beforeEach(() => {
  stub = new ApiStub();
  network = createClusterNetwork({
    clock: new RealClock(),
    api: stub.api,
    nodes: NODES,
    hostAddress: '172.18.0.1',
  });
  pod = network.createPodStack('worker2');
  told = [];
});
afterEach(async () => {
  await hostPorts?.close();
  hostPorts = undefined;
  network.close();
  blocker?.close();
  blocker = undefined;
});

function open(remembered: HostPort[] = []): HostPorts {
  hostPorts = new HostPorts({
    api: stub.api,
    clock: new RealClock(),
    host: network.host,
    nodes: NODES,
    remembered,
    onChange: (ports) => (told = ports),
  });
  return hostPorts;
}

function nodePortService(
  nodePort: number,
  protocol: 'TCP' | 'UDP' = 'TCP',
  spec: Partial<Service['spec']> = {},
) {
  stub.service('shop/web', {
    type: 'NodePort',
    clusterIP: '10.96.1.1',
    ports: [{ port: 80, nodePort, protocol }],
    ...spec,
  });
  stub.endpoints(
    'shop/web',
    [{ addresses: [pod.address], nodeName: 'worker2' }],
    [{ name: '', port: 8080, protocol }],
  );
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const portOf = (node: string): number =>
  told.find((entry) => entry.kind === 'NodePort' && entry.node === node)?.hostPort ?? 0;

async function failureOf(port: number): Promise<unknown> {
  const socket = connect(port, '127.0.0.1');
  const [error] = (await once(socket.resume(), 'error')) as [NodeJS.ErrnoException];
  return error.code;
}

test('a NodePort is reached on this machine, at its own number on the first node, as traffic of this machine', async () => {
  const nodePort = await freePort();
  pod.listen(8080, (socket) => {
    void text(socket).then((said) => socket.end(`${said} from ${socket.remoteAddress}`));
  });
  nodePortService(nodePort);
  await open().settled();
  expect(portOf('worker')).toBe(nodePort);
  for (const [node, source] of [
    ['worker', '172.18.0.3'],
    ['worker2', '10.244.2.1'],
  ] as const) {
    const socket = connect({ port: portOf(node), host: '127.0.0.1', allowHalfOpen: true });
    socket.end('hello');
    expect(await text(socket)).toBe(`hello from ${source}`);
  }
  nodePortService(nodePort, 'TCP', { externalTrafficPolicy: 'Local' });
  const socket = connect(portOf('worker2'), '127.0.0.1').end();
  expect(await text(socket)).toBe(' from 172.18.0.1');
});

test('a port that somebody else has is replaced by another one, and the list says so', async () => {
  blocker = createServer().listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  const { port } = blocker.address() as AddressInfo;
  nodePortService(port);
  pod.listen(8080, (socket) => socket.end('hello'));
  await open().settled();
  expect(portOf('worker')).not.toBe(port);
  expect(await text(connect(portOf('worker'), '127.0.0.1'))).toBe('hello');
});

test('a refusal in the cluster is a reset here; a port closes with its Service', async () => {
  const nodePort = await freePort();
  nodePortService(nodePort);
  const ports = open();
  await ports.settled();
  expect(await failureOf(nodePort)).toBe('ECONNRESET');
  stub.removeService('shop/web');
  await ports.settled();
  expect(told).toEqual([]);
  expect(await failureOf(nodePort)).toBe('ECONNREFUSED');
});

test('datagrams go in and their answers come back', async () => {
  const nodePort = await freePort();
  const server = pod.bindUdp(8080);
  server.onMessage((data, from) =>
    server.send(Buffer.from(`${Buffer.from(data).toString()} ${from.address}`), from),
  );
  nodePortService(nodePort, 'UDP');
  await open().settled();
  const client = createSocket('udp4');
  client.send('hello', portOf('worker'), '127.0.0.1');
  const [answer, from] = (await once(client, 'message')) as [Buffer, AddressInfo];
  expect([answer.toString(), from.port]).toEqual(['hello 172.18.0.3', portOf('worker')]);
  client.close();
});

test('after a restart the ports are those that were told before', async () => {
  const [nodePort, earlier] = [await freePort(), await freePort()];
  nodePortService(nodePort);
  await open([{ kind: 'NodePort', node: 'worker', nodePort, protocol: 'TCP', hostPort: earlier }]).settled();
  expect(portOf('worker')).toBe(earlier);
});

test('a load balancer has its own ports, or unprivileged ones, once it has an address', () => {
  const service = {
    metadata: { namespace: 'shop', name: 'web' },
    spec: { type: 'LoadBalancer', ports: [{ port: 80 }, { port: 8443 }] },
    status: { loadBalancer: {} },
  } as Service;
  expect(claimsOf([service], NODES)).toEqual([]);
  const addressed = { ...service, status: { loadBalancer: { ingress: [{ ip: '172.18.255.200' }] } } };
  expect(claimsOf([addressed], NODES)).toMatchObject([
    { preferred: [80, 8080], target: { address: '172.18.255.200', port: 80 } },
    { preferred: [8443], target: { address: '172.18.255.200', port: 8443 } },
  ]);
});
