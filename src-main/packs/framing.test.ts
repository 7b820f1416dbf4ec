import { list } from 'tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeHeader, encodeHeader } from './framing.ts';
import { Workshop } from './testing/workshop.ts';

describe('headers', () => {
  it('carry sizes beyond 8 GiB in base 256, as other tar programs read them', () => {
    const bytes = 9 * 2 ** 30 + 17;
    const block = encodeHeader({ name: 'kind-node-amd64.tar.zst', bytes }, new Date(0));
    // POSIX.1-1988: bytes 124 to 135 are the size; the first bit says that it is not octal (GNU tar manual).
    expect(block[124]).toBe(0x80);
    expect(Number(block.readBigUInt64BE(128))).toBe(bytes);
    expect(decodeHeader(block)).toEqual({ name: 'kind-node-amd64.tar.zst', bytes });
    const small = encodeHeader({ name: 'a', bytes: 2 ** 33 - 1 }, new Date(0));
    expect(small.toString('latin1', 124, 135)).toBe('77777777777');
  });

  it('are told from everything else', () => {
    const block = encodeHeader({ name: 'a', bytes: 1 }, new Date(0));
    block[3] = 1;
    expect(decodeHeader(block)).toBeUndefined();
    expect(decodeHeader(Buffer.alloc(512))).toBeUndefined();
    expect(decodeHeader(Buffer.from('short'))).toBeUndefined();
  });
});

describe('a pack', () => {
  let workshop: Workshop;
  beforeEach(async () => {
    workshop = await Workshop.open();
    workshop.stock();
  });
  afterEach(() => workshop[Symbol.asyncDispose]());

  it('is an archive that anybody can list', async () => {
    await workshop.create();
    const names: string[] = [];
    await list({ file: workshop.file, onReadEntry: ({ path }) => names.push(path), strict: true });
    expect(names).toEqual(['manifest.json', 'kind-node-amd64.tar.zst', 'pods-amd64.tar.zst', 'SHA256SUMS']);
  });
});
