import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '#emulator/clock.ts';
import { startCluster } from '#emulator/index.ts';
import type { ProgressStep } from '#shared/cluster.ts';
import { createKubeClient } from '../../kube/client.ts';
import { NAMESPACE } from '../../kube/objects.ts';
import { LAB_LABEL } from '../../labs/marks.ts';
import { LEARNER_LABEL, STANDS_FOR_LABEL } from '../../tenancy/marks.ts';
import type { Connect } from '../open-kube.ts';
import { ExistingProvider } from './index.ts';
import type { LabSpace } from './lab-space.ts';
import { ReviewedKube } from './testing/reviewed-kube.ts';

const LABS: LabSpace[] = [
  { id: 'cluster-ip', namespaces: ['shop', 'depot'], kinds: ['Pod', 'Deployment', 'Service'] },
  { id: 'edge', namespaces: ['edge'], kinds: ['Ingress'] },
];

let folder: string;
let file: string;
let kube: ReviewedKube;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-existing-'));
  file = join(folder, 'config');
  kube = new ReviewedKube();
  await write();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function write({
  server = 'https://k8s.test:6443',
  user = '{ token: t }',
  extensions = '',
} = {}): Promise<void> {
  return writeFile(
    file,
    `current-context: other
contexts:
  - name: mine
    context: { cluster: k, user: u${extensions} }
clusters:
  - name: k
    cluster: { server: "${server}" }
users:
  - name: u
    user: ${user}
`,
  );
}

function provider(
  options: { connect?: Connect; kubeconfig?: string; clock?: VirtualClock } = {},
): ExistingProvider {
  return new ExistingProvider({
    directory: join(folder, 'data'),
    kubeconfig: options.kubeconfig,
    env: { KUBECONFIG: file },
    labs: LABS,
    connect: options.connect ?? (() => kube),
    checks: [],
    ...(options.clock !== undefined && { clock: options.clock }),
  });
}

const source = () => ({ file, context: 'mine' });
const create = (of = provider(), steps: ProgressStep[][] = []) =>
  of.create({
    name: 'switchyard',
    source: source(),
    signal: new AbortController().signal,
    onProgress: (list) => steps.push(list),
  });
const ofLearner =
  ', extensions: [{ name: switchyard.dev/tenancy, extension: { learner: alice, prefix: alice-, capabilities: { nodes: 9, has: [loadBalancer], missing: {} } } }]';

