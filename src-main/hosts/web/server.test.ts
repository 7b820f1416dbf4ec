import { createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest, createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { AppError } from '#shared/app-error.ts';
import { bytesSerializer } from '#shared/codec.ts';
import type { Contract } from '#shared/contract.ts';
import { App } from '../../app/app.ts';
import { createRouter } from '../../app/router.ts';
import { listAssets } from '../assets.ts';
import { newSecret } from './guard.ts';
import { DEFAULT_PORT, startWebHost, type WebHost } from './server.ts';

let directory: string;
let app: App;
let host: WebHost;
const session = newSecret();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'switchyard-web-'));
  const renderer = join(directory, 'renderer');
  await mkdir(join(renderer, 'assets'), { recursive: true });
  await writeFile(join(renderer, 'index.html'), '<!doctype html><title>Switchyard</title>');
  await writeFile(join(renderer, 'assets', 'main-1.js'), 'export {};');
  await writeFile(join(directory, 'secret.txt'), 'secret');
  app = await App.open({
    version: '1.2.3',
    host: 'web',
    dataDirectory: join(directory, 'data'),
    labsDirectory: join(directory, 'labs'),
    launchCluster: () => Promise.reject(new Error('no cluster in this test')),
  });
  host = await startWebHost({
    router: createRouter(app),
    assets: await listAssets(renderer),
    port: 0,
    session,
  });
});
afterAll(async () => {
  await host.close();
  await app.close();
  await rm(directory, { recursive: true, force: true });
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Sends a path exactly as given: `fetch` would clean it up. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port: host.port, path, headers, method, agent: false },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      },
    );
    request.on('error', reject).end();
  });
}

const cookie = (): Record<string, string> => ({ cookie: `other=1; switchyard-${host.port}=${session}` });
const own = (): string => `http://127.0.0.1:${host.port}`;

