import { beforeEach, expect, test } from 'vitest';
import { clock, network, stub, useThreeNodes } from '../three-nodes.ts';
import type { NetworkStack, ResolveHost } from '../types.ts';
import { createResolver } from './resolver.ts';
import { candidateNames } from './resolver-config.ts';
import { serveDns } from './server.ts';

let server: NetworkStack;
let files: Record<string, string>;
let resolve: ResolveHost;

useThreeNodes();
beforeEach(() => {
  server = network.createPodStack('worker');
  for (const name of ['shop', 'other']) stub.namespace(name);
  stub.service('shop/web', { clusterIP: '10.96.1.1', ports: [{ port: 80 }] });
  stub.service('other/db', { clusterIP: '10.96.1.2', ports: [{ port: 5432 }] });
  stub.service('shop/alias', { type: 'ExternalName', externalName: 'db.other.svc.cluster.local' });
  files = {
    '/etc/hosts':
      '# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost\n10.244.1.7\tclient  me\n',
    '/etc/resolv.conf': `search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver ${server.address}\noptions ndots:5\n`,
  };
  resolve = createResolver(network.createPodStack('worker'), (path) => files[path], clock);
});

test('short names find Services of the own namespace, longer ones those of others', async () => {
  serveDns({ api: stub.api, stack: server, clock });
  expect(await resolve('web')).toEqual(['10.96.1.1']);
  expect(await resolve('db.other')).toEqual(['10.96.1.2']);
  expect(await resolve('db.other.svc')).toEqual(['10.96.1.2']);
  expect(await resolve('web.shop.svc.cluster.local')).toEqual(['10.96.1.1']);
  expect(await resolve('web.shop.svc.cluster.local.')).toEqual(['10.96.1.1']);
  expect(await resolve('alias')).toEqual(['10.96.1.2']);
});

test('addresses and /etc/hosts need no server', async () => {
  expect(await resolve('10.1.2.3')).toEqual(['10.1.2.3']);
  expect(await resolve('LOCALHOST')).toEqual(['127.0.0.1']);
  expect(await resolve('me')).toEqual(['10.244.1.7']);
});

test('names that are not there: not found inside the zone, try again outside it', async () => {
  serveDns({ api: stub.api, stack: server, clock });
  await expect(resolve('db.shop.svc.cluster.local.')).rejects.toMatchObject({
    code: 'ENOTFOUND',
    message: 'getaddrinfo ENOTFOUND db.shop.svc.cluster.local.',
  });
  await expect(resolve('db')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  await expect(resolve('db.example.com')).rejects.toMatchObject({ code: 'EAI_AGAIN' });
  await expect(resolve(`${'a'.repeat(64)}.shop.svc.cluster.local.`)).rejects.toMatchObject({
    code: 'ENOTFOUND',
  });
});

test('a silent server costs two attempts of five seconds, a refusing one nothing', async () => {
  files['/etc/resolv.conf'] = 'search shop.svc.cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n';
  const startedAt = clock.now();
  let failedAfter = 0;
  const silent = resolve('web').catch((error: unknown) => {
    failedAfter = clock.now() - startedAt;
    return error;
  });
  await clock.advance(30_000);
  expect(await silent).toMatchObject({ code: 'EAI_AGAIN' });
  expect(failedAfter).toBe(10_000);
  files['/etc/resolv.conf'] = 'nameserver 172.18.0.3\n';
  await expect(resolve('web')).rejects.toMatchObject({ code: 'EAI_AGAIN' });
});

test('a large headless Service is asked for again over TCP', async () => {
  serveDns({ api: stub.api, stack: server, clock });
  const pods = Array.from({ length: 60 }, (_, i) => ({ addresses: [`10.244.1.${i + 2}`] }));
  stub.service('shop/many', { clusterIP: 'None', ports: [{ port: 80 }] });
  stub.endpoints('shop/many', pods, [{ name: '', port: 80, protocol: 'TCP' }]);
  expect(await resolve('many')).toHaveLength(60);
});

test('a wait for the server ends with the signal', async () => {
  files['/etc/resolv.conf'] = 'nameserver 10.96.0.10\n';
  const stop = new AbortController();
  const waiting = resolve('web', stop.signal);
  stop.abort(new Error('interrupted'));
  await expect(waiting).rejects.toThrow('interrupted');
});

test('ndots decides whether a name is tried as it is first', () => {
  const config = { search: ['shop.svc.cluster.local', 'cluster.local'], ndots: 2 };
  expect(candidateNames('web', config)).toEqual(['web.shop.svc.cluster.local', 'web.cluster.local', 'web']);
  expect(candidateNames('a.b.c', config)).toEqual([
    'a.b.c',
    'a.b.c.shop.svc.cluster.local',
    'a.b.c.cluster.local',
  ]);
  expect(candidateNames('web.', config)).toEqual(['web']);
});
