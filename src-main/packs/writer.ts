import { createHash } from 'node:crypto';
import { open, rename, type FileHandle } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { END_BYTES, encodeHeader, entryLength, paddedLength } from './framing.ts';
import {
  manifestBlock,
  MANIFEST_NAME,
  MANIFEST_ROOM,
  PACK_FORMAT,
  PACK_VERSION,
  SUMS_NAME,
  sumsText,
  type PackEntry,
  type PackManifest,
} from './manifest.ts';
import { writeFailure } from './problems.ts';

const WHOLE = { format: PACK_FORMAT, version: PACK_VERSION, complete: true } as const;

/** What was stored. */
export interface Stored {
  /** Bytes in the pack. */
  bytes: number;
  sha256: string;
}

/**
 * Writes a pack into a file that is renamed when it is whole. What it holds can be told at any moment: entries
 * that were finished stay as they are, and one that broke off is written over by the next.
 * Everything that it throws is an `AppError` about the file.
 */
export class PackWriter implements AsyncDisposable {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #mtime: Date;
  #end: number;

  private constructor(path: string, handle: FileHandle, mtime: Date, end: number) {
    this.#path = path;
    this.#handle = handle;
    this.#mtime = mtime;
    this.#end = end;
  }

  /** Begins a file, in place of what is there. */
  static async begin(path: string, mtime: Date): Promise<PackWriter> {
    const handle = await failing(path, open(path, 'w+'));
    const writer = new PackWriter(path, handle, mtime, entryLength(MANIFEST_ROOM));
    await writer.#manifest({ ...WHOLE, complete: false }).catch(async (error: unknown) => {
      await handle.close();
      throw error;
    });
    return writer;
  }

  /** Goes on with a file after the entries that are whole in it. */
  static async resume(path: string, mtime: Date, entries: readonly PackEntry[]): Promise<PackWriter> {
    return new PackWriter(path, await failing(path, open(path, 'r+')), mtime, endOf(entries));
  }

  /**
   * Writes an entry. Its size and checksum are known when all of it was written: its header is filled in then.
   * Resolves when it is on the disk.
   */
  async add(name: string, fill: (sink: Writable) => Promise<void>): Promise<Stored> {
    const start = this.#end;
    const hash = createHash('sha256');
    let bytes = 0;
    const content = start + entryLength(0);
    const sink = new Writable({
      highWaterMark: 1024 * 1024,
      write: (chunk: Buffer, _encoding, done) => {
        hash.update(chunk);
        this.#write(chunk, content + bytes).then(() => {
          bytes += chunk.length;
          done();
        }, done);
      },
    });
    await fill(sink);
    await this.#write(Buffer.alloc(paddedLength(bytes) - bytes), content + bytes);
    await this.#write(encodeHeader({ name, bytes }, this.#mtime), start);
    await failing(this.#path, this.#handle.datasync());
    this.#end = start + entryLength(bytes);
    return { bytes, sha256: hash.digest('hex') };
  }

  /** Takes away what was written of an entry that broke off: it is of no use, and the disk may be full. */
  async dropUnfinished(): Promise<void> {
    await failing(this.#path, this.#handle.truncate(this.#end));
  }

  /** Closes the archive, fills in its manifest, and gives the file its name. */
  async finish(
    details: Omit<PackManifest, 'bytes' | keyof typeof WHOLE>,
    name: string,
  ): Promise<PackManifest> {
    const sumsBytes = sumsText('0'.repeat(64), details.entries).length;
    const bytes = this.#end + entryLength(sumsBytes) + END_BYTES;
    const manifest = { ...WHOLE, bytes, ...details };
    const manifestSum = createHash('sha256').update(manifestBlock(manifest)).digest('hex');
    await this.dropUnfinished();
    await this.add(SUMS_NAME, (sink) => {
      sink.end(sumsText(manifestSum, details.entries));
      return finished(sink);
    });
    await this.#write(Buffer.alloc(END_BYTES), this.#end);
    await this.#manifest(manifest);
    await failing(this.#path, this.#handle.sync());
    await failing(this.#path, this.#handle.close());
    await failing(name, rename(this.#path, name));
    return manifest;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }

  async #manifest(manifest: Parameters<typeof manifestBlock>[0]): Promise<void> {
    await this.#write(encodeHeader({ name: MANIFEST_NAME, bytes: MANIFEST_ROOM }, this.#mtime), 0);
    await this.#write(manifestBlock(manifest), entryLength(0));
  }

  /** All of it: a write to a file may take less than it was given when the disk becomes full. */
  async #write(data: Buffer, position: number): Promise<void> {
    for (let done = 0; done < data.length;) {
      const rest = data.length - done;
      const { bytesWritten } = await failing(
        this.#path,
        this.#handle.write(data, done, rest, position + done),
      );
      done += bytesWritten;
    }
  }
}

/** Where the next entry begins. */
function endOf(entries: readonly PackEntry[]): number {
  return entries.reduce((end, { bytes }) => end + entryLength(bytes), entryLength(MANIFEST_ROOM));
}

function failing<T>(path: string, work: Promise<T>): Promise<T> {
  return work.catch((cause: unknown) => {
    throw writeFailure(path, cause);
  });
}
