import { readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Cluster } from '#emulator/index.ts';
import { Programs } from '../../../e2e/programs/install.ts';
import type { Rule } from '../../../e2e/programs/scenario.ts';
import { commandLine } from '../../command/command.ts';
import { runnerOn, Workshop } from './testing/workshop.ts';
import { startStandIn } from '../testing/stand-in.ts';

/** The provider, through executables that replay what the real programs print. kind is what makes the clusters. */

// A dozen processes for each cluster.
vi.setConfig({ testTimeout: 60_000 });

let api: Cluster;
let shop: Workshop;

beforeAll(async () => {
  api = await startStandIn();
});
afterAll(() => api.stop());
beforeEach(() => {
  shop = new Workshop();
  shop.programs.serve(api.kubeconfig);
});
afterEach(() => shop.dispose());

const folder = (): string => join(shop.directory, 'kind', 'switchyard');
const clusters = (): Promise<string[]> => readdir(join(shop.directory, 'kind')).catch(() => []);

/** Nothing of a cluster is left: no containers, no record. */
async function nothingIsLeft(): Promise<void> {
  expect(shop.programs.containers).toEqual([]);
  expect(await clusters()).toEqual([]);
  expect(await shop.provider().leftovers()).toEqual([]);
}

describe('a cluster that kind makes', () => {
  it('comes about step by step, from its images to where it is reached', async () => {
    const cluster = await shop.create();
    expect(shop.steps.map(({ id, state }) => [id, state])).toEqual(
      ['images', 'containers', 'control-plane', 'workers', 'load', 'ready', 'ingress'].map((id) => [
        id,
        'done',
      ]),
    );
    const notes = shop.history.flatMap((steps) =>
      steps.flatMap(({ id, note, fraction }) => (id === 'images' && note ? [[note.en, fraction]] : [])),
    );
    expect(notes).toContainEqual(['kindest/node:v1.34.4 (1/2) · 2/3', 1 / 3]);
    expect(notes).toContainEqual(['nginx:1.27 (2/2) · 3/3', 1]);

    const { deeds } = shop.programs;
    expect(deeds.filter((line) => line.startsWith('docker pull'))).toEqual([
      'docker pull --platform linux/amd64 kindest/node:v1.34.4',
      'docker pull --platform linux/amd64 nginx:1.27',
      'docker pull --platform linux/amd64 traefik:v3.6',
    ]);
    const making = deeds.filter((line) => !line.startsWith('docker pull'));
    // The archive is written while the nodes start: either may be first.
    expect(making.slice(0, -1).toSorted()).toEqual([
      'docker save nginx:1.27 traefik:v3.6',
      `kind create cluster --name switchyard --image kindest/node:v1.34.4 --config ${folder()}/kind.yaml --kubeconfig ${folder()}/kubeconfig`,
    ]);
    expect(making.at(-1)).toBe(`kind load image-archive ${folder()}/images.tar --name switchyard`);
    expect(cluster).toMatchObject({
      provider: 'kind',
      title: 'switchyard',
      server: { url: api.url, nodes: 3 },
      kubeconfigPath: join(folder(), 'kubeconfig'),
      reach: {
        nodePorts: [
          { node: 'switchyard-worker', firstNodePort: 30070, firstHostPort: 30070, count: 16 },
          { node: 'switchyard-worker2', firstNodePort: 30070, firstHostPort: 31070, count: 16 },
        ],
      },
    });
  });

  it('keeps a private kubeconfig and no archive, is found again, and goes with all that was made for it', async () => {
    shop.haveImages();
    const { capabilities, reach, notices } = await shop.create();
    expect(statSync(join(folder(), 'kubeconfig')).mode & 0o777).toBe(0o600);
    expect((await readdir(folder())).toSorted()).toEqual(['cluster.json', 'kind.yaml', 'kubeconfig']);
    const calls = shop.programs.calls.filter(({ line }) => line.startsWith('kind '));
    expect(calls.every(({ env }) => env['KIND_EXPERIMENTAL_PROVIDER'] === 'docker')).toBe(true);
    const { deeds } = shop.programs;
    expect(deeds.filter((line) => line.startsWith('docker pull'))).toEqual([]);

    // What cannot be had in this cluster is said, and keeps nobody from the rest.
    expect(capabilities.has).not.toContain('ingress');
    expect(capabilities.missing.ingress?.ko).toBeDefined();
    expect(reach.ingress).toBeUndefined();
    expect(notices.map(({ code }) => code)).toEqual(['ingress-unavailable']);

    const provider = shop.provider();
    expect(await provider.list()).toMatchObject([{ name: 'switchyard', state: 'running' }]);
    expect(await provider.leftovers()).toEqual([]);
    expect((await shop.create(provider)).title).toBe('switchyard');
    expect(shop.programs.deeds).toEqual(deeds);

    await provider.delete('switchyard');
    expect(shop.programs.deeds.at(-1)).toBe(
      `kind delete cluster --name switchyard --kubeconfig ${folder()}/kubeconfig`,
    );
    await nothingIsLeft();
    await provider.delete('switchyard');
  });
});