describe('a cluster that exists', () => {
  it('is looked at before it is used, and nothing is changed in it', async () => {
    kube.put({ ...NAMESPACE, metadata: { name: 'shop', labels: { [LAB_LABEL]: 'cluster-ip' } } });
    kube.put({ ...NAMESPACE, metadata: { name: 'edge' } });
    const report = await provider().inspect(source());
    expect(report).toMatchObject({
      server: 'https://k8s.test:6443',
      version: 'v1.34.0',
      namespaces: [
        { name: 'shop', labs: ['cluster-ip'], state: 'ours' },
        { name: 'depot', labs: ['cluster-ip'], state: 'to-make' },
        { name: 'edge', labs: ['edge'], state: 'taken' },
      ],
      missing: [],
      problems: [{ code: 'namespace-taken' }],
      usable: true,
    });
    expect(kube.made).toEqual([]);
    expect(await readdir(folder)).toEqual(['config']);
  });

  it('names what its user may not do, as kubectl says it, and is not used then', async () => {
    for (const what of [
      'create pods in shop',
      'create pods/exec in depot',
      'create namespaces',
      'create endpointslices in shop',
    ])
      kube.lacks.add(what);
    const report = await provider().inspect(source());
    expect(report).toMatchObject({
      missing: [
        'create namespaces',
        'create pods in shop',
        'create endpointslices.discovery.k8s.io in shop',
        'create pods/exec in depot',
      ],
      usable: false,
    });
    await expect(create()).rejects.toMatchObject({
      problem: {
        code: 'permissions-missing',
        detail: expect.stringContaining('create pods in shop') as string,
      },
    });
    expect(await readdir(folder)).toEqual(['config']);
  });

  it('can be used by somebody who may not look at nodes, nor write endpoints by hand', async () => {
    for (const what of ['list nodes', 'create endpointslices in shop', 'list ingressclasss'])
      kube.lacks.add(what);
    const report = await provider().inspect(source());
    expect(report.usable).toBe(true);
    expect(report.capabilities.nodes).toBe(1);
    expect((await create()).server.nodes).toBe(1);
  });

  it('is used by a private copy of one context; the user’s own file is left as it was', async () => {
    const before = await readFile(file, 'utf8');
    const steps: ProgressStep[][] = [];
    const cluster = await create(provider(), steps);
    expect(cluster).toMatchObject({
      provider: 'existing',
      title: 'mine',
      server: { url: 'https://k8s.test:6443' },
    });
    expect(await readFile(cluster.kubeconfigPath, 'utf8')).toContain('current-context: mine');
    expect((await stat(cluster.kubeconfigPath)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toBe(before);
    expect(steps.at(-1)?.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    expect(kube.made).toEqual([]);

    expect(await provider().list()).toMatchObject([{ name: 'switchyard', url: 'https://k8s.test:6443' }]);
    const again = await provider().create({
      name: 'switchyard',
      signal: AbortSignal.timeout(5000),
      onProgress: () => undefined,
    });
    expect(again.title).toBe('mine');
    await provider().delete('switchyard');
    expect(await readdir(join(folder, 'data'))).toEqual([]);
    await expect(
      provider().create({
        name: 'switchyard',
        signal: AbortSignal.timeout(5000),
        onProgress: () => undefined,
      }),
    ).rejects.toMatchObject({ problem: { code: 'no-kubeconfig' } });
  });

  it('comes back with what the user’s kubeconfig says today', async () => {
    await create();
    await write({ user: '{ token: renewed }' });
    const revival = await provider().revive('switchyard', AbortSignal.timeout(5000));
    expect(revival.state).toBe('running');
    expect(await readFile(join(folder, 'data', 'switchyard', 'kubeconfig'), 'utf8')).toContain('renewed');
  });

  it('is waited for while it does not answer', async () => {
    await create();
    kube.down = true;
    expect(await provider().revive('switchyard', AbortSignal.timeout(5000))).toMatchObject({
      state: 'waiting',
      problem: { code: 'cluster-unreachable' },
    });
  });

  it.each([
    ['its file is gone', () => rm(file), 'kubeconfig-missing'],
    ['its context is gone', () => writeFile(file, 'contexts: []'), 'context-unknown'],
    ['its context leads elsewhere', () => write({ server: 'https://other.test' }), 'cluster-replaced'],
    [
      'another one has its address',
      () => Promise.resolve(void (kube = new ReviewedKube())),
      'cluster-replaced',
    ],
    ['it was forgotten', () => provider().delete('switchyard'), 'cluster-forgotten'],
  ])('is not used again unasked when %s', async (_what, change, code) => {
    await create();
    await change();
    expect(await provider().revive('switchyard', AbortSignal.timeout(5000))).toMatchObject({
      state: 'gone',
      problem: { code },
    });
  });

  it('leaves nothing behind when it is given up; a copy that a cut-off attempt left is offered for deletion', async () => {
    const given = new AbortController();
    const making = provider().create({
      name: 'switchyard',
      source: source(),
      signal: given.signal,
      onProgress: (steps) => {
        if (steps.at(-1)?.state === 'running') given.abort();
      },
    });
    await expect(making).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['config']);
    await create();
    await rm(join(folder, 'data', 'switchyard', 'cluster.json'));
    expect((await provider().leftovers()).map(({ name }) => name)).toEqual(['switchyard']);
    expect(await provider().list()).toEqual([]);
  });
});

describe('a cluster that was prepared for a learner', () => {
  const prepare = (name: string, learner = 'alice'): void => {
    const labels = { [LEARNER_LABEL]: learner, [STANDS_FOR_LABEL]: name };
    kube.put({ ...NAMESPACE, metadata: { name: `alice-${name}`, labels } });
  };
  beforeEach(() => write({ extensions: ofLearner }));

  it('is used in the prepared namespaces, without any right outside of them', async () => {
    for (const what of [
      'create namespaces',
      'list nodes',
      'get namespace kube-system',
      'list services',
      'list deployments',
    ])
      kube.lacks.add(what);
    for (const name of ['shop', 'depot']) prepare(name);
    kube.lacks.add('get namespace alice-edge');
    const report = await provider().inspect(source());
    expect(report).toMatchObject({
      learner: 'alice',
      namespaces: [
        { name: 'alice-shop', state: 'prepared' },
        { name: 'alice-depot', state: 'prepared' },
        { name: 'alice-edge', labs: ['edge'] },
      ],
      capabilities: { nodes: 9, has: ['loadBalancer'] },
      missing: [],
      problems: [{ code: 'namespace-not-prepared' }],
      usable: true,
    });
    expect(await create()).toMatchObject({
      tenancy: { learner: 'alice', prefix: 'alice-' },
      server: { nodes: 9 },
    });
  });

  it('is refused when the namespaces are not there, or are somebody else’s', async () => {
    expect(await provider().inspect(source())).toMatchObject({ usable: false });
    for (const name of ['shop', 'depot', 'edge']) prepare(name, 'bob');
    const report = await provider().inspect(source());
    expect(report.namespaces.map(({ state }) => state)).toEqual(['taken', 'taken', 'taken']);
    await expect(create()).rejects.toMatchObject({ problem: { code: 'namespace-not-prepared' } });
  });
});

describe('contexts', () => {
  it('of the user’s own kubeconfig come with those of a file that was given at the start', async () => {
    const given = join(folder, 'given');
    await writeFile(given, (await readFile(file, 'utf8')).replace('name: mine', 'name: lent'));
    const { contexts } = await provider({ kubeconfig: given }).contexts(undefined);
    expect(contexts.map(({ context, file: path }) => [context, path])).toEqual([
      ['lent', given],
      ['mine', file],
    ]);
    await rm(file);
    expect(await provider({ kubeconfig: given }).contexts(undefined)).toMatchObject({ problems: [] });
    expect(await provider().contexts(undefined)).toMatchObject({
      contexts: [],
      problems: [{ code: 'kubeconfig-missing' }],
    });
    await expect(provider().contexts(file)).rejects.toMatchObject({
      problem: { code: 'kubeconfig-missing' },
    });
  });
});

describe('a cluster that cannot be talked to', () => {
  const real = (): ExistingProvider => provider({ connect: createKubeClient });

  it('that holds its tongue is given up after ten seconds', async () => {
    const clock = new VirtualClock();
    const asked = Promise.withResolvers<undefined>();
    kube.version = () => {
      asked.resolve(undefined);
      return new Promise(() => undefined);
    };
    const refused = expect(provider({ clock }).inspect(source())).rejects.toMatchObject({
      problem: {
        code: 'cluster-silent',
        message: { en: expect.stringContaining('within 10 seconds') as string },
      },
    });
    await asked.promise;
    await clock.advance(10_000);
    await refused;
  });

  it('says whether nobody is there, the certificate is not its own, or the credentials are refused', async () => {
    const cluster = await startCluster();
    try {
      const address = /server: (\S+)/.exec(cluster.kubeconfig)?.[1] ?? '';
      await write({ server: 'https://127.0.0.1:1' });
      await expect(real().inspect(source())).rejects.toMatchObject({
        problem: { code: 'cluster-unreachable' },
      });
      await write({ server: address });
      await expect(real().inspect(source())).rejects.toMatchObject({
        problem: { code: 'cluster-certificate' },
      });
      await write({ server: `${address}", insecure-skip-tls-verify: true, x: "` });
      await expect(real().inspect(source())).rejects.toMatchObject({
        problem: { code: 'credentials-refused' },
      });
      await write({ server: 'https://no-such-host.invalid' });
      await expect(real().inspect(source())).rejects.toMatchObject({
        problem: { code: 'cluster-name-unknown' },
      });
      await write({
        server: address,
        user: '{ exec: { command: no-such-login, installHint: Get it from the intranet. } }',
      });
      await expect(real().inspect(source())).rejects.toMatchObject({
        problem: {
          code: 'credential-plugin-missing',
          message: { en: expect.stringContaining('no-such-login') as string },
          fix: { en: 'Get it from the intranet.' },
        },
      });
    } finally {
      await cluster.stop();
    }
  });
});
