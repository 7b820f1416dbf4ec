import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { chooseHostPorts, isPortFree, preferredHostPorts } from './ports.ts';

it('chooses what people expect, and for each block that is not free the next one that is as a whole', async () => {
  const free = (...taken: number[]) => chooseHostPorts(2, (port) => Promise.resolve(!taken.includes(port)));
  expect(await free()).toEqual(preferredHostPorts(2));
  expect(await free(8080, 8090, 30_085, 30_170)).toEqual({
    http: 8100,
    https: 8443,
    workers: [30_270, 31_070],
  });
  expect(await chooseHostPorts(2, (port) => Promise.resolve(port < 31_000))).toBeUndefined();
});

it('finds a port free for several who ask at once, and taken when it is', async () => {
  const server = createServer();
  server.listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(await isPortFree(port)).toBe(false);
  await new Promise((resolve) => server.close(resolve));
  expect(await Promise.all(Array.from({ length: 5 }, () => isPortFree(port)))).toEqual(Array(5).fill(true));
});
