import { copyFile, open, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BLOCK, entryLength } from './framing.ts';
import { MANIFEST_ROOM, type PackManifest } from './manifest.ts';
import { openPack, spansOf } from './reader.ts';
import { codeOf, Workshop } from './testing/workshop.ts';
import { damagedEntries } from './verify.ts';

let workshop: Workshop;
let manifest: PackManifest;
let size: number;
let copy: string;
beforeAll(async () => {
  workshop = await Workshop.open();
  workshop.stock();
  manifest = await workshop.create();
  ({ size } = await stat(workshop.file));
  copy = join(workshop.directory, 'copy.tar');
});
afterAll(() => workshop[Symbol.asyncDispose]());

/** Where the parts of the file begin and end. */
function edges(): number[] {
  const spans = [...spansOf([...manifest.entries, { name: 'SHA256SUMS', bytes: 255 }]).values()];
  return [
    0,
    BLOCK,
    entryLength(MANIFEST_ROOM),
    ...spans.flatMap(({ start, bytes }) => [start - BLOCK, start, start + bytes]),
    size,
  ];
}

describe('a file that is cut off', () => {
  it('is refused wherever it ends, with how much of it is there', async () => {
    const lengths = new Set([...edges().flatMap((edge) => [edge - 1, edge, edge + 1])]);
    for (let length = 0; length < size; length += 7919) lengths.add(length);
    for (let length = BLOCK; length < 4 * BLOCK; length += 61) lengths.add(length);
    await copyFile(workshop.file, copy);
    const falling = [...lengths].filter((length) => length >= 0 && length < size).toSorted((a, b) => b - a);
    expect(falling.length).toBeGreaterThan(150);
    for (const length of falling) {
      await truncate(copy, length);
      const code = await codeOf(openPack(copy));
      // Without a whole header there is nothing to tell it by.
      expect([length, code]).toEqual([
        length,
        length > 0 && length < BLOCK ? 'pack-unrecognised' : 'pack-truncated',
      ]);
    }
  });

  it('says so in numbers that people compare with those of their file manager', async () => {
    await copyFile(workshop.file, copy);
    await truncate(copy, 1_100_000);
    await expect(openPack(copy)).rejects.toMatchObject({
      problem: { message: { en: expect.stringMatching(/1\.1 MB of 1\.\d MB are there/) as string } },
    });
    await copyFile(workshop.file, copy);
    await truncate(copy, size - 1);
    await expect(openPack(copy)).rejects.toMatchObject({
      problem: {
        message: { en: expect.stringContaining(`${size - 1} bytes are there of ${size}`) as string },
      },
    });
  });
});

describe('a single bit that flipped', () => {
  it('is found wherever it is', async () => {
    await copyFile(workshop.file, copy);
    const file = await open(copy, 'r+');
    const positions = new Set(edges().flatMap((edge) => [edge - 2, edge + 1, edge + 60]));
    for (let position = 3; position < size; position += 9973) positions.add(position);
    const headers = edges();
    // The checksum of a header ends in two bytes that say nothing.
    const saysNothing = (position: number): boolean =>
      headers.some((edge) => position >= edge + 154 && position < edge + 156);
    const byte = Buffer.alloc(1);
    let flips = 0;
    for (const position of positions) {
      if (position < 0 || position >= size || saysNothing(position)) continue;
      await file.read(byte, 0, 1, position);
      const kept = byte[0] ?? 0;
      await file.write(Buffer.from([kept ^ (1 << (position & 7))]), 0, 1, position);
      const found = await openPack(copy).then(
        async (pack) => (await damagedEntries(pack, () => undefined)).length > 0,
        () => true,
      );
      expect([position, found]).toEqual([position, true]);
      await file.write(Buffer.from([kept]), 0, 1, position);
      flips++;
    }
    await file.close();
    expect(flips).toBeGreaterThan(100);
    // Put back, it is as good as before.
    expect(await damagedEntries(await openPack(copy), () => undefined)).toEqual([]);
  });

  it('is reported with the entry that it is in', async () => {
    await copyFile(workshop.file, copy);
    const { start } = spansOf(manifest.entries).get('pods-amd64.tar.zst') ?? { start: 0 };
    const file = await open(copy, 'r+');
    await file.write(Buffer.from('x'), 0, 1, start + 1000);
    await file.close();
    expect(await damagedEntries(await openPack(copy), () => undefined)).toEqual(['pods-amd64.tar.zst']);
  });
});

describe('a file that is something else', () => {
  it.each([
    ['pack-missing', () => Promise.resolve(join(workshop.directory, 'nothing.tar'))],
    ['pack-unreadable', () => Promise.resolve(workshop.directory)],
    ['pack-unrecognised', () => written('something else entirely\n'.repeat(100))],
    ['pack-newer', () => withManifest((text) => text.replace('"version": 1', '"version": 7'))],
    ['pack-unfinished', () => withManifest((text) => text.replace('"complete": true', '"complete": false'))],
    ['pack-damaged', () => withManifest((text) => text.replace('"entries"', '"entrees"'))],
    ['pack-damaged', () => withManifest((text) => text.replace('{', '['))],
    ['pack-damaged', () => withManifest((text) => text.replace('cluster-ip', 'cluster-io'))],
    ['pack-damaged', async () => written(Buffer.concat([await readFile(workshop.file), Buffer.alloc(512)]))],
  ])('is refused as %s', async (code, make) => {
    const path = await make();
    const error: unknown = await openPack(path).catch((cause: unknown) => cause);
    expect(error).toMatchObject({
      problem: {
        code,
        message: { en: expect.stringContaining(path) as string, ko: expect.stringContaining(path) as string },
        fix: { en: expect.stringMatching(/\S/) as string, ko: expect.stringMatching(/\S/) as string },
      },
    });
  });

  async function written(content: string | Buffer): Promise<string> {
    await writeFile(copy, content);
    return copy;
  }

  async function withManifest(change: (text: string) => string): Promise<string> {
    const whole = await readFile(workshop.file);
    const room = whole.subarray(BLOCK, BLOCK + MANIFEST_ROOM);
    const text = Buffer.from(change(room.toString()));
    text.copy(whole, BLOCK, 0, MANIFEST_ROOM);
    return written(whole);
  }
});