it('has its images also where the nodes were not ready for them at first', async () => {
  shop.haveImages();
  shop.programs.rules = [{ on: 'kind load', replay: 'kind/load-before-containerd', times: 1 }];
  expect((await shop.create()).title).toBe('switchyard');
  expect(shop.programs.deeds.filter((line) => line.startsWith('kind load'))).toHaveLength(2);
});

it('leaves alone what somebody else makes under its name in the same moment, and takes another name next time', async () => {
  shop.haveImages();
  const other = new Workshop(shop.programs);
  const run = runnerOn(shop.programs.environment);
  const provider = shop.provider(undefined, {
    run: async (command, options) => {
      if (commandLine(command).startsWith('kind create') && other.steps.length === 0) await other.create();
      return run(command, options);
    },
  });
  await expect(shop.create(provider)).rejects.toMatchObject({ problem: { code: 'cluster-exists' } });
  expect(await other.provider().list()).toMatchObject([{ name: 'switchyard', state: 'running' }]);
  expect(shop.programs.deeds.filter((line) => line.startsWith('kind delete'))).toEqual([]);
  expect(await clusters()).toEqual([]);
  expect(await shop.provider().leftovers()).toEqual([]);
  expect((await shop.create()).title).toBe('switchyard-2');
  other.dispose();
});

describe('an engine that is not docker', () => {
  it('makes the cluster where it is the one that is installed', async () => {
    const onPodman = new Workshop(new Programs(['podman', 'kind']));
    onPodman.programs.serve(api.kubeconfig);
    const cluster = await onPodman.create();
    expect(cluster.title).toBe('switchyard');
    const { calls } = onPodman.programs;
    expect(calls.find(({ line }) => line.startsWith('podman save'))?.line).toBe(
      'podman save --format docker-archive --multi-image-archive nginx:1.27 traefik:v3.6',
    );
    expect(calls.find(({ line }) => line.startsWith('kind create'))?.env).toMatchObject({
      KIND_EXPERIMENTAL_PROVIDER: 'podman',
    });
    onPodman.dispose();
  });

  it('is named in the remedy when it does not run', async () => {
    const onNerdctl = new Workshop(new Programs(['nerdctl', 'kind']));
    onNerdctl.programs.stopEngine();
    await expect(onNerdctl.create()).rejects.toMatchObject({
      problem: {
        code: 'engine-stopped',
        message: { en: 'The container engine (nerdctl) is not running.' },
        commands: ['sudo systemctl start containerd'],
      },
    });
    onNerdctl.dispose();
  });
});

