import { text } from 'node:stream/consumers';
import { afterEach, beforeEach } from 'vitest';
import { VirtualClock } from '../clock.ts';
import { createClusterNetwork } from './cluster-network.ts';
import type { ClusterNetwork } from './cluster-network.ts';
import { ApiStub, seededRandom } from './test-support.ts';
import type { NetworkError, NetworkStack, SocketAddress } from './types.ts';

/** The one port of the Services here. */
export const HTTP = [{ name: '', port: 8080, protocol: 'TCP' as const }];
export let clock: VirtualClock;
export let stub: ApiStub;
export let network: ClusterNetwork;

/** Gives each test of a file a cluster of three nodes on virtual time; the variables above are then set. */
export function useThreeNodes(): void {
  beforeEach(setUp);
  afterEach(() => network.close());
}

function setUp(): void {
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
}

/** Answers every connection with the client's address and its own. */
export function serveAddresses(stack: NetworkStack, port = 8080): Disposable {
  return stack.listen(port, (socket) => socket.end(`${socket.remoteAddress} ${stack.address}`));
}

/** Who answers, and as whom that one sees the client. */
export async function ask(
  from: NetworkStack,
  to: SocketAddress,
): Promise<{ source: string; server: string }> {
  const socket = await from.connect(to);
  socket.end();
  const [source = '', server = ''] = (await text(socket)).split(' ');
  return { source, server };
}

/** Everybody who answers in a number of attempts, with the address that they see. */
export async function sources(from: NetworkStack, to: SocketAddress, times = 30): Promise<string[]> {
  const seen = new Set<string>();
  for (let i = 0; i < times; i++) {
    const { source, server } = await ask(from, to);
    seen.add(`${source} -> ${server}`);
  }
  return [...seen].sort();
}

/** What a connection attempt comes to, and after how many seconds. */
export async function failure(from: NetworkStack, to: SocketAddress): Promise<string> {
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
export function webService(spec: Partial<Parameters<ApiStub['service']>[1]> = {}, ingress: string[] = []) {
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
