import { cp, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeLayer } from '../engine/testing/fake-engine.ts';
import { entryLength } from './framing.ts';
import { MANIFEST_ROOM } from './manifest.ts';
import { planPack } from './plan.ts';
import { openPack } from './reader.ts';
import { AGNHOST, codeOf, K3D, NODE, running, Workshop } from './testing/workshop.ts';
import { damagedEntries } from './verify.ts';
import { PackWriter } from './writer.ts';

let workshop: Workshop;
beforeEach(async () => {
  workshop = await Workshop.open();
  workshop.stock();
});
afterEach(() => workshop[Symbol.asyncDispose]());

async function isWhole(): Promise<boolean> {
  return (await damagedEntries(await openPack(workshop.file), () => undefined)).length === 0;
}

describe('making a pack', () => {
  it('writes down what is in it, and leaves nothing else behind', async () => {
    const manifest = await workshop.create({ now: () => new Date(0) });
    expect(manifest).toMatchObject({
      bytes: (await stat(workshop.file)).size,
      createdAt: '1970-01-01T00:00:00.000Z',
      createdBy: 'Switchyard 1.2.3',
      providers: ['kind'],
      labs: ['cluster-ip', 'ingress'],
      architectures: ['amd64'],
      entries: [
        { name: 'kind-node-amd64.tar.zst', images: [{ reference: NODE, bytes: 100_000 }] },
        { name: 'pods-amd64.tar.zst', images: [{ reference: AGNHOST }, { reference: 'nginx:1.27' }] },
      ],
    });
    expect((await openPack(workshop.file)).manifest).toEqual(manifest);
    expect(await isWhole()).toBe(true);
    expect(await readdir(workshop.directory)).toEqual(['workshop.pack.tar']);
  });

  it('writes a layer that images share once', async () => {
    const { entries } = await workshop.create();
    // 400 kB of layers, not 600.
    expect(entries[1]?.unpackedBytes).toBeLessThan(450_000);
  });

  it('fetches what is missing first, and keeps it', async () => {
    const fetched = 'busybox:1.36';
    workshop.labs = [{ id: 'busy', images: [fetched] }];
    const image = workshop.engine.add([fakeLayer()], ['elsewhere:1']);
    workshop.engine.publish(fetched, [image]);
    await workshop.create();
    expect(workshop.engine.named(fetched)).toHaveLength(1);
    expect(workshop.progress).toContainEqual({ action: 'pull', name: fetched, done: 1, total: 1 });
  });

  it('goes into a file that is not there yet, in a folder that is', async () => {
    await writeFile(workshop.file, 'precious');
    expect(await codeOf(workshop.create())).toBe('pack-exists');
    expect(await codeOf(workshop.create({ file: join(workshop.directory, 'no', 'p.tar') }))).toBe(
      'pack-unwritable',
    );
  });

  it('does not begin what the disk has clearly no room for', async () => {
    const tooSmall = workshop.create({ freeSpace: () => Promise.resolve(60_000) });
    await expect(tooSmall).rejects.toMatchObject({
      problem: { code: 'disk-full', message: { en: expect.stringContaining('60 kB are free') as string } },
    });
    expect(workshop.engine.count('save')).toBe(0);
    expect(await readdir(workshop.directory)).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux')('says that the disk became full', async () => {
    expect(await codeOf(PackWriter.begin('/dev/full', new Date()))).toBe('disk-full');
  });

  it('refuses an image that no archive can name', async () => {
    const images = [`nginx@sha256:${'0'.repeat(64)}`];
    expect(() => planPack(workshop.tools, [{ id: 'x', images }], ['amd64'])).toThrow(/has no tag/);
  });

  it('has one archive of nodes for each provider, and one of what pods run for all', () => {
    const plan = planPack([...workshop.tools, K3D], workshop.labs, ['amd64', 'arm64']);
    expect(plan.entries.map(({ name }) => name)).toEqual([
      'kind-node-amd64.tar.zst',
      'k3d-node-amd64.tar.zst',
      'pods-amd64.tar.zst',
      'kind-node-arm64.tar.zst',
      'k3d-node-arm64.tar.zst',
      'pods-arm64.tar.zst',
    ]);
    expect(plan.entries[1]?.references).toHaveLength(3);
  });
});

