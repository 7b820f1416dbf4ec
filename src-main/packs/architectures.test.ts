import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandRunner } from '../command/command.ts';
import { Engine } from '../engine/engine.ts';
import { FakeEngine, fakeImage, fakeLayer, type FakeImage } from '../engine/testing/fake-engine.ts';
import { openPack } from './reader.ts';
import { codeOf, running, Workshop } from './testing/workshop.ts';
import { damagedEntries } from './verify.ts';

const TAG = 'nginx:1.27';
const NODE_TAG = 'kindest/node:v1.34.11';

let workshop: Workshop;
let node: FakeImage[];
let nginx: FakeImage[];
beforeEach(async () => {
  workshop = await Workshop.open();
  node = [fakeImage([fakeLayer()], 'amd64'), fakeImage([fakeLayer()], 'arm64')];
  nginx = [fakeImage([fakeLayer()], 'amd64'), fakeImage([fakeLayer()], 'arm64')];
  workshop.engine.publish(TAG, nginx);
  const digest = workshop.engine.publish(NODE_TAG, node);
  workshop.tools = [
    {
      id: 'kind',
      engines: ['docker'],
      nodeImage: `${NODE_TAG}@${digest}`,
      toolImages: [],
      systemImages: [],
      addOnImages: [],
    },
  ];
  workshop.labs = [{ id: 'lab', images: [TAG] }];
});
afterEach(() => workshop[Symbol.asyncDispose]());

const both = { architectures: ['amd64', 'arm64'] as ('amd64' | 'arm64')[] };

async function pull(...names: string[]): Promise<void> {
  const { engine } = await running(workshop.engine);
  for (const name of names) await engine.pull(name, { platform: 'linux/amd64' });
}

function nothingBut(nodeImage: string): void {
  workshop.tools = [
    { id: 'kind', engines: ['docker'], nodeImage, toolImages: [], systemImages: [], addOnImages: [] },
  ];
  workshop.labs = [];
}

function idsOf(name: string): string[] {
  return workshop.engine.named(name).map(({ id }) => id);
}

describe.each([
  ['a classic store', false],
  ["containerd's store", true],
])('a pack for two architectures, from %s', (_, containerdStore) => {
  beforeEach(() => {
    workshop.engine.containerdStore = containerdStore;
  });

  it('serves laptops of both', async () => {
    const { entries } = await workshop.create(both);
    expect(entries.map(({ name }) => name)).toEqual([
      'kind-node-amd64.tar.zst',
      'pods-amd64.tar.zst',
      'kind-node-arm64.tar.zst',
      'pods-arm64.tar.zst',
    ]);
    for (const [index, architecture] of both.architectures.entries()) {
      const laptop = new FakeEngine();
      laptop.architecture = architecture;
      expect((await workshop.load(laptop)).loaded).toHaveLength(2);
      expect(laptop.named(TAG).map(({ id }) => id)).toEqual([nginx[index]?.id]);
      expect(laptop.named(NODE_TAG).map(({ id }) => id)).toEqual([node[index]?.id]);
    }
  });

  it('leaves the tags of the engine as they were', async () => {
    await pull(TAG);
    const before = idsOf(TAG).slice(0, 1);
    await workshop.create(both);
    expect(idsOf(TAG)).toContain(before[0]);
    const { engine } = await running(workshop.engine);
    expect((await engine.images([TAG, NODE_TAG])).map(({ architecture }) => architecture)).toEqual([
      'amd64',
      'amd64',
    ]);
  });
});

