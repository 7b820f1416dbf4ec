import { closeSync, fsync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { KubeObject } from '../api/objects.ts';
import type { Clock, Timer } from '../clock.ts';
import { isJsonObject } from './json.ts';

/** One write, as it stands in the log. The object's resourceVersion is the revision that the write made. */
export interface LogRecord {
  type: 'put' | 'remove';
  /** Group-resource, for example `deployments.apps`. */
  resource: string;
  object: KubeObject;
}

/** What a log file holds. */
export interface LogContent {
  /** The revision of the snapshot that the records build on. */
  base: number;
  records: LogRecord[];
  /** How many bytes can be understood. */
  goodBytes: number;
  /** What is wrong after them: a record that was cut short by the end of the process, or damage. */
  fault?: 'torn' | 'damaged';
}

const SYNC_DELAY_MS = 50;

/**
 * Reads a log. Undefined when there is none.
 * @throws the file system's error when it cannot be read.
 */
export function readLog(path: string): LogContent | undefined {
  let data: Buffer;
  try {
    data = readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const content: LogContent = { base: 0, records: [], goodBytes: 0 };
  let first = true;
  for (let start = 0; start < data.length;) {
    const end = data.indexOf(0x0a, start);
    const line = data.subarray(start, end < 0 ? data.length : end);
    const value = end < 0 ? undefined : parseLine(line);
    if (value === undefined || !(first ? takeBase(content, value) : takeRecord(content, value))) {
      // Only the last record can have been cut short: what has more after it was written whole once.
      content.fault = end < 0 || end === data.length - 1 ? 'torn' : 'damaged';
      return content;
    }
    first = false;
    start = end + 1;
    content.goodBytes = start;
  }
  return content;
}

function parseLine(line: Buffer): unknown {
  const checksum = line.subarray(0, 8).toString('latin1');
  const text = line.subarray(9);
  if (checksum !== checksumOf(text)) return undefined;
  try {
    return JSON.parse(text.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function takeBase(content: LogContent, value: unknown): boolean {
  if (!isJsonObject(value) || typeof value['base'] !== 'number') return false;
  content.base = value['base'];
  return true;
}

function takeRecord(content: LogContent, value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  const { type, resource, object } = value;
  if ((type !== 'put' && type !== 'remove') || typeof resource !== 'string' || !isJsonObject(object))
    return false;
  content.records.push({ type, resource, object: object as unknown as KubeObject });
  return true;
}

function checksumOf(text: Buffer): string {
  return crc32(text).toString(16).padStart(8, '0');
}

function lineOf(value: unknown): Buffer {
  const text = Buffer.from(JSON.stringify(value));
  return Buffer.concat([Buffer.from(`${checksumOf(text)} `), text, Buffer.from('\n')]);
}

/**
 * A file to which every write is added before it is acknowledged: it outlives the process, whatever ends it. What
 * was added reaches the disk a moment later, many records at a time.
 */
export class WriteAheadLog {
  readonly #file: number;
  readonly #clock: Clock;
  #bytes = 0;
  #syncing: Timer | undefined;

  /**
   * Opens the log to add to it.
   * @param keepBytes how much of what is in it stays.
   * @throws the file system's error.
   */
  constructor(path: string, clock: Clock, keepBytes: number) {
    this.#clock = clock;
    this.#file = openSync(path, 'a', 0o600);
    ftruncateSync(this.#file, keepBytes);
    this.#bytes = keepBytes;
  }

  /** How large the file is. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Empties the log: from now on it builds on the snapshot of that revision. @throws the file system's error. */
  restart(base: number): void {
    ftruncateSync(this.#file, 0);
    this.#bytes = 0;
    this.#write(lineOf({ base }));
  }

  /** @throws the file system's error; the log must then be restarted. */
  append(record: LogRecord): void {
    this.#write(lineOf(record));
    this.#syncing ??= this.#clock.setTimeout(() => {
      this.#syncing = undefined;
      // A disk that fails here fails the next write, which says so.
      fsync(this.#file, () => {});
    }, SYNC_DELAY_MS);
  }

  /** Brings everything to the disk and ends. */
  close(): void {
    this.#syncing?.cancel();
    fsyncSync(this.#file);
    closeSync(this.#file);
  }

  #write(line: Buffer): void {
    for (let done = 0; done < line.length;) done += writeSync(this.#file, line, done);
    this.#bytes += line.length;
  }
}
