import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import type { ServiceRule } from './service-rules.ts';
import { seededRandom } from './test-support.ts';
import { clock, network, stub, useThreeNodes } from './three-nodes.ts';
import type { NetworkStack, SocketAddress } from './types.ts';

useThreeNodes();

const NODES = ['control-plane', 'worker', 'worker2'] as const;
const NODE_ADDRESSES = ['172.18.0.2', '172.18.0.3', '172.18.0.4'];
const STATES = {
  ready: { ready: true },
  unready: { ready: false, serving: false },
  terminating: { ready: false, serving: true, terminating: true },
  gone: undefined,
};
type State = keyof typeof STATES;
type Policy = ServiceRule['internalPolicy'];

interface Backend {
  stack: NetworkStack;
  state: State;
}

interface Attempt {
  from: NetworkStack;
  to: SocketAddress;
  /** Whose endpoints may be used: those of this node, or all. */
  localTo: string | undefined;
}

/** Which endpoints a connection may go to, by the documentation of the policies and KEP-1669. */
function eligible(backends: readonly Backend[], { localTo }: Attempt): Backend[] | 'refused' | 'silent' {
  const usable = backends.filter(({ state }) => state === 'ready' || state === 'terminating');
  if (usable.length === 0) return 'refused';
  const near = usable.filter(({ stack }) => localTo === undefined || stack.nodeName === localTo);
  if (near.length === 0) return 'silent';
  const ready = near.filter(({ state }) => state === 'ready');
  return ready.length > 0 ? ready : near;
}

/** Says a word to whoever answers, and gets back whom that one saw. */
async function converse({ from, to }: Attempt): Promise<string> {
  let outcome: string | undefined;
  const spoken = async (): Promise<string> => {
    const socket = await from.connect(to, { timeoutMs: 500 });
    expect([socket.remoteAddress, socket.remotePort]).toEqual([to.address, to.port]);
    return text(socket.end('word'));
  };
  void spoken().then(
    (answer) => (outcome = answer),
    (error: unknown) => (outcome = (error as { code?: string }).code ?? String(error)),
  );
  for (let i = 0; i < 20 && outcome === undefined; i++) await clock.advance(100);
  return outcome ?? 'nothing';
}

test('every connection to a Service goes where its policies allow, and its answer comes back', async () => {
  const random = seededRandom(11);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const clients = NODES.map((node) => network.createPodStack(node));
  const backends: Backend[] = Array.from({ length: 5 }, (_, index) => ({
    stack: network.createPodStack(NODES[index % 3] ?? 'worker'),
    state: 'gone',
  }));
  for (const { stack } of backends)
    stack.listen(8080, (socket) => {
      void text(socket).then((word) => socket.end(`${word} ${socket.remoteAddress} ${stack.address}`));
    });

  for (let round = 0; round < 120; round++) {
    const [internal, external] = [pick<Policy>(['Cluster', 'Local']), pick<Policy>(['Cluster', 'Local'])];
    for (const backend of backends) backend.state = pick(Object.keys(STATES) as State[]);
    stub.service('shop/web', {
      type: 'NodePort',
      clusterIP: '10.96.1.1',
      internalTrafficPolicy: internal,
      externalTrafficPolicy: external,
      ports: [{ port: 80, nodePort: 30080 }],
    });
    stub.endpoints(
      'shop/web',
      backends.flatMap(({ stack, state }) => {
        const conditions = STATES[state];
        return conditions === undefined
          ? []
          : [{ addresses: [stack.address], nodeName: stack.nodeName ?? '', conditions }];
      }),
      [{ name: '', port: 8080, protocol: 'TCP' }],
    );
    const at = Math.floor(random() * 3);
    const node = NODES[at] ?? 'worker';
    const nodePort = { address: NODE_ADDRESSES[at] ?? '', port: 30080 };
    const inside = pick(clients);
    const attempts: Attempt[] = [
      {
        from: inside,
        to: { address: '10.96.1.1', port: 80 },
        localTo: internal === 'Local' ? inside.nodeName : undefined,
      },
      { from: network.host, to: nodePort, localTo: external === 'Local' ? node : undefined },
    ];
    for (const attempt of attempts) {
      const expected = eligible(backends, attempt);
      const seen = await converse(attempt);
      if (expected === 'refused') expect(seen).toBe('ECONNREFUSED');
      else if (expected === 'silent') expect(seen).toBe('ETIMEDOUT');
      else {
        const [word, source = '', server] = seen.split(' ');
        expect(word).toBe('word');
        expect(expected.map(({ stack }) => stack.address)).toContain(server);
        const isKept = attempt.from !== network.host || external === 'Local';
        if (isKept) expect(source).toBe(attempt.from.address);
        else expect([...NODE_ADDRESSES, '10.244.0.1', '10.244.1.1', '10.244.2.1']).toContain(source);
      }
    }
  }
});
