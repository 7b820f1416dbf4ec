import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandRunner } from '../command/command.ts';
import { Engine } from '../engine/engine.ts';
import { archiveOf, FakeEngine, fakeImage, fakeLayer } from '../engine/testing/fake-engine.ts';
import { airgapPath, checkAirgap, readAirgap } from './airgap.ts';
import { openPack, spansOf } from './reader.ts';
import { AGNHOST, codeOf, K3D, KIND, LABS, NGINX, NODE, running, Workshop } from './testing/workshop.ts';
import { entriesToLoad, gapsOf, readinessOf } from './verify.ts';

let workshop: Workshop;
let laptop: FakeEngine;
beforeEach(async () => {
  workshop = await Workshop.open();
  workshop.stock();
  laptop = new FakeEngine();
});
afterEach(() => workshop[Symbol.asyncDispose]());

async function ready() {
  const [readiness] = await readinessOf([KIND], LABS, await running(laptop));
  return readiness?.missing;
}

describe('loading a pack', () => {
  it('gives a laptop without a network all that is needed', async () => {
    await workshop.create();
    expect(await ready()).toEqual([NODE, AGNHOST, NGINX]);
    expect(await workshop.load(laptop)).toEqual({
      loaded: ['kind-node-amd64.tar.zst', 'pods-amd64.tar.zst'],
      present: [],
    });
    expect(await ready()).toEqual([]);
    expect(laptop.count('pull')).toBe(0);
  });

  it('finds a node image that is pinned by digest, although the digest stays behind', async () => {
    const pinned = `${NODE}@${workshop.engine.publish(NODE, workshop.engine.named(NODE))}`;
    workshop.tools = [{ ...KIND, nodeImage: pinned }];
    await workshop.create();
    await workshop.load(laptop);
    const [readiness] = await readinessOf(workshop.tools, LABS, await running(laptop));
    expect(readiness?.missing).toEqual([]);
  });

  it('loads nothing twice, and goes on where it was interrupted', async () => {
    await workshop.create();
    const cancel = new AbortController();
    const interrupted = workshop.load(laptop, {
      signal: cancel.signal,
      tell: ({ action, name }) => {
        if (action === 'check' && name.startsWith('pods')) cancel.abort();
      },
    });
    expect(await codeOf(interrupted)).toBe('cancelled');
    expect(laptop.count('load')).toBe(1);
    expect(await workshop.load(laptop)).toEqual({
      loaded: ['pods-amd64.tar.zst'],
      present: ['kind-node-amd64.tar.zst'],
    });
    await workshop.load(laptop);
    expect(laptop.count('load')).toBe(2);
  });

  it('replaces an image of the same name that is another', async () => {
    await workshop.create();
    laptop.add([fakeLayer()], [NGINX]);
    laptop.add([fakeLayer()], [NODE], 'arm64');
    expect((await workshop.load(laptop)).loaded).toHaveLength(2);
    expect(laptop.named(NGINX)[0]?.id).toBe(workshop.engine.named(NGINX)[0]?.id);
  });

  it('hands nothing of a damaged entry to the engine, and names it', async () => {
    const { entries } = await workshop.create();
    const { start } = spansOf(entries).get('pods-amd64.tar.zst') ?? { start: 0 };
    const file = await open(workshop.file, 'r+');
    await file.write(Buffer.from([1, 2, 3]), 0, 3, start + 30_000);
    await file.close();
    await expect(workshop.load(laptop)).rejects.toMatchObject({
      problem: {
        code: 'pack-checksum',
        message: { en: expect.stringContaining('pods-amd64.tar.zst') as string },
      },
    });
    // The node image was in order.
    expect(laptop.count('load')).toBe(1);
    expect(laptop.named(AGNHOST)).toEqual([]);
  });

  it('says what an engine of another architecture needs', async () => {
    await workshop.create();
    laptop.architecture = 'arm64';
    await expect(workshop.load(laptop)).rejects.toMatchObject({
      problem: {
        code: 'pack-other-architecture',
        message: {
          en: expect.stringContaining('amd64 only; the container engine here runs arm64') as string,
        },
        fix: { en: expect.stringContaining('--arch arm64') as string },
      },
    });
  });

  it("puts a remedy in place of the engine's words, and believes no success that it does not see", async () => {
    await workshop.create();
    laptop.loadFailure = 'write /layer.tar: no space left on device';
    expect(await codeOf(workshop.load(laptop))).toBe('disk-full');
    laptop.loadFailure = 'something new';
    await expect(workshop.load(laptop)).rejects.toMatchObject({
      problem: { code: 'engine-failed', detail: expect.stringContaining('something new') as string },
    });
    laptop.loadFailure = undefined;
    const run: CommandRunner = async (command, options) => {
      if (command.args[0] !== 'load') return laptop.run(command, options);
      for await (const _ of options.stdin as AsyncIterable<Buffer>);
      return { exitCode: 0, stdout: 'Loaded image', stderr: '' };
    };
    const { info } = await running(laptop);
    const engine = new Engine('docker', run);
    await expect(workshop.load(laptop, { engine, info })).rejects.toMatchObject({
      problem: { code: 'images-not-loaded', message: { en: expect.stringContaining(NODE) as string } },
    });
  });
});

