import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { chooseContext, listContexts } from './chosen-context.ts';
import { ownKubeconfigFiles, readKubeconfig } from './kubeconfig-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-kubeconfig-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const TWO = `apiVersion: v1
kind: Config
current-context: two
contexts:
  - name: one
    context: { cluster: k, user: u, namespace: shop }
  - name: two
    context: { cluster: k, user: u }
clusters:
  - name: k
    cluster: { server: "https://127.0.0.1:6443/", certificate-authority: ca.crt }
users:
  - name: u
    user: { token: t }
`;

const words = ({
  code,
  where,
}: {
  code: string;
  where?: { line: number; column: number } | undefined;
}): string => `${code} ${where === undefined ? '' : `${where.line}:${where.column}`}`.trim();

describe('contexts of kubeconfig files', () => {
  it('are listed with their address and user; the current one is marked', async () => {
    const path = await file('config', TWO);
    expect(listContexts(await readKubeconfig([path]))).toEqual({
      contexts: [
        {
          file: path,
          context: 'one',
          cluster: 'k',
          server: 'https://127.0.0.1:6443',
          user: 'u',
          namespace: 'shop',
          current: false,
        },
        {
          file: path,
          context: 'two',
          cluster: 'k',
          server: 'https://127.0.0.1:6443',
          user: 'u',
          current: true,
        },
      ],
      problems: [],
    });
  });

  it('stay usable beside entries that are not, which are named with their place', async () => {
    const path = await file(
      'config',
      TWO.replace(
        '  - name: two',
        '  - { name: 7 }\n  - { name: lost, context: { cluster: nowhere, user: u } }\n  - name: two',
      ).replace('users:', '  - name: bad\n    cluster: { server: nowhere }\nusers:'),
    );
    const { contexts, problems } = listContexts(await readKubeconfig([path]));
    expect(contexts.map(({ context }) => context)).toEqual(['one', 'two']);
    expect(problems.map(words)).toEqual([
      'kubeconfig-entry 7:13',
      'kubeconfig-entry 15:24',
      'kubeconfig-entry 8:5',
    ]);
    expect(problems.every(({ where }) => where?.file === path)).toBe(true);
  });

  it('of other files are there although one is missing, is a folder, or is no YAML', async () => {
    const good = await file('good', TWO);
    const broken = await file('broken', 'apiVersion: v1\ncontexts: [\n');
    const missing = join(folder, 'missing');
    const { contexts, problems } = listContexts(await readKubeconfig([missing, folder, broken, good]));
    expect(contexts).toHaveLength(2);
    expect(problems.map(words).map((each) => each.split(' ')[0])).toEqual([
      'kubeconfig-missing',
      'kubeconfig-unreadable',
      'kubeconfig-syntax',
    ]);
    expect(problems[2]?.where).toMatchObject({ file: broken, line: 3 });
  });

  it('are looked for where kubectl looks', () => {
    expect(ownKubeconfigFiles({}, '/home/ada')).toEqual([join('/home/ada', '.kube', 'config')]);
    expect(ownKubeconfigFiles({ KUBECONFIG: ['/a', '', '/b'].join(delimiter) }, '/home/ada')).toEqual([
      '/a',
      '/b',
    ]);
  });

  it('in several files are taken together: what comes first counts, a cluster may be in another file', async () => {
    const contexts = await file(
      'contexts',
      'current-context: far\ncontexts:\n  - { name: far, context: { cluster: k, user: u } }\n  - { name: one, context: { cluster: k, user: u } }\n',
    );
    const rest = await file('rest', TWO);
    const found = listContexts(await readKubeconfig([contexts, rest])).contexts;
    expect(found.map(({ context, file: path, current }) => [context, path, current])).toEqual([
      ['far', contexts, true],
      ['one', contexts, false],
      ['two', rest, false],
    ]);
  });

  it('may be written by PowerShell', async () => {
    const path = await file('utf16', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(TWO, 'utf16le')]));
    expect(listContexts(await readKubeconfig([path])).contexts).toHaveLength(2);
  });
});

describe('a context that is chosen', () => {
  const choose = async (text: string, context = 'two') => {
    const path = await file('config', text);
    return chooseContext(await readKubeconfig([path]), { file: path, context });
  };

  it('becomes a kubeconfig of its own, which holds wherever it is put', async () => {
    const ca = await file('ca.crt', 'CA');
    const plugin = TWO.replace(
      '{ token: t }',
      '{ exec: { apiVersion: client.authentication.k8s.io/v1, command: ./login, args: [a] } }',
    );
    const { kubeconfig, server } = await choose(plugin, 'one');
    expect(server).toBe('https://127.0.0.1:6443');
    expect(parse(kubeconfig)).toMatchObject({
      'current-context': 'one',
      contexts: [{ name: 'one', context: { namespace: 'shop' } }],
      clusters: [{ name: 'k', cluster: { 'certificate-authority': ca } }],
      users: [{ name: 'u', user: { exec: { command: join(folder, 'login'), args: ['a'] } } }],
    });
    expect(kubeconfig).not.toContain('two');
  });

  it.each([
    ['names a file that is not there', TWO, 'two', 'kubeconfig-file-missing'],
    ['is not in the file', TWO, 'three', 'context-unknown'],
    ['has no cluster', TWO.replace('name: k\n', 'name: other\n'), 'two', 'kubeconfig-entry'],
    ['has no user', TWO.replace('name: u\n', 'name: other\n'), 'two', 'kubeconfig-entry'],
    [
      'goes through a proxy of its own',
      TWO.replace('certificate-authority: ca.crt', 'proxy-url: "http://p"'),
      'two',
      'kubeconfig-unsupported',
    ],
    [
      'acts as somebody else',
      TWO.replace('certificate-authority: ca.crt', 'x: 1').replace('token: t', 'token: t, as: root'),
      'two',
      'kubeconfig-unsupported',
    ],
  ])('and %s is refused with words', async (_what, text, context, code) => {
    await expect(choose(text, context)).rejects.toMatchObject({ problem: { code } });
  });

  it('says for which learner it was prepared', async () => {
    const of = (extension: string): string =>
      TWO.replace('certificate-authority: ca.crt', 'x: 1').replace(
        'context: { cluster: k, user: u }',
        `context: { cluster: k, user: u, extensions: [{ name: switchyard.dev/tenancy, extension: ${extension} }] }`,
      );
    expect((await choose(of('{ learner: alice, prefix: alice-, workshop: spring }'))).tenancy).toMatchObject({
      learner: 'alice',
      prefix: 'alice-',
    });
    await expect(choose(of('{ learner: alice, prefix: "Alice " }'))).rejects.toMatchObject({
      problem: { code: 'tenancy-unreadable' },
    });
  });
});