describe('making a pack that is interrupted', () => {
  /** Calls back in the middle of the archive that is the n-th to be saved. */
  function inTheMiddleOf(archive: number, act: () => void | Promise<void>): void {
    workshop.engine.onSaved = (bytes) =>
      workshop.engine.count('save') === archive && bytes > (archive === 1 ? 60_000 : 350_000)
        ? act()
        : undefined;
  }

  it('goes on after a kill in the middle of an entry', async () => {
    const killed = join(workshop.directory, 'killed');
    await mkdir(killed);
    inTheMiddleOf(2, async () => {
      // What a kill would leave at this moment.
      for (const end of ['.part', '.part.json'])
        await cp(`${workshop.file}${end}`, join(killed, `p.tar${end}`));
    });
    const whole = await workshop.create();
    const saved = workshop.engine.count('save');
    const file = join(killed, 'p.tar');
    const resumed = await workshop.create({ file });
    expect(workshop.engine.count('save') - saved).toBe(1);
    expect(workshop.progress).toContainEqual(
      expect.objectContaining({ action: 'have', name: 'kind-node-amd64.tar.zst' }),
    );
    expect(resumed.entries).toEqual(whole.entries);
    expect(await damagedEntries(await openPack(file), () => undefined)).toEqual([]);
    expect(await readdir(killed)).toEqual(['p.tar']);
  });

  it('writes an entry anew that is not what the journal says', async () => {
    await interrupted();
    const handle = await PackWriter.resume(`${workshop.file}.part`, new Date(), []);
    await handle.add('something-else.tar.zst', async (sink) => {
      await new Promise<void>((resolve) => sink.end(Buffer.alloc(1000), resolve));
    });
    await handle[Symbol.asyncDispose]();
    await workshop.create();
    expect(workshop.engine.count('save')).toBe(2 + 2);
    expect(await isWhole()).toBe(true);
  });

  it('writes an entry anew whose image was made anew meanwhile', async () => {
    await interrupted();
    const { id } = workshop.engine.add([fakeLayer()], [NODE]);
    const { entries } = await workshop.create();
    expect(workshop.engine.count('save')).toBe(2 + 2);
    expect(workshop.engine.named(NODE)[0]?.id).toBe(id);
    expect(entries[0]?.images[0]?.layers).toHaveLength(1);
  });

  it('begins anew when other things are asked for', async () => {
    await interrupted();
    workshop.tools = [{ ...workshop.tools[0], toolImages: ['busybox:1'] } as (typeof workshop.tools)[0]];
    workshop.engine.add([fakeLayer()], ['busybox:1']);
    const { entries } = await workshop.create();
    expect(entries[0]?.images.map(({ reference }) => reference)).toEqual([NODE, 'busybox:1']);
    expect(await isWhole()).toBe(true);
  });

  it('leaves nothing of what broke off behind when less is asked for', async () => {
    const killed = join(workshop.directory, 'killed.tar');
    inTheMiddleOf(2, async () => {
      for (const end of ['.part', '.part.json']) await cp(`${workshop.file}${end}`, `${killed}${end}`);
    });
    await workshop.create();
    workshop.labs = [];
    const { bytes, entries } = await workshop.create({ file: killed });
    expect(entries).toHaveLength(1);
    expect((await stat(killed)).size).toBe(bytes);
  });

  it('keeps what is finished when it is cancelled, and says so', async () => {
    const error = await interrupted();
    expect(error).toMatchObject({
      problem: {
        code: 'cancelled',
        message: { en: expect.stringContaining('1 of 2 parts are finished and kept in') as string },
      },
    });
    expect(await readdir(workshop.directory)).toEqual([
      'workshop.pack.tar.part',
      'workshop.pack.tar.part.json',
    ]);
    // Nothing of the second one, of which a good part was written.
    const { size } = await stat(`${workshop.file}.part`);
    expect(size).toBe(
      entryLength(MANIFEST_ROOM) + entryLength((await workshop.create()).entries[0]?.bytes ?? 0),
    );
  });

  it('can be told from a whole one', async () => {
    await interrupted();
    expect(await codeOf(openPack(`${workshop.file}.part`))).toBe('pack-unfinished');
  });

  it('leaves nothing when nothing is finished, and says so', async () => {
    const cancel = new AbortController();
    inTheMiddleOf(1, () => cancel.abort());
    await expect(workshop.create({ signal: cancel.signal })).rejects.toMatchObject({
      problem: {
        code: 'cancelled',
        message: { en: expect.stringContaining('Nothing of it is left') as string },
      },
    });
    expect(await readdir(workshop.directory)).toEqual([]);
  });

  it('keeps what is finished when the engine fails, with the words of the engine', async () => {
    inTheMiddleOf(2, () => {
      workshop.engine.state = 'stopped';
      throw new Error('the connection broke');
    });
    await expect(workshop.create()).rejects.toThrow('the connection broke');
    workshop.engine.onSaved = () => undefined;
    await expect(running(workshop.engine)).rejects.toThrow('stopped');
    workshop.engine.state = 'running';
    await workshop.create();
    expect(workshop.engine.count('save')).toBe(3);
  });

  it('lets no second one write the same file', async () => {
    let second: string | undefined;
    inTheMiddleOf(1, async () => {
      second ??= await codeOf(workshop.create());
    });
    await workshop.create();
    expect(second).toBe('pack-being-made');
    expect(await isWhole()).toBe(true);
  });

  async function interrupted(): Promise<unknown> {
    const cancel = new AbortController();
    inTheMiddleOf(2, () => cancel.abort());
    const error: unknown = await workshop.create({ signal: cancel.signal }).catch((cause: unknown) => cause);
    workshop.engine.onSaved = () => undefined;
    return error;
  }
});
