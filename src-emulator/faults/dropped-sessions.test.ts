/** Exec sessions that end in every way: none leaves anything behind. */
import type { EventEmitter } from 'node:events';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CoreV1Api, KubeConfig, type V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';
import type { Literal } from '../client-library/literal.ts';
import { startCluster, type Cluster } from '../cluster.ts';

const SESSIONS = 1000;
const AT_ONCE = 25;
/** What so many sessions may leave in memory: caches and compiled code, but nothing for each of them. */
const MOST_GROWTH_BYTES = 16 * 1024 * 1024;

let cluster: Cluster;
let identity: ClientOptions;
let tls: ConnectionOptions;
beforeAll(async () => {
  cluster = await startCluster({ workers: 1 });
  const config = new KubeConfig();
  config.loadFromString(cluster.kubeconfig);
  identity = {};
  await config.applyToHTTPSOptions(identity);
  tls = {};
  await config.applyToHTTPSOptions(tls);
  const core = config.makeApiClient(CoreV1Api);
  const container = { name: 'sh', image: 'busybox:1.36', command: ['sleep', 'infinity'] };
  const body: Literal<V1Pod> = { metadata: { name: 'pod' }, spec: { containers: [container] } };
  const namespace = 'default';
  await vi.waitFor(() => core.createNamespacedPod({ namespace, body }), { timeout: 20_000 });
  await vi.waitFor(
    async () => {
      const { status } = await core.readNamespacedPod({ namespace, name: 'pod' });
      expect(status?.phase).toBe('Running');
    },
    { timeout: 20_000 },
  );
});
afterAll(() => cluster.stop());

function exec(command: string[], options: Record<string, string>): WebSocket {
  const query = new URLSearchParams({ stdout: 'true', ...options });
  for (const word of command) query.append('command', word);
  const address = `${cluster.url.replace('https', 'wss')}/api/v1/namespaces/default/pods/pod/exec?${query}`;
  const socket = new WebSocket(address, ['v5.channel.k8s.io'], { ...identity, perMessageDeflate: false });
  socket.on('error', () => undefined);
  return socket;
}

const happens = (emitter: EventEmitter, event: string): Promise<void> =>
  new Promise((resolve) => {
    emitter.once(event, () => resolve());
  });

async function closed(socket: WebSocket): Promise<void> {
  if (socket.readyState !== socket.CLOSED) await happens(socket, 'close');
}

/** Sends a request to run a shell, and nothing more. */
async function upgradeByHand(protocol: string): Promise<TLSSocket> {
  const { hostname: host, port } = new URL(cluster.url);
  const socket = connect({ ...tls, host, port: Number(port) });
  socket.on('error', () => undefined);
  await happens(socket, 'secureConnect');
  socket.write(
    'GET /api/v1/namespaces/default/pods/pod/exec?stdin=true&stdout=true&tty=true&command=sh HTTP/1.1\r\n' +
      `Host: x\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
      'Sec-WebSocket-Protocol: v5.channel.k8s.io\r\n\r\n',
  );
  return socket;
}

/** What a command prints. */
async function output(command: string[]): Promise<string> {
  const socket = exec(command, { stderr: 'true' });
  let text = '';
  socket.on('message', (data: Buffer) => {
    if (data[0] === 1) text += data.subarray(1).toString();
  });
  await closed(socket);
  return text;
}

/** The ways in which a session ends. */
const ENDINGS: (() => Promise<void>)[] = [
  async () => {
    const socket = exec(['sh'], { stdin: 'true', tty: 'true' });
    await happens(socket, 'message');
    socket.close();
    await closed(socket);
  },
  async () => {
    const socket = exec(['sh'], { stdin: 'true', tty: 'true' });
    await happens(socket, 'open');
    socket.terminate();
    await closed(socket);
  },
  async () => {
    const socket = exec(['cat'], { stdin: 'true' });
    await happens(socket, 'open');
    socket.send(Buffer.from('\0half a line'));
    socket.terminate();
    await closed(socket);
  },
  // Whoever goes after the request, without waiting for the answer to it.
  async () => {
    const socket = await upgradeByHand('websocket');
    await new Promise((resolve) => setImmediate(resolve));
    socket.destroy();
    await happens(socket, 'close');
  },
  // Whoever has the answer, and then opens no stream.
  async () => {
    const socket = await upgradeByHand('SPDY/3.1');
    await happens(socket, 'data');
    socket.destroy();
    await happens(socket, 'close');
  },
  async () => {
    const socket = exec(['sh'], { stdin: 'true' });
    await new Promise((resolve) => setImmediate(resolve));
    socket.terminate();
    await closed(socket);
  },
  async () => {
    await output(['echo', 'done']);
  },
];

interface Held {
  processes: string;
  listeners: string;
  sockets: number;
}

/** What the container and this process, which is both ends, hold. */
async function held(): Promise<Held> {
  const processes = await output(['sh', '-c', 'cat /proc/[0-9]*/cmdline | tr "\\0" " "']);
  const listeners = await output(['netstat', '-tuln']);
  const sockets = process.getActiveResourcesInfo().filter((kind) => /TCP|TLS|Pipe/.test(kind)).length;
  return { processes: processes.replaceAll(/\d+/g, 'PID'), listeners, sockets };
}

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

async function run(sessions: number): Promise<void> {
  const endings = Array.from({ length: sessions }, (_, index) => ENDINGS[index % ENDINGS.length]);
  for (let done = 0; done < sessions; done += AT_ONCE)
    await Promise.all(endings.slice(done, done + AT_ONCE).flatMap((end) => end?.() ?? []));
}

it('leaves no process, socket or memory of a thousand sessions', async () => {
  // Whatever is made once, for the first of them, is there already.
  await run(4 * AT_ONCE);
  const before = await held();
  expect(before.processes).toContain('sleep infinity');
  const heap = heapBytes();
  await run(SESSIONS);
  await expect.poll(held, { timeout: 30_000 }).toEqual(before);
  expect(heapBytes() - heap).toBeLessThan(MOST_GROWTH_BYTES);
}, 120_000);
