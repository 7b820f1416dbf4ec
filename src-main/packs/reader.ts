import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { AppError } from '#shared/app-error.ts';
import { cancelledError } from '../command/errors.ts';
import { systemErrorCode } from '../store/problems.ts';
import { BLOCK, decodeHeader, END_BYTES, entryLength, paddedLength } from './framing.ts';
import {
  MANIFEST_NAME,
  MANIFEST_ROOM,
  PACK_VERSION,
  packHeadSchema,
  packManifestSchema,
  SUMS_NAME,
  sumsText,
  type PackEntry,
  type PackManifest,
} from './manifest.ts';
import {
  damagedPackError,
  newerPackError,
  notAPackError,
  truncatedPackError,
  unfinishedPackError,
  unreadablePackError,
} from './problems.ts';

const AT_ONCE = 1024 * 1024;

/** Where something lies in the file. */
interface Span {
  start: number;
  bytes: number;
}

/** A pack whose file is whole as far as its length, its manifest and its headers tell. */
export interface PackFile {
  readonly path: string;
  readonly manifest: PackManifest;
  readonly spans: ReadonlyMap<string, Span>;
}

/**
 * Opens a pack. Everything but the content of its entries is looked at; that is for {@link checkEntry}.
 * @throws AppError that tells a file that is no pack from one of a newer format, one that was never finished, one
 * that is cut off (anywhere), and one that is damaged
 */
export async function openPack(path: string): Promise<PackFile> {
  const file = await reading(path, open(path, 'r'));
  try {
    return await reading(path, lookInto(path, file));
  } finally {
    await file.close();
  }
}

async function lookInto(path: string, file: FileHandle): Promise<PackFile> {
  const { size } = await file.stat();
  if (size === 0) throw truncatedPackError(path, size, undefined);
  const first = decodeHeader(await bytesAt(file, 0, BLOCK));
  if (first?.name !== MANIFEST_NAME || first.bytes !== MANIFEST_ROOM) throw notAPackError(path);
  const block = await bytesAt(file, BLOCK, MANIFEST_ROOM);
  const manifest = readManifest(path, block, size);
  if (size < manifest.bytes) throw truncatedPackError(path, size, manifest.bytes);
  if (size > manifest.bytes)
    throw damagedPackError(path, {
      en: `it is ${size - manifest.bytes} bytes longer than its manifest says`,
      ko: `목록에 적힌 것보다 ${size - manifest.bytes}바이트 더 깁니다`,
    });
  const manifestSum = createHash('sha256').update(block).digest('hex');
  const sums = sumsText(manifestSum, manifest.entries);
  const spans = spansOf([...manifest.entries, { name: SUMS_NAME, bytes: sums.length }]);
  for (const [name, { start, bytes }] of spans) {
    const header = decodeHeader(await bytesAt(file, start - BLOCK, BLOCK));
    if (header?.name !== name || header.bytes !== bytes) throw headerError(path, name);
    if (!isZero(await bytesAt(file, start + bytes, paddedLength(bytes) - bytes)))
      throw headerError(path, name);
  }
  const end = await bytesAt(file, size - END_BYTES - paddedLength(sums.length), sums.length);
  if (end.toString('latin1') !== sums)
    throw damagedPackError(path, {
      en: `the checksum of ${MANIFEST_NAME} does not match`,
      ko: `${MANIFEST_NAME}의 체크섬이 일치하지 않습니다`,
    });
  if (!isZero(await bytesAt(file, size - END_BYTES, END_BYTES))) throw headerError(path, SUMS_NAME);
  return { path, manifest, spans };
}

/** What the manifest says, told apart from everything that it could be instead. */
function readManifest(path: string, block: Buffer, size: number): PackManifest {
  const json = jsonOf(block);
  if (json === undefined) {
    if (block.length < MANIFEST_ROOM) throw truncatedPackError(path, size, undefined);
    throw manifestError(path);
  }
  const head = packHeadSchema.safeParse(json).data;
  if (head === undefined) throw manifestError(path);
  if (head.version > PACK_VERSION) throw newerPackError(path, head.version);
  if (!head.complete) throw unfinishedPackError(path);
  const manifest = packManifestSchema.safeParse(json).data;
  if (manifest === undefined) throw manifestError(path);
  return manifest;
}

/** Where each entry lies: one after the other, behind the manifest. */
export function spansOf(entries: readonly { name: string; bytes: number }[]): Map<string, Span> {
  const spans = new Map<string, Span>();
  let end = entryLength(MANIFEST_ROOM);
  for (const { name, bytes } of entries) {
    spans.set(name, { start: end + BLOCK, bytes });
    end += entryLength(bytes);
  }
  return spans;
}

/** The stored bytes of an entry. Errors of the stream are `AppError`s. */
export function entryStream({ path, spans }: Pick<PackFile, 'path' | 'spans'>, name: string): Readable {
  const span = spans.get(name);
  if (span === undefined) throw new Error(`no entry ${name}`);
  const { start, bytes } = span;
  return createReadStream(path, { start, end: start + bytes - 1, highWaterMark: AT_ONCE });
}

/**
 * Compares the content of an entry with its checksum.
 * @throws AppError `cancelled`, or when the file cannot be read
 */
export async function checkEntry(
  pack: PackFile,
  entry: PackEntry,
  tell: (done: number) => void,
  signal?: AbortSignal,
): Promise<boolean> {
  return (await sumOf(entryStream(pack, entry.name), pack.path, tell, signal)) === entry.sha256;
}

/** The SHA-256 of what a stream gives, in hexadecimal. @param path named when it cannot be read */
export async function sumOf(
  stream: Readable,
  path: string,
  tell: (done: number) => void,
  signal?: AbortSignal,
): Promise<string> {
  const hash = createHash('sha256');
  let done = 0;
  await reading(
    path,
    (async () => {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        if (signal?.aborted === true) throw cancelledError();
        hash.update(chunk);
        done += chunk.length;
        tell(done);
      }
    })(),
  );
  return hash.digest('hex');
}

/** As many of the bytes as there are. */
async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}

function jsonOf(block: Buffer): unknown {
  try {
    return JSON.parse(block.toString('utf8'));
  } catch {
    return undefined;
  }
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}

/** What the system says of a file that cannot be read, in our words. */
function reading<T>(path: string, work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw systemErrorCode(error) === undefined ? error : unreadablePackError(path, error);
  });
}

function manifestError(path: string): AppError {
  return damagedPackError(path, {
    en: `${MANIFEST_NAME} in it cannot be understood`,
    ko: `파일 안의 ${MANIFEST_NAME}을 해석할 수 없습니다`,
  });
}

function headerError(path: string, name: string): AppError {
  return damagedPackError(path, {
    en: `the frame around ${name} is not what it should be`,
    ko: `${name}을(를) 둘러싼 구조가 올바르지 않습니다`,
  });
}
