import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '#emulator/clock.ts';
import { AppError } from '#shared/app-error.ts';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/objects.ts';
import type { WatchHandlers } from '../kube/watch.ts';
import type { EnsureOptions, ProvidedCluster, Provider } from '../providers/provider.ts';
import { absentCluster } from './absent-cluster.ts';
import { ClusterService, openActiveCluster } from './cluster-service.ts';

/** Makes clusters that are nothing but an address. */
class FakeProvider implements Provider {
  readonly id = 'emulated';
  readonly name = { en: 'fake', ko: 'fake' };
  readonly description = this.name;
  readonly calls: string[] = [];
  url = 'https://127.0.0.1:1';
  failure: AppError | undefined;
  readonly #kubeconfigPath: string;

  constructor(kubeconfigPath: string) {
    this.#kubeconfigPath = kubeconfigPath;
  }

  preflight = (): Promise<{ available: true }> => Promise.resolve({ available: true });
  list = (): Promise<[]> => Promise.resolve([]);
  ensure({ name }: EnsureOptions): Promise<ProvidedCluster> {
    this.calls.push(`ensure ${name}`);
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return Promise.resolve({ provider: this.id, name, url: this.url, kubeconfigPath: this.#kubeconfigPath });
  }
  release(): Promise<void> {
    this.calls.push('release');
    return Promise.resolve();
  }
  delete(name: string): Promise<void> {
    this.calls.push(`delete ${name}`);
    return Promise.resolve();
  }
}

const node = (ready: boolean): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'worker' },
  status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});

let directory: string;
let provider: FakeProvider;
let nodes: KubeObject[];
let health: WatchHandlers<KubeObject> | undefined;
let frozen: boolean;
let clock: VirtualClock;
let service: ClusterService;

async function open(): Promise<ClusterService> {
  const kube: KubeClient = {
    ...absentCluster,
    version: () => Promise.resolve('v1.34.4'),
    answers: async (timeoutMs) => {
      if (!frozen) return;
      await clock.sleep(timeoutMs);
      throw new Error('no answer in time');
    },
    list: <T extends KubeObject>() => Promise.resolve(nodes as unknown as T[]),
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
  nodes = [node(true), node(true)];
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
    expect(provider.calls).toEqual(['ensure switchyard']);
  });

  it('waits for its nodes, with a deadline that says which was missing', async () => {
    nodes = [node(true), node(false)];
    service.create('emulated');
    await phase('creating');
    while (service.state.value.phase === 'creating') await clock.advance(1000);
    expect(service.state.value.phase).toBe('failed');
    expect(service.state.value.problem?.message.en).toContain('not ready: worker');
    expect(service.state.value.progress.at(-1)?.state).toBe('failed');
  });

  it('is found again at the next start', async () => {
    service.create('emulated');
    await phase('ready');
    await service.close();
    expect(provider.calls).toEqual(['ensure switchyard', 'release']);
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
    while (provider.calls.length < 2) await Promise.resolve();
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

  it('is taken over with a new client when it comes back at another address', async () => {
    service.create('emulated');
    await phase('ready');
    provider.url = 'https://127.0.0.1:2';
    health?.state?.('disconnected', new Error('other side closed'));
    while (service.state.value.phase !== 'ready') await new Promise((resolve) => setImmediate(resolve));
    expect(service.state.value.server?.url).toBe('https://127.0.0.1:2');
    expect(service.kube().server).toBe('https://127.0.0.1:2');
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
