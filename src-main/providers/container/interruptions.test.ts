import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Cluster } from '#emulator/index.ts';
import { isProcessAlive } from '#emulator/process-identity.ts';
import { COMPILED } from '../../../e2e/programs/install.ts';
import type { Rule, StandInContainer } from '../../../e2e/programs/scenario.ts';
import { Workshop } from './testing/workshop.ts';
import { startStandIn } from '../testing/stand-in.ts';

/** What happens to a cluster of containers when it is given up, killed, deleted or replaced by somebody else. */

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

const clusters = (): Promise<string[]> => readdir(join(shop.directory, 'kind')).catch(() => []);

async function nothingIsLeft(): Promise<void> {
  expect(shop.programs.containers).toEqual([]);
  expect(shop.programs.hanging.filter(isProcessAlive)).toEqual([]);
  expect(await clusters()).toEqual([]);
}

/** Everything at which a cluster can be interrupted: what hangs there, and what there is of it then. */
const PHASES: [step: string, rule: Rule | undefined, containers: number][] = [
  ['images', { on: 'docker pull', until: 'Pull complete', then: 'hang' }, 0],
  ['containers', { on: 'kind create', until: '✓ Preparing nodes', then: 'hang' }, 3],
  ['control-plane', { on: 'kind create', until: '✓ Starting control-plane', then: 'hang' }, 3],
  ['load', { on: 'kind load', then: 'hang' }, 3],
  ['ready', undefined, 3],
];

function prepare(rule: Rule | undefined): void {
  if (rule?.on !== 'docker pull') shop.haveImages();
  shop.programs.rules = rule === undefined ? [] : [rule];
  // Nobody answers there.
  if (rule === undefined) shop.programs.serve(api.kubeconfig.replace(api.url, 'https://127.0.0.1:1'));
}

describe('giving up', () => {
  it.each(PHASES)('while %s: what was started ends, what was made is deleted', async (step, rule, made) => {
    prepare(rule);
    const cancel = new AbortController();
    const creating = shop.create(shop.provider(), { signal: cancel.signal });
    const refused = expect(creating).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    if (rule !== undefined) await shop.until({ hangs: true });
    await shop.until({ step });
    expect(shop.programs.containers).toHaveLength(made);
    cancel.abort();
    await refused;
    expect(shop.programs.deeds.filter((line) => line.startsWith('kind delete'))).toHaveLength(
      made > 0 ? 1 : 0,
    );
    await nothingIsLeft();
  });
});

