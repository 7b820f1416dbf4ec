import type { ByteSource } from '../../streams.ts';
import { resolvePath } from '../path.ts';
import { openSink } from '../open.ts';
import { FileError, type ProcessContext, type Program } from '../types.ts';
import { openInput, program, UsageFailure } from './support.ts';

const BLOCK = 512;

/** tar for plain ustar archives: create, extract and list, to and from pipes, as `kubectl cp` needs it. */
export const tar: Program = program('tar', async (context, args) => {
  const flags = new Set<string>();
  const operands: string[] = [];
  let file = '-';
  let folder = context.cwd;
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (arg.startsWith('--')) {
      // kubectl sends --no-same-permissions and the like; there is one user, so they change nothing.
      continue;
    }
    if (!arg.startsWith('-') && at > 0) {
      operands.push(arg);
      continue;
    }
    if (arg === '-') continue;
    for (const letter of arg.replace(/^-/, '')) {
      if (letter === 'f') file = args[++at] ?? '-';
      else if (letter === 'C') folder = resolvePath(context.cwd, args[++at] ?? '.');
      else flags.add(letter);
    }
  }
  if (flags.has('z') || flags.has('j')) throw new UsageFailure('compression is not supported');
  if (flags.has('c')) return create(context, file, folder, operands, flags.has('v'));
  if (flags.has('x') || flags.has('t'))
    return extract(context, openInput(context, file), {
      folder,
      operands,
      list: flags.has('t'),
      toStdout: flags.has('O'),
      verbose: flags.has('v'),
    });
  throw new UsageFailure('you must specify one of -c, -x, -t');
});

async function create(
  context: ProcessContext,
  file: string,
  folder: string,
  operands: readonly string[],
  verbose: boolean,
): Promise<number> {
  const sink = file === '-' ? context.stdout : openSink(context.fs, resolvePath(context.cwd, file), false);
  let status = 0;
  const add = async (name: string): Promise<void> => {
    const path = resolvePath(folder, name);
    const stat = context.fs.stat(path);
    const stored = name.replace(/^\/+/, '');
    if (verbose) await context.stderr.write(`${stored}\n`);
    if (stat.type === 'directory') {
      await sink.write(header(`${stored.replace(/\/$/, '')}/`, 0, stat.mode, stat.mtimeMs, '5'));
      for (const child of context.fs.list(path)) await add(`${name.replace(/\/$/, '')}/${child}`);
      return;
    }
    const data = context.fs.readFile(path);
    await sink.write(header(stored, data.length, stat.mode, stat.mtimeMs, '0'));
    await sink.write(data);
    await sink.write(new Uint8Array((BLOCK - (data.length % BLOCK)) % BLOCK));
  };
  for (const operand of operands) {
    try {
      if (operand.startsWith('/'))
        await context.stderr.write("tar: removing leading '/' from member names\n");
      await add(operand);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      await context.stderr.write(`tar: ${operand}: ${error.message}\n`);
      status = 1;
    }
  }
  await sink.write(new Uint8Array(2 * BLOCK));
  if (status !== 0) await context.stderr.write('tar: error exit delayed from previous errors\n');
  return status;
}

function header(name: string, size: number, mode: number, mtimeMs: number, type: string): Uint8Array {
  const block = Buffer.alloc(BLOCK);
  let short = name;
  if (Buffer.byteLength(name) > 100) {
    // A long path is split at a slash into prefix and name.
    const slash = name.indexOf('/', Math.max(0, name.length - 100));
    block.write(name.slice(0, slash), 345, 155);
    short = name.slice(slash + 1);
  }
  const octal = (value: number, width: number): string =>
    `${Math.floor(value)
      .toString(8)
      .padStart(width - 1, '0')}\0`;
  block.write(short, 0, 100);
  block.write(octal(mode, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(size, 12), 124);
  block.write(octal(mtimeMs / 1000, 12), 136);
  block.write('        ', 148);
  block.write(type, 156);
  block.write('ustar\x0000', 257);
  block.write('root', 265);
  block.write('root', 297);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** Hands out exact numbers of bytes of a stream. */
class BlockReader {
  readonly #source: ByteSource;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Undefined when the stream ends first. */
  async take(size: number): Promise<Uint8Array | undefined> {
    const parts: Uint8Array[] = [];
    let missing = size;
    while (missing > 0) {
      if (this.#rest.length === 0) {
        const chunk = await this.#source.read();
        if (chunk === undefined) return undefined;
        this.#rest = chunk;
      }
      const part = this.#rest.subarray(0, missing);
      this.#rest = this.#rest.subarray(part.length);
      missing -= part.length;
      parts.push(part);
    }
    return Buffer.concat(parts);
  }
}

interface ExtractOptions {
  folder: string;
  operands: readonly string[];
  list: boolean;
  toStdout: boolean;
  verbose: boolean;
}

async function extract(
  context: ProcessContext,
  source: ByteSource,
  options: ExtractOptions,
): Promise<number> {
  const reader = new BlockReader(source);
  let longName: string | undefined;
  for (;;) {
    const block = await reader.take(BLOCK);
    if (block === undefined) return 0;
    const text = (from: number, length: number): string => Buffer.from(block.subarray(from, from + length)).toString('utf8').replace(/\0[^]*$/, ''); // prettier-ignore
    if (text(0, 100) === '' && block.every((byte) => byte === 0)) {
      // The rest of the stream is read so that its writer does not meet a closed pipe.
      while ((await source.read()) !== undefined);
      return 0;
    }
    if (text(257, 5) !== 'ustar') throw new UsageFailure('invalid tar magic');
    const size = parseInt(text(124, 12).trim() || '0', 8);
    const data = await reader.take(size);
    await reader.take((BLOCK - (size % BLOCK)) % BLOCK);
    if (data === undefined) throw new UsageFailure('short read');
    const type = text(156, 1) || '0';
    if (type === 'L') {
      longName = Buffer.from(data).toString('utf8').replace(/\0+$/, '');
      continue;
    }
    const prefix = text(345, 155);
    const name = longName ?? (prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`);
    longName = undefined;
    if (!['0', '5'].includes(type)) continue;
    if (
      options.operands.length > 0 &&
      !options.operands.some((each) => name === each || name.startsWith(`${each}/`))
    )
      continue;
    if (options.list || options.verbose) await context.stdout.write(`${name}\n`);
    if (options.list) continue;
    if (options.toStdout) {
      await context.stdout.write(data);
      continue;
    }
    const path = resolvePath(options.folder, name.replace(/^\/+/, ''));
    const mode = parseInt(text(100, 8).trim() || '644', 8) & 0o777;
    if (type === '5') context.fs.mkdir(path, { recursive: true });
    else {
      context.fs.mkdir(resolvePath(path, '..'), { recursive: true });
      context.fs.writeFile(path, data, { mode });
    }
  }
}
