import { expect, test } from 'vitest';
import { parseKubeconfig } from './kubeconfig.ts';

const config = (user: object, cluster: object = {}): string =>
  JSON.stringify({
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'u', namespace: 'shop' } }],
    clusters: [{ name: 'k', cluster: { server: 'https://127.0.0.1:6443/', ...cluster } }],
    users: [{ name: 'u', user }],
  });

test('reads address, trust, namespace and credentials', async () => {
  const access = parseKubeconfig(
    config(
      { 'client-certificate-data': btoa('cert'), 'client-key-data': btoa('key'), token: 'secret' },
      { 'certificate-authority-data': btoa('ca'), 'tls-server-name': 'kubernetes' },
    ),
  );
  expect(access).toMatchObject({
    server: 'https://127.0.0.1:6443',
    namespace: 'shop',
    serverName: 'kubernetes',
    insecure: false,
  });
  expect([access.ca, access.cert, access.key].map(String)).toEqual(['ca', 'cert', 'key']);
  expect(await access.authorization()).toBe('Bearer secret');
});

test.each([
  ['no YAML', '{', ''],
  ['no context', 'a: 1', 'current-context'],
  [
    'a context that is not there',
    config({}).replace('"current-context":"c"', '"current-context":"d"'),
    '"d"',
  ],
  ['an address that is none', config({}, { server: 'nowhere' }), 'server'],
])('%s is refused with words', (_what, text, words) => {
  expect(() => parseKubeconfig(text)).toThrow(words);
});

test('a credential plug-in gives the token, and is run once for requests that come together', async () => {
  const token = "console.log(JSON.stringify({ status: { token: 'of-' + process.pid } }))";
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: process.execPath,
    args: ['-e', token],
  };
  const access = parseKubeconfig(config({ exec }));
  const [first, second] = await Promise.all([access.authorization(), access.authorization()]);
  expect(first).toMatch(/^Bearer of-\d+$/);
  expect(second).toBe(first);
  expect(await access.authorization()).toBe(first);
});

test.each([
  ['is not installed', { command: 'no-such-login' }, 'credential-plugin-missing'],
  ['fails', { command: process.execPath, args: ['-e', 'process.exit(3)'] }, 'credential-plugin-failed'],
])('a credential plug-in that %s is named', async (_what, exec, code) => {
  const access = parseKubeconfig(config({ exec }));
  await expect(access.authorization()).rejects.toMatchObject({
    problem: { code, message: { en: expect.stringContaining(exec.command) as string } },
  });
});
