import { Header } from 'tar';

/** Tar is made of blocks (POSIX.1-1988 ustar): a header of one, then the content, filled up with zeros. */
export const BLOCK = 512;
/** An archive ends with two blocks of zeros. */
export const END_BYTES = 2 * BLOCK;

/** Bytes that content takes in an archive. */
export function paddedLength(bytes: number): number {
  return Math.ceil(bytes / BLOCK) * BLOCK;
}

/** Bytes that an entry takes: its header, its content, and what fills it up. */
export function entryLength(bytes: number): number {
  return BLOCK + paddedLength(bytes);
}

export interface Framed {
  name: string;
  bytes: number;
}

/** The header of a file. Sizes beyond 8 GiB are written in base 256, as GNU tar, bsdtar and Python read them. */
export function encodeHeader({ name, bytes }: Framed, mtime: Date): Buffer {
  const block = Buffer.alloc(BLOCK);
  new Header({
    path: name,
    size: bytes,
    mtime,
    mode: 0o644,
    type: 'File',
    uid: 0,
    gid: 0,
    uname: '',
    gname: '',
  }).encode(block);
  return block;
}

/** What a header says; undefined for what is none, or not a file's, or damaged. */
export function decodeHeader(block: Buffer): Framed | undefined {
  if (block.length < BLOCK) return undefined;
  const { path, size, type, cksumValid } = new Header(block.subarray(0, BLOCK));
  return cksumValid && type === 'File' && path !== undefined && size !== undefined
    ? { name: path, bytes: size }
    : undefined;
}