describe('the page', () => {
  it('is shown to a browser that came by the printed address, without the token in its history', async () => {
    const { pathname, search } = new URL(host.address);
    const first = await get(pathname + search);
    expect(first.status).toBe(303);
    expect(first.headers.location).toBe('/');
    const [set = ''] = first.headers['set-cookie'] ?? [];
    expect(set).toMatch(/; HttpOnly; SameSite=Strict/);
    const page = await get('/', { cookie: set.split(';')[0] ?? '' });
    expect(page.status).toBe(200);
    expect(page.body).toContain('<title>Switchyard</title>');
    expect((await get('/assets/main-1.js', cookie())).headers['content-type']).toContain('text/javascript');
  });

  it.each(['/', '/?token=', '/?token=wrong', '/assets/main-1.js', '/index.html'])(
    'is not shown to others: %s',
    async (path) => {
      const answer = await get(path, { cookie: `switchyard-${host.port}=${newSecret()}` });
      expect(answer.status).toBe(401);
      expect(answer.body).toContain('주소');
      expect(answer.headers['set-cookie']).toBeUndefined();
    },
  );

  it('carries a strict policy and the other headers, whatever the answer', async () => {
    for (const path of ['/', '/nothing']) {
      const { headers } = await get(path, cookie());
      const policy = headers['content-security-policy'] ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe-eval');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['x-frame-options']).toBe('DENY');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/%00',
    '//etc/passwd',
    '/assets/',
  ])('leads to no other file: %s', async (path) => {
    const { status, body } = await get(path, cookie());
    expect(status).toBe(404);
    expect(body).not.toContain('secret');
  });

  it('is refused under another name of the host, to other pages, and to other methods', async () => {
    expect((await get('/', { ...cookie(), host: `evil.example:${host.port}` })).status).toBe(403);
    expect((await get('/', { ...cookie(), host: `127.0.0.1` })).status).toBe(403);
    expect((await get('/', { ...cookie(), origin: 'http://evil.example' })).status).toBe(403);
    expect((await get('/', { ...cookie(), origin: 'null' })).status).toBe(403);
    expect(
      (await get('/', { ...cookie(), 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).status,
    ).toBe(403);
    expect(
      (await get('/', { ...cookie(), 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' })).status,
    ).toBe(403);
    expect((await get('/', cookie(), 'POST')).status).toBe(403);
    expect(
      (await get('/', { ...cookie(), 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).status,
    ).toBe(200);
    expect((await get('/', { ...cookie(), host: `localhost:${host.port}` })).status).toBe(200);
  });
});

function dial(headers: Record<string, string>, path = '/rpc'): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${host.port}${path}`, { headers });
    socket.on('open', () => resolve(socket)).on('error', reject);
  });
}

describe('the contract over a WebSocket', () => {
  it.each([
    ['no Origin', () => cookie()],
    ['no session', () => ({ origin: own() })],
    ['the page of another port', () => ({ ...cookie(), origin: 'http://127.0.0.1:1' })],
    ['another site', () => ({ ...cookie(), origin: 'https://evil.example' })],
    [
      'another name of the host',
      () => ({ ...cookie(), origin: 'http://evil.example', host: 'evil.example' }),
    ],
    ['one loopback name for the other', () => ({ ...cookie(), origin: `http://localhost:${host.port}` })],
  ])('is refused with %s', async (_why, headers) => {
    await expect(dial(headers())).rejects.toThrow('403');
  });

  it('is at one path only', async () => {
    await expect(dial({ ...cookie(), origin: own() }, '/')).rejects.toThrow('403');
  });

  it('answers, follows, validates, and passes on what a person should read', async () => {
    const socket = await dial({ ...cookie(), origin: own() });
    const link = new RPCLink({
      websocket: socket as unknown as globalThis.WebSocket,
      customJsonSerializers: [bytesSerializer],
    });
    const main: ContractRouterClient<Contract> = createORPCClient(link);
    expect(await main.app.info()).toEqual({
      version: '1.2.3',
      host: 'web',
      dataDirectory: join(directory, 'data'),
    });

    const settings = await main.app.settings();
    expect((await settings.next()).value).toMatchObject({ theme: 'system' });
    await main.app.changeSettings({ theme: 'dark', language: 'ko' });
    expect((await settings.next()).value).toMatchObject({ theme: 'dark', language: 'ko' });
    await settings.return();

    const objects = await main.live.objects({ namespaces: ['shop'] });
    expect((await objects.next()).value).toEqual({ seq: 0, snapshot: true, upserts: [], deletes: [] });
    await objects.return();

    const providers = await main.cluster.providers();
    expect(providers.map(({ id, recommended }) => [id, recommended])).toEqual([
      ['emulated', true],
      ['kind', false],
      ['k3d', false],
      ['existing', false],
    ]);

    const refused: unknown = await main.terminals
      .open({ namespace: 'a', pod: 'b', size: { columns: 80, rows: 24 } })
      .catch((error: unknown) => error);
    if (!(refused instanceof ORPCError)) throw new Error('expected a refusal');
    expect(refused.code).toBe('PROBLEM');
    expect(refused.defined).toBe(true);
    expect(refused.data).toMatchObject({ code: 'no-cluster' });

    const following: unknown = await main.terminals.attach({ id: 'none' }).catch((error: unknown) => error);
    expect(following).toMatchObject({ code: 'PROBLEM', data: { code: 'terminal-unknown' } });

    await expect(main.app.changeSettings({ theme: 'pink' as never })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
    await expect(main.terminals.write({ id: 'none', bytes: Uint8Array.of(1, 2, 255) })).rejects.toMatchObject(
      { data: { code: 'terminal-unknown' } },
    );
    socket.close();
  });
});

describe('a port', () => {
  it('is the same at every start, or the next that is free', async () => {
    const options = { router: createRouter(app), assets: new Map<string, never>(), session };
    const first = await startWebHost(options);
    const second = await startWebHost(options);
    expect(first.port).toBeGreaterThanOrEqual(DEFAULT_PORT);
    expect(second.port).toBeGreaterThan(first.port);
    await Promise.all([first.close(), second.close()]);
    const again = await startWebHost(options);
    expect(again.port).toBe(first.port);
    await again.close();
  });

  it('that is taken is named, with the way out', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const error: unknown = await startWebHost({
      router: createRouter(app),
      assets: new Map(),
      port,
      session,
    }).catch((reason: unknown) => reason);
    other.close();
    if (!(error instanceof AppError)) throw new Error('expected an AppError');
    expect(error.problem.code).toBe('port-taken');
    expect(error.problem.message.en).toContain(String(port));
    expect(error.problem.fix?.ko).toContain('--port');
  });
});
