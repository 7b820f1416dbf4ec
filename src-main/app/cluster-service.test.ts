import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '#emulator/clock.ts';
import { AppError } from '#shared/app-error.ts';
import type { Leftover, PreflightReport } from '#shared/cluster.ts';
import type { KubeClient } from '../kube/client.ts';
import { KubeStatusError } from '../kube/errors.ts';
import type { WatchHandlers } from '../kube/watch.ts';
import type { KubeObject } from '../kube/objects.ts';
import { Preflight } from '../preflight/check.ts';
import type { CreateOptions, ProvidedCluster, Provider, Revival } from '../providers/provider.ts';
import { absentCluster } from './absent-cluster.ts';
import { ClusterService, openActiveCluster } from './cluster-service.ts';

/** Makes clusters that are nothing but an address. */
class FakeProvider implements Provider {
  readonly id = 'emulated';
  readonly name = { en: 'fake', ko: 'fake' };
  readonly description = this.name;
  readonly origin = 'made';
  readonly recommended = true;
  readonly calls: string[] = [];
  url = 'https://127.0.0.1:1';
  failure: AppError | undefined;
  /** What {@link revive} says; that it runs when undefined. */
  revival: Revival | undefined;
  left: Leftover[] = [];
  /** Never ends by itself. */
  endless = false;
  readonly #kubeconfigPath: string;

  constructor(kubeconfigPath: string) {
    this.#kubeconfigPath = kubeconfigPath;
  }

  preflight = (): Promise<PreflightReport> => new Preflight(this.id, []).run();
  mend = (item: string, mend: string): Promise<void> => this.#note(`mend ${item} ${mend}`);
  list = (): Promise<[]> => Promise.resolve([]);
  leftovers = (): Promise<Leftover[]> => Promise.resolve(this.left);
  async create({ name, signal }: CreateOptions): Promise<ProvidedCluster> {
    this.calls.push(`create ${name}`);
    if (this.failure !== undefined) throw this.failure;
    if (this.endless)
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('given up'))));
    return this.#cluster(name);
  }
  revive(name: string): Promise<Revival> {
    this.calls.push(`revive ${name}`);
    return Promise.resolve(this.revival ?? { state: 'running', cluster: this.#cluster(name) });
  }
  attend(name: string): Disposable {
    this.calls.push(`attend ${name}`);
    return { [Symbol.dispose]: () => void this.calls.push(`leave ${name}`) };
  }
  release(): Promise<void> {
    return this.#note('release');
  }
  delete(name: string): Promise<void> {
    this.left = this.left.filter((leftover) => leftover.name !== name);
    return this.#note(`delete ${name}`);
  }

  #cluster(name: string): ProvidedCluster {
    return {
      provider: this.id,
      name,
      title: name,
      kubeconfigPath: this.#kubeconfigPath,
      server: { url: this.url, version: 'v1.34.4', nodes: 2 },
      capabilities: { nodes: 2, has: ['ingress'], missing: {} },
      reach: { nodePorts: [] },
      notices: [],
    };
  }

  #note(call: string): Promise<void> {
    this.calls.push(call);
    return Promise.resolve();
  }
}

let directory: string;
let provider: FakeProvider;
let health: WatchHandlers<KubeObject> | undefined;
let frozen: boolean;
let clock: VirtualClock;
let service: ClusterService;

async function open(): Promise<ClusterService> {
  const kube: KubeClient = {
    ...absentCluster,
    answers: async (timeoutMs) => {
      if (!frozen) return;
      await clock.sleep(timeoutMs);
      throw new Error('no answer in time');
    },
    watch: (_kind, _options, handlers) => {
      health = handlers;
      return { [Symbol.dispose]: () => (health = undefined) };
    },
  };
  return new ClusterService({
    providers: [provider],
    name: 'switchyard',
    active: await openActiveCluster(directory),
    platform: 'linux',
    clock,
    connect: () => ({ ...kube, server: provider.url }),
  });
}

/** Resolves when the state has the phase. */
async function phase(wanted: string): Promise<void> {
  for await (const state of service.state.follow(AbortSignal.timeout(5000)))
    if (state.phase === wanted) return;
  throw new Error(`never ${wanted}, but ${service.state.value.phase}`);
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'switchyard-app-'));
  const kubeconfig = join(directory, 'kubeconfig');
  await writeFile(kubeconfig, 'apiVersion: v1');
  provider = new FakeProvider(kubeconfig);
  frozen = false;
  clock = new VirtualClock();
  service = await open();
});
afterEach(async () => {
  await service.close();
  await rm(directory, { recursive: true, force: true });
});

