import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { RealClock, VirtualClock } from '../clock.ts';
import { VirtualSocketEnd } from './virtual-socket.ts';

const clock = new RealClock();

function pair(time: RealClock | VirtualClock = clock): {
  client: VirtualSocketEnd;
  server: VirtualSocketEnd;
} {
  return VirtualSocketEnd.pair({
    clock: time,
    client: { local: { address: '10.244.1.2', port: 40000 }, remote: { address: '10.96.0.1', port: 80 } },
    server: { local: { address: '10.244.2.3', port: 8080 }, remote: { address: '10.244.1.2', port: 40000 } },
  });
}

test('each end sees its own addresses', () => {
  const { client, server } = pair();
  expect([client.remoteAddress, client.remotePort, client.localPort]).toEqual(['10.96.0.1', 80, 40000]);
  expect(server.address()).toEqual({ address: '10.244.2.3', family: 'IPv4', port: 8080 });
});

test('after end() the other direction stays open', async () => {
  const { client, server } = pair();
  client.end('question');
  expect(await text(server)).toBe('question');
  server.end('answer');
  expect(await text(client)).toBe('answer');
  await new Promise(setImmediate);
  expect([client.destroyed, client.errored, server.destroyed, server.errored]).toEqual([
    true,
    null,
    true,
    null,
  ]);
});

test('what was written before destroy() still arrives', async () => {
  const { client, server } = pair();
  client.write('last words');
  client.destroy();
  expect(await text(server)).toBe('last words');
});

test('destroy() with unread bytes resets the other end', async () => {
  const { client, server } = pair();
  client.write('nobody reads this');
  await new Promise(setImmediate);
  server.destroy();
  const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException];
  expect(error).toMatchObject({ code: 'ECONNRESET', syscall: 'read' });
});

test('writing to an end that is gone brings ECONNRESET', async () => {
  const { client, server } = pair();
  server.destroy();
  client.resume();
  await once(client, 'end');
  client.write('hello?');
  const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNRESET');
});

test('resetAndDestroy() aborts the other end, which nobody has to listen to', async () => {
  const { client, server } = pair();
  client.resetAndDestroy();
  await new Promise(setImmediate);
  expect(server.errored).toMatchObject({ code: 'ECONNRESET' });
});

test('a writer waits while the reader does not read', async () => {
  const { client, server } = pair();
  const chunk = Buffer.alloc(16 * 1024, 7);
  let written = 0;
  while (client.write(chunk)) {
    written++;
    await new Promise(setImmediate);
    expect(written).toBeLessThan(64);
  }
  await new Promise(setImmediate);
  let drained = false;
  client.once('drain', () => (drained = true));
  await new Promise(setImmediate);
  expect(drained).toBe(false);
  server.resume();
  await once(client, 'drain');
  client.end();
  await once(server, 'end');
  expect(server.bytesRead).toBe((written + 1) * chunk.length);
});

test('two ends that answer each other at once do not overflow the stack', async () => {
  const { client, server } = pair();
  let rounds = 0;
  client.on('data', (data: Buffer) => (++rounds < 20_000 ? client.write(data) : client.end()));
  server.on('data', (data: Buffer) => server.write(data));
  server.on('end', () => server.end());
  client.write('x');
  await once(client, 'close');
  expect(rounds).toBe(20_000);
});

test('an idle socket emits timeout, a busy one does not', async () => {
  const time = new VirtualClock();
  const { client, server } = pair(time);
  server.resume();
  let timeouts = 0;
  client.setTimeout(5000, () => timeouts++);
  await time.advance(4000);
  client.write('still here');
  await time.advance(4000);
  expect(timeouts).toBe(0);
  await time.advance(1000);
  expect(timeouts).toBe(1);
});

test('Node speaks HTTP over it, several requests on one connection', async () => {
  const httpServer = http.createServer((request, response) => {
    response.end(`${request.method ?? ''} ${request.url ?? ''} from ${request.socket.remoteAddress ?? ''}`);
  });
  const { client, server } = pair();
  httpServer.emit('connection', server);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  agent.createConnection = () => client;
  for (const path of ['/a', '/b', '/c']) {
    const request = http.request({ host: 'web', path, agent, method: 'POST' });
    request.end('body of the request');
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    expect(await text(response)).toBe(`POST ${path} from 10.244.1.2`);
  }
  expect(client.destroyed).toBe(false);
  agent.destroy();
  await once(server, 'close');
});
