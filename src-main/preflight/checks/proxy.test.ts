import { expect, it } from 'vitest';
import { DOCKER, fakeFacts, read, type FakeFacts } from '../testing/facts.ts';
import { proxyCheck } from './proxy.ts';

const look = (env: Record<string, string>, more: FakeFacts = {}) =>
  read(proxyCheck(fakeFacts({ ...more, host: { ...more.host, env } })));

const WITH_PROXY = { ...DOCKER, proxy: 'http://xxxxx:xxxxx@proxy:3128' };
const PROXY = { HTTPS_PROXY: 'http://ada:secret@proxy:3128', NO_PROXY: 'localhost,127.0.0.1' };

it('is no matter where there is none', async () => {
  expect(await look({})).toMatchObject({ state: 'ok', seen: 'No proxy is set here.' });
  expect(await look({ HTTP_PROXY: '' })).toMatchObject({ state: 'ok' });
});

it('that the engine does not know keeps images away; its password is nobody’s business', async () => {
  const found = await look(PROXY);
  expect(found).toMatchObject({ state: 'warning', fix: expect.stringContaining('daemon/proxy') as string });
  expect(found?.seen).toContain('This machine uses http://proxy:3128, and docker knows no proxy');
  expect((await look(PROXY, { host: { system: 'macos' } }))?.fix).toContain('Resources, Proxies');
});

it('that the engine knows too is in order', async () => {
  expect(await look(PROXY, { info: WITH_PROXY })).toMatchObject({
    state: 'ok',
    seen: 'This machine uses http://proxy:3128. docker uses http://proxy:3128.',
  });
  expect(await look({}, { info: WITH_PROXY })).toMatchObject({ state: 'ok' });
});

it('is podman’s own by the same variables', async () => {
  expect(await look(PROXY, { info: { ...DOCKER, engine: 'podman' } })).toMatchObject({ state: 'ok' });
});

it.each([
  [undefined, 'warning'],
  ['.example.org', 'warning'],
  ['10.127.0.0/16', 'warning'],
  ['*', 'ok'],
  ['127.0.0.0/8', 'ok'],
  ['.example.org, 127.0.0.1', 'ok'],
] as const)('must not be asked for 127.0.0.1: NO_PROXY=%s', async (noProxy, state) => {
  const env = { http_proxy: 'proxy:3128', ...(noProxy !== undefined && { no_proxy: noProxy }) };
  expect((await look(env, { info: WITH_PROXY }))?.state).toBe(state);
});

it('is kept away by a line that keeps what was named before', async () => {
  const env = { HTTP_PROXY: 'http://proxy', NO_PROXY: '.corp' };
  expect((await look(env, { info: WITH_PROXY }))?.commands).toEqual([
    `export NO_PROXY='.corp,127.0.0.1,localhost'`,
  ]);
  expect((await look(env, { info: WITH_PROXY, host: { system: 'windows' } }))?.commands).toEqual([
    `$env:NO_PROXY = '.corp,127.0.0.1,localhost'`,
  ]);
});