describe('a cluster that cannot be made', () => {
  /** The step at which it ends, the code, and words of the line that is marked. */
  const failures: [rule: Rule, step: string, code: string, line: string][] = [
    [
      { on: 'docker pull', replay: 'docker/pull-rate-limited' },
      'images',
      'pull-rate-limited',
      'toomanyrequests',
    ],
    [{ on: 'docker pull', replay: 'docker/pull-unknown' }, 'images', 'image-unknown', 'manifest unknown'],
    [
      { on: 'docker pull', replay: 'docker/pull-without-network' },
      'images',
      'name-resolution',
      'no such host',
    ],
    [{ on: 'docker pull', replay: 'docker/pull-disk-full' }, 'images', 'disk-full', 'no space left'],
    [{ on: 'docker pull', replay: 'docker/pull-certificate' }, 'images', 'certificate-untrusted', 'x509'],
    [{ on: 'kind create', replay: 'kind/create-port-taken' }, 'containers', 'port-taken', '127.0.0.1:38080'],
    [{ on: 'kind create', replay: 'kind/create-disk-full' }, 'containers', 'disk-full', 'no space left'],
    [{ on: 'kind create', replay: 'kind/create-no-node-image' }, 'containers', 'inotify-limits', 'log line'],
    [
      { on: 'kind create', replay: 'kind/create-no-addresses' },
      'containers',
      'address-pool-exhausted',
      'non-overlapping IPv4 address pool',
    ],
    [
      { on: 'kind create', replay: 'kind/create-old-node-image' },
      'control-plane',
      'node-image-version',
      'old API spec',
    ],
    [{ on: 'kind create', replay: 'kind/create-cgroup-v1' }, 'control-plane', 'cgroup-v1', 'not healthy'],
    [{ on: 'kind load', replay: 'kind/load-disk-full' }, 'load', 'disk-full', 'no space left'],
    [{ on: 'kind load', replay: 'kind/load-garbage' }, 'load', 'image-import-failed', 'invalid tar header'],
  ];

  it.each(failures)('%o fails at %s: %s', async (rule, step, code, line) => {
    if (rule.on !== 'docker pull') shop.haveImages();
    shop.programs.rules = [rule];
    const error = await shop.create().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ problem: { code, fix: { ko: expect.any(String) as string } } });
    const { log } = (error as { problem: { log: { file: string; lines: string[]; matters: number } } })
      .problem;
    expect(log.lines[log.matters]).toContain(line);
    expect(readFileSync(log.file, 'utf8')).toContain(line);
    expect(shop.current).toBe(step);
    await nothingIsLeft();
  });

  it('leaves nothing of what a killed program has made, even when that cannot delete it', async () => {
    shop.haveImages();
    shop.programs.rules = [
      { on: 'kind create', until: 'Joining worker nodes', then: 'die' },
      { on: 'kind delete', garbage: 1 },
    ];
    await expect(shop.create()).rejects.toMatchObject({ problem: { code: 'program-killed' } });
    expect(shop.programs.deeds.at(-2)).toContain('kind delete cluster --name switchyard');
    expect(shop.programs.deeds.at(-1)).toMatch(/^docker rm --force --volumes( [0-9a-f]{64}){3}$/);
    await nothingIsLeft();
  });

  it('says so when there is no engine, or when it does not run', async () => {
    const bare = new Workshop(new Programs(['kind']));
    await expect(bare.create()).rejects.toMatchObject({ problem: { code: 'engine-missing' } });
    bare.dispose();
    shop.programs.stopEngine();
    await expect(shop.create()).rejects.toMatchObject({
      problem: { code: 'engine-stopped', commands: ['sudo systemctl start docker'] },
    });
    await nothingIsLeft();
  });

  it('says which program is missing', async () => {
    const bare = new Workshop(new Programs(['docker']));
    bare.haveImages();
    await expect(bare.create()).rejects.toMatchObject({
      problem: { code: 'program-missing', message: { en: expect.stringContaining('kind') as string } },
    });
    expect(await bare.provider().list()).toEqual([]);
    bare.dispose();
  });

  it.each(['docker info', 'docker image inspect', 'docker ps', 'kind create'])(
    'ends in a problem, not in a crash, when "%s" prints garbage',
    async (on) => {
      shop.haveImages();
      shop.programs.rules = [
        { on, garbage: 1 },
        { on: 'docker pull', replay: 'docker/pull-unknown' },
      ];
      await expect(shop.create()).rejects.toMatchObject({ problem: { fix: expect.any(Object) as object } });
      expect(shop.programs.containers).toEqual([]);
    },
  );

  it.each([
    ['docker info', 'engine-stopped'],
    ['docker pull', 'program-deadline'],
    ['kind create', 'program-deadline'],
  ])('does not wait for ever when "%s" hangs', async (on, code) => {
    if (on !== 'docker pull') shop.haveImages();
    shop.programs.rules = [{ on, until: 'Joining', then: 'hang' }];
    shop.impatientWith = on;
    await expect(shop.create()).rejects.toMatchObject({ problem: { code } });
    await nothingIsLeft();
  });
});
