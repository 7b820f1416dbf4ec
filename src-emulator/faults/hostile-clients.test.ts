/** Clients that do not speak HTTP, say too much, or never finish: what they are told, and that the API survives. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { KubeConfig } from '@kubernetes/client-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { startCluster, type Cluster } from '../cluster.ts';

let cluster: Cluster;
let identity: ConnectionOptions;
let port: number;
beforeAll(async () => {
  cluster = await startCluster({ workers: 0 });
  const config = new KubeConfig();
  config.loadFromString(cluster.kubeconfig);
  identity = {};
  await config.applyToHTTPSOptions(identity);
  port = Number(new URL(cluster.url).port);
});

async function open(said = ''): Promise<TLSSocket> {
  const socket = connectTls({ ...identity, host: '127.0.0.1', port });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  socket.write(said);
  return socket;
}

/** The whole answer to a request that is closed after it. */
async function answer(said: string): Promise<string> {
  const socket = await open(said);
  return text(socket);
}

const get = (path: string, headers = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`;
const post = (headers: string, body: string): string =>
  'POST /api/v1/namespaces/default/configmaps HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n' +
  `${headers}\r\n\r\n${body}`;
const TOO_LARGE =
  '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",' +
  '"message":"Request entity too large: limit is 3145728","reason":"RequestEntityTooLarge","code":413}';

async function expectHealthy(): Promise<void> {
  expect(await answer(get('/readyz'))).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\nok$/s);
}

describe('the API server', () => {
  it.each([
    ['what is no HTTP', 'not http at all\r\n\r\n'],
    ['a method that is none', 'G@T /version HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a header without a colon', get('/version', 'bad header line\r\n')],
    ['a length that is no number', post('Content-Length: x', '')],
  ])('refuses %s in plain words', async (_what, said) => {
    expect(await answer(said)).toBe(
      'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request',
    );
    await expectHealthy();
  });

  it('takes long headers, and refuses those that are longer than any', async () => {
    expect(await answer(get('/version', `X: ${'a'.repeat(900_000)}\r\n`))).toContain('200 OK');
    const refused = await answer(get('/version', `X: ${'a'.repeat(1_100_000)}\r\n`));
    expect(refused).toMatch(/^HTTP\/1\.1 431 .*\r\n\r\n431 Request Header Fields Too Large$/s);
    await expectHealthy();
  });

  it('tells who sends too large a body, whether its length is known before or not', async () => {
    const body = 'a'.repeat(4_000_000);
    for (const said of [
      post(`Content-Length: ${body.length}`, body),
      post('Transfer-Encoding: chunked', `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`),
    ]) {
      const told = await answer(said);
      expect(told).toMatch(/^HTTP\/1\.1 413 /);
      expect(JSON.parse(told.slice(told.indexOf('{')))).toEqual(JSON.parse(TOO_LARGE));
      expect(told).toMatch(/\r\nConnection: close\r\n/);
    }
    await expectHealthy();
  });

  it('takes two slashes for a path that it does not have', async () => {
    expect(await answer(get('//api'))).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('outlives broken handshakes, and clients that never go on; none of them keeps it from stopping', async () => {
    const plain = async (said: Buffer | string): Promise<Socket> => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.write(said);
      return socket;
    };
    for (const said of [get('/version'), Buffer.from('160301ffff0001', 'hex'), Buffer.alloc(2000, 7)]) {
      const socket = await plain(said);
      socket.resume();
      socket.end();
      await once(socket, 'close');
    }
    await expectHealthy();
    const watch = '/api/v1/configmaps?watch=true';
    const left = await Promise.all([
      plain(''),
      plain(Buffer.from('1603010200', 'hex')),
      open(),
      open('GET /version HTTP/1.1\r\nHo'),
      open(post('Content-Length: 100', '{"kind":')),
      open(post('Transfer-Encoding: chunked', '4\r\n{"ki\r\n')),
      open(get(watch)),
      open(get(watch)),
    ]);
    // One says goodbye in the middle of its answer, one is cut off: the others stay and say nothing.
    left.at(-1)?.end();
    left.at(-2)?.destroy();
    await expectHealthy();
    const gone = left.flatMap((socket) => (socket.destroyed ? [] : [once(socket.resume(), 'close')]));
    await cluster.stop();
    await Promise.all(gone);
  });
});