describe('a classic store', () => {
  it('keeps no image of the other architecture', async () => {
    await pull(TAG);
    await workshop.create(both);
    for (const image of [node[1], nginx[1]]) expect(workshop.engine.has(image?.id ?? '')).toBe(false);
    for (const image of [node[0], nginx[0]]) expect(workshop.engine.has(image?.id ?? '')).toBe(true);
  });

  it('loses nothing when the fetching of the other architecture is given up', async () => {
    await pull(TAG);
    const cancel = new AbortController();
    workshop.engine.onPull = () => cancel.abort();
    const only = { ...both, architectures: ['arm64' as const], signal: cancel.signal };
    nothingBut(TAG);
    expect(await codeOf(workshop.create(only))).toBe('cancelled');
    expect(idsOf(TAG)).toEqual([nginx[0]?.id]);
  });

  it('gives tags back that a killed run had borrowed', async () => {
    await pull(TAG);
    const killed = join(workshop.directory, 'p.tar');
    nothingBut(TAG);
    let borrowed: string[] = [];
    workshop.engine.onSaved = async () => {
      if (workshop.engine.count('save') < 2) return;
      borrowed = idsOf(TAG);
      for (const end of ['.part', '.part.json']) await cp(`${workshop.file}${end}`, `${killed}${end}`);
    };
    await workshop.create(both);
    expect(borrowed).toEqual([nginx[1]?.id]);
    // The moment of the kill: the tag stands for the other architecture.
    const { engine } = await running(workshop.engine);
    await engine.pull(TAG, { platform: 'linux/arm64' });
    expect(idsOf(TAG)).toEqual([nginx[1]?.id]);
    workshop.engine.onSaved = () => undefined;
    await workshop.create({ file: killed });
    expect(idsOf(TAG)).toEqual([nginx[0]?.id]);
    expect(await damagedEntries(await openPack(killed), () => undefined)).toEqual([]);
  });

  it('fetches by tag where the digest belongs to the other architecture, and compares', async () => {
    const [tool] = workshop.tools;
    await pull(tool?.nodeImage ?? '');
    const { entries } = await workshop.create(both);
    expect(entries[2]?.images[0]?.reference).toBe(tool?.nodeImage);
    expect(idsOf(NODE_TAG)).toEqual([node[0]?.id]);
  });

  it('refuses another image than the one that is pinned', async () => {
    await pull(workshop.tools[0]?.nodeImage ?? '');
    // The tag moves on in the registry; the digest stays.
    workshop.engine.publish(NODE_TAG, [fakeImage([fakeLayer()], 'amd64'), fakeImage([fakeLayer()], 'arm64')]);
    expect(await codeOf(workshop.create(both))).toBe('image-moved');
    expect(idsOf(NODE_TAG)).toEqual([node[0]?.id]);
  });
});

describe("containerd's store", () => {
  it('needs a docker that can write one architecture', async () => {
    workshop.engine.containerdStore = true;
    workshop.engine.apiVersion = '1.47';
    expect(await codeOf(workshop.create(both))).toBe('engine-too-old');
    expect(await codeOf(workshop.create())).toBe(undefined);
  });
});

describe('an image that does not exist for an architecture', () => {
  it('is named', async () => {
    workshop.engine.publish(TAG, nginx.slice(0, 1));
    const error: unknown = await workshop.create(both).catch((cause: unknown) => cause);
    expect(error).toMatchObject({
      problem: { code: 'image-architecture', message: { en: expect.stringContaining(TAG) as string } },
    });
  });

  it('is named also when the engine gives another architecture in its place', async () => {
    nothingBut(TAG);
    await pull(TAG);
    // Before API 1.48 docker saves what it has; some registries answer with what they have.
    workshop.engine.apiVersion = '1.41';
    const run: CommandRunner = async (command, options) =>
      command.args[0] === 'pull'
        ? { exitCode: 0, stdout: '', stderr: '' }
        : workshop.engine.run(command, options);
    const { info } = await running(workshop.engine);
    const made = workshop.create({ engine: new Engine('docker', run), info, architectures: ['arm64'] });
    await expect(made).rejects.toMatchObject({
      problem: { code: 'image-architecture', message: { en: expect.stringContaining(TAG) as string } },
    });
  });
});