describe('the cluster of the app', () => {
  it('is made, and says how to reach it', async () => {
    expect(() => service.kube()).toThrow('no cluster');
    service.create('emulated');
    service.create('emulated');
    await phase('ready');
    expect(service.state.value).toMatchObject({
      server: { url: 'https://127.0.0.1:1', version: 'v1.34.4', nodes: 2 },
      kubectlLine: `export KUBECONFIG='${join(directory, 'kubeconfig')}'`,
    });
    expect(service.kube().server).toBe('https://127.0.0.1:1');
    expect(provider.calls).toEqual(['create switchyard', 'attend switchyard']);
  });

  it('is found again at the next start', async () => {
    service.create('emulated');
    await phase('ready');
    await service.close();
    expect(provider.calls).toEqual(['create switchyard', 'attend switchyard', 'leave switchyard', 'release']);
    service = await open();
    service.resume();
    await phase('ready');
  });

  it('is brought back when it stops answering', async () => {
    service.create('emulated');
    await phase('ready');
    const before = service.connection.value;
    health?.state?.('disconnected', new Error('other side closed'));
    expect(service.state.value).toMatchObject({
      phase: 'unreachable',
      problem: { code: 'cluster-unreachable' },
    });
    while (!provider.calls.includes('revive switchyard')) await Promise.resolve();
    health?.state?.('connected');
    await phase('ready');
    expect(service.state.value.problem).toBeUndefined();
    expect(service.connection.value).toBe(before);
  });

  it('is noticed within five seconds when it freezes with its connections open, and when it goes on', async () => {
    service.create('emulated');
    await phase('ready');
    await clock.advance(60_000);
    expect(service.state.value.phase).toBe('ready');
    frozen = true;
    await clock.advance(5000);
    expect(service.state.value).toMatchObject({
      phase: 'unreachable',
      problem: { code: 'cluster-unreachable' },
    });
    frozen = false;
    await clock.advance(5000);
    expect(service.state.value.phase).toBe('ready');
    expect(service.state.value.problem).toBeUndefined();
  });

  it('is not taken for silent when the user may not look at its nodes', async () => {
    service.create('emulated');
    await phase('ready');
    const forbidden = new KubeStatusError(403, { reason: 'Forbidden' }, 'watching nodes');
    health?.state?.('disconnected', forbidden);
    expect(service.state.value.phase).toBe('ready');
  });

  it('is taken over with a new client when it comes back at another address', async () => {
    service.create('emulated');
    await phase('ready');
    provider.url = 'https://127.0.0.1:2';
    await writeFile(join(directory, 'kubeconfig'), 'server: https://127.0.0.1:2');
    health?.state?.('disconnected', new Error('other side closed'));
    while (service.state.value.phase !== 'ready') await new Promise((resolve) => setImmediate(resolve));
    expect(service.state.value.server?.url).toBe('https://127.0.0.1:2');
    expect(service.kube().server).toBe('https://127.0.0.1:2');
  });

  it('is given up for good when it was deleted by hand: nothing is made in its place unasked', async () => {
    service.create('emulated');
    await phase('ready');
    provider.revival = {
      state: 'gone',
      problem: { code: 'cluster-gone', message: { en: 'It was deleted.', ko: '삭제되었습니다.' } },
    };
    health?.state?.('disconnected', new Error('other side closed'));
    await phase('gone');
    expect(service.state.value.problem?.code).toBe('cluster-gone');
    expect(service.connection.value).toBeUndefined();
    expect(provider.calls.filter((call) => call.startsWith('create'))).toHaveLength(1);
    service.create('emulated');
    await phase('ready');
  });

  it('says what keeps it away while its engine is stopped, and comes back with it', async () => {
    service.create('emulated');
    await phase('ready');
    provider.revival = {
      state: 'waiting',
      problem: { code: 'engine-stopped', message: { en: 'Docker is stopped.', ko: 'Docker가 멈췄습니다.' } },
    };
    health?.state?.('disconnected', new Error('other side closed'));
    while (service.state.value.problem?.code !== 'engine-stopped') await Promise.resolve();
    expect(service.state.value.phase).toBe('unreachable');
    provider.revival = undefined;
    health?.state?.('connected');
    await phase('ready');
  });

  it('is waited for at the start when its engine is stopped, and used as soon as it is back', async () => {
    service.create('emulated');
    await phase('ready');
    await service.close();
    provider.revival = {
      state: 'waiting',
      problem: { code: 'engine-stopped', message: { en: 'Docker is stopped.', ko: 'Docker가 멈췄습니다.' } },
    };
    service = await open();
    service.resume();
    await phase('unreachable');
    expect(service.state.value).toMatchObject({ name: 'switchyard', problem: { code: 'engine-stopped' } });
    provider.revival = undefined;
    await clock.advance(5000);
    await phase('ready');
    expect(service.kube().server).toBe('https://127.0.0.1:1');
  });

  it('can be given up while it is made, and is not there afterwards', async () => {
    provider.endless = true;
    service.create('emulated');
    await phase('creating');
    await service.cancel();
    expect(service.state.value).toEqual({ phase: 'none', progress: [] });
    await service.close();
    service = await open();
    service.resume();
    expect(service.state.value.phase).toBe('none');
  });

  it('tells of what an interrupted attempt left, and deletes that and nothing else', async () => {
    provider.left = [{ provider: 'emulated', name: 'half', text: { en: 'half', ko: '절반' } }];
    service.resume();
    await new Promise((resolve) => setImmediate(resolve));
    expect(service.leftovers.value.map(({ name }) => name)).toEqual(['half']);
    await service.deleteLeftover('emulated', 'whole');
    expect(provider.calls).not.toContain('delete whole');
    await service.deleteLeftover('emulated', 'half');
    expect(provider.calls).toContain('delete half');
    expect(service.leftovers.value).toEqual([]);
  });

  it('shows what the provider says when it cannot be made, and can be tried again', async () => {
    provider.failure = new AppError({
      code: 'disk-full',
      message: { en: 'The disk is full.', ko: '디스크가 가득 찼습니다.' },
    });
    service.create('emulated');
    await phase('failed');
    expect(service.state.value.problem?.code).toBe('disk-full');
    provider.failure = undefined;
    service.create('emulated');
    await phase('ready');
  });

  it('is deleted, and not found at the next start', async () => {
    service.create('emulated');
    await phase('ready');
    await service.delete();
    expect(service.state.value.phase).toBe('none');
    expect(service.connection.value).toBeUndefined();
    expect(provider.calls).toContain('delete switchyard');
    await service.close();
    service = await open();
    service.resume();
    expect(service.state.value.phase).toBe('none');
  });
});