describe('verifying a pack', () => {
  it('says what this version of the app needs and the pack lacks', async () => {
    await workshop.create();
    const pack = await openPack(workshop.file);
    expect(gapsOf(pack, [KIND], LABS)).toEqual([]);
    expect(gapsOf(pack, [K3D], LABS)[0]?.missing).toEqual([K3D.nodeImage, ...K3D.toolImages]);
    const newer = { ...KIND, nodeImage: 'kindest/node:v1.35.0', addOnImages: ['traefik:v3.6'] };
    expect(gapsOf(pack, [newer], [...LABS, { id: 'new', images: ['redis:7'] }])).toEqual([
      {
        provider: 'kind',
        architecture: 'amd64',
        missing: ['kindest/node:v1.35.0', 'traefik:v3.6', 'redis:7'],
      },
    ]);
  });

  it('says what is not loaded yet', async () => {
    await workshop.create();
    const look = async () =>
      entriesToLoad({
        ...(await running(laptop)),
        pack: await openPack(workshop.file),
        tools: [KIND],
        dataDirectory: workshop.directory,
        signal: new AbortController().signal,
      });
    expect(await look()).toEqual(['kind-node-amd64.tar.zst', 'pods-amd64.tar.zst']);
    await workshop.load(laptop);
    expect(await look()).toEqual([]);
  });
});

describe('readiness for offline use', () => {
  it('counts no image of another architecture, and no provider that the engine is not for', async () => {
    for (const [index, name] of [NODE, AGNHOST, NGINX].entries())
      laptop.add([fakeLayer()], [name], index === 0 ? 'arm64' : 'amd64');
    const running_ = await running(laptop);
    expect(await readinessOf([KIND, { ...K3D, engines: ['podman'] }], LABS, running_)).toEqual([
      { provider: 'kind', missing: [NODE] },
      { provider: 'k3d', engines: ['podman'], missing: [] },
    ]);
  });
});

describe("k3s' airgap archive", () => {
  const pause = fakeImage([fakeLayer()], 'amd64');
  const archive = archiveOf([{ image: pause, name: 'rancher/mirrored-pause:3.6' }]);
  let given: string;
  beforeEach(async () => {
    given = join(workshop.directory, 'k3s-airgap-images-amd64.tar');
    workshop.tools = [K3D];
    for (const name of [K3D.nodeImage, ...K3D.toolImages]) workshop.engine.add([fakeLayer()], [name]);
  });

  it.each([
    ['plain', archive],
    ['compressed', zstdCompressSync(archive)],
  ])('travels in the pack, given %s, and arrives where nodes read it', async (_, content) => {
    await writeFile(given, content);
    const { entries } = await workshop.create({ airgap: [await readAirgap(given)] });
    expect(entries.at(-1)).toMatchObject({
      name: 'k3s-airgap-amd64.tar.zst',
      content: 'k3s-airgap',
      images: [{ reference: 'docker.io/rancher/mirrored-pause:3.6' }],
    });
    expect((await workshop.load(laptop)).loaded).toContain('k3s-airgap-amd64.tar.zst');
    const kept = airgapPath(join(workshop.directory, 'data'), K3D.nodeImage, 'amd64');
    expect(kept).toMatch(/k3s-airgap-v1\.34\.4-k3s1-amd64\.tar\.zst$/);
    expect(zstdDecompressSync(await readFile(kept)).equals(archive)).toBe(true);
    expect(laptop.named('rancher/mirrored-pause:3.6')).toEqual([]);
    expect((await workshop.load(laptop)).loaded).toEqual([]);
  });

  it('is refused when it is none, or of no use', async () => {
    await writeFile(given, 'hello');
    expect(await codeOf(readAirgap(given))).toBe('airgap-unusable');
    expect(await codeOf(readAirgap(`${given}.none`))).toBe('pack-missing');
    const file = { path: given, architecture: 'arm64' as const, references: [] };
    expect(() => checkAirgap([file], ['kind'], ['arm64'])).toThrow(/k3d only/);
    expect(() => checkAirgap([file], ['k3d'], ['amd64'])).toThrow(/is for arm64/);
  });
});