/** Makes a cluster in a process of its own, and kills that when it has come to a step and something hangs. */
async function killedAt(step: string, rule: Rule | undefined): Promise<void> {
  const maker = spawn(process.execPath, [join(import.meta.dirname, 'testing', 'maker.ts'), shop.directory], {
    env: { ...shop.programs.environment, ...COMPILED },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(maker, 'exit');
  for await (const line of createInterface({ input: maker.stdout })) if (line === step) break;
  if (rule !== undefined) await shop.until({ hangs: true });
  maker.kill('SIGKILL');
  await ended;
}

describe('a kill of the app', () => {
  it.each(PHASES.slice(2))(
    'while %s leaves what is found and deleted at the next start',
    async (step, rule) => {
      prepare(rule);
      await killedAt(step, rule);
      expect(shop.programs.containers).toHaveLength(3);
      const provider = shop.provider();
      expect(await provider.list()).toMatchObject([{ name: 'switchyard', state: 'half-made' }]);
      const [leftover] = await provider.leftovers();
      expect(leftover).toMatchObject({ provider: 'kind', name: 'switchyard' });
      expect(leftover?.text.ko).toContain('switchyard');
      await provider.delete('switchyard');
      await nothingIsLeft();
    },
  );

  it('while images are fetched leaves nothing that would have to be deleted', async () => {
    const [[step, rule] = ['images', undefined]] = PHASES;
    prepare(rule);
    await killedAt(step, rule);
    expect(await shop.provider().leftovers()).toEqual([]);
    expect(shop.programs.containers).toEqual([]);
  });

  it('is no hindrance for making the cluster anew', async () => {
    const [, , [step, rule] = ['', undefined]] = PHASES;
    prepare(rule);
    await killedAt(step, rule);
    const left = shop.programs.state.containers.map(({ id }) => id);
    shop.programs.rules = [];
    expect((await shop.create()).title).toBe('switchyard');
    expect(shop.programs.hanging.filter(isProcessAlive)).toEqual([]);
    expect(shop.programs.state.containers).toHaveLength(3);
    expect(shop.programs.state.containers.filter(({ id }) => left.includes(id))).toEqual([]);
  });
});

describe('two that make the same cluster', () => {
  it('are one: the second is told who makes it', async () => {
    shop.haveImages();
    shop.programs.rules = [{ on: 'kind create', until: '✓ Preparing', then: 'hang' }];
    const cancel = new AbortController();
    const first = shop.create(shop.provider(), { signal: cancel.signal }).catch(() => undefined);
    await shop.until({ hangs: true });
    await expect(shop.create(shop.provider())).rejects.toMatchObject({
      problem: {
        code: 'cluster-being-made',
        message: { en: expect.stringContaining(String(process.pid)) as string },
      },
    });
    expect(await shop.provider().leftovers()).toEqual([]);
    cancel.abort();
    await first;
  });
});

const theirs = (name: string): StandInContainer => ({
  id: `of-somebody-else-${name}`,
  name,
  labels: { 'io.x-k8s.kind.cluster': 'switchyard' },
  status: 'running',
  createdAt: '2026-01-01T00:00:00Z',
});

describe('a cluster of somebody else', () => {
  it('keeps its name and its containers', async () => {
    shop.haveImages();
    shop.programs.change(({ containers }) => containers.push(theirs('switchyard-control-plane')));
    const cluster = await shop.create();
    expect(cluster.title).toBe('switchyard-2');
    expect(cluster.reach.nodePorts[0]?.node).toBe('switchyard-2-worker');
    await shop.provider().delete('switchyard');
    expect(shop.programs.containers).toEqual(['switchyard-control-plane']);
    expect(shop.programs.deeds.at(-1)).toContain('kind delete cluster --name switchyard-2');
  });

  it('is not deleted along with ours when it has the same label', async () => {
    shop.haveImages();
    await shop.create();
    shop.programs.change(({ containers }) => containers.push(theirs('switchyard-worker9')));
    await shop.provider().delete('switchyard');
    expect(shop.programs.containers).toEqual(['switchyard-worker9']);
    expect(shop.programs.deeds.filter((line) => line.startsWith('kind delete'))).toEqual([]);
  });

  it('is told from ours when it took its place', async () => {
    shop.haveImages();
    await shop.create();
    shop.programs.change((state) => (state.containers = [theirs('switchyard-control-plane')]));
    const revival = await shop.provider().revive('switchyard', new AbortController().signal);
    expect(revival).toMatchObject({ state: 'gone', problem: { code: 'cluster-replaced' } });
  });
});

describe('a cluster that has stopped answering', () => {
  const revive = () => shop.provider().revive('switchyard', new AbortController().signal);

  it('is left as it is while somebody has paused it, and the line is told that lets it go on', async () => {
    shop.haveImages();
    await shop.create();
    shop.programs.change(({ containers }) => {
      for (const container of containers) container.status = 'paused';
    });
    expect(await revive()).toMatchObject({
      state: 'waiting',
      problem: {
        code: 'cluster-paused',
        commands: ['docker unpause switchyard-control-plane switchyard-worker switchyard-worker2'],
      },
    });
    expect(shop.programs.deeds.filter((line) => line.startsWith('docker start'))).toEqual([]);
  });

  it('waits for its engine, is started again, and is given up when it was deleted', async () => {
    shop.haveImages();
    await shop.create();
    shop.programs.stopEngine();
    expect(await revive()).toMatchObject({
      state: 'waiting',
      problem: {
        code: 'engine-stopped',
        detail: expect.stringContaining('Is the docker daemon running?') as string,
      },
    });
    expect(await shop.provider().list()).toMatchObject([{ state: 'stopped' }]);
    await expect(shop.provider().delete('switchyard')).rejects.toMatchObject({
      problem: { fix: expect.any(Object) as object },
    });

    shop.programs.startEngine();
    shop.programs.change(({ containers }) => {
      for (const container of containers) container.status = 'exited';
    });
    expect(await revive()).toMatchObject({ state: 'running', cluster: { title: 'switchyard' } });
    expect(shop.programs.state.containers.map(({ status }) => status)).toEqual([
      'running',
      'running',
      'running',
    ]);

    shop.programs.change((state) => (state.containers = []));
    expect(await revive()).toMatchObject({ state: 'gone', problem: { code: 'cluster-gone' } });
  });
});
