import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { Header, Parser, type ReadEntry } from 'tar';
import type { Command, CommandResult, CommandRunner, RunOptions } from '../../command/command.ts';
import { cancelledError, missingError } from '../../command/errors.ts';
import { normalReference } from '../images.ts';

/** An image as an engine has it. */
export interface FakeImage {
  id: string;
  architecture: string;
  layers: readonly Buffer[];
}

interface Published {
  digest: string;
  images: readonly FakeImage[];
}

const PIECE = 16 * 1024;

/**
 * docker as a command runner, without docker: a classic store (one architecture of a name), or with
 * `containerdStore` one that holds several. It answers the commands that images take, in docker's words.
 */
export class FakeEngine {
  architecture = 'amd64';
  apiVersion = '1.51';
  containerdStore = false;
  /** `missing`: there is no such program. `stopped`: nobody answers it. */
  state: 'running' | 'stopped' | 'missing' = 'running';
  /** Every command that was run, without the program. */
  readonly commands: string[] = [];
  /** Called before each piece of an archive is written; may be made to throw or to abort. */
  onSaved: (bytes: number) => void | Promise<void> = () => undefined;
  /** Called before an image is fetched. */
  onPull: () => void = () => undefined;
  /** What `load` says in place of loading. */
  loadFailure: string | undefined;
  /** By what `docker image inspect` says as their id: of an image, or of an index in containerd's store. */
  readonly #targets = new Map<string, FakeImage[]>();
  readonly #names = new Map<string, string>();
  readonly #registry = new Map<string, Published>();

  /** A new image, in the store under these names. */
  add(layers: readonly Buffer[], names: readonly string[], architecture = this.architecture): FakeImage {
    const image = fakeImage(layers, architecture);
    this.#targets.set(image.id, [image]);
    for (const name of names) this.#names.set(normalReference(name), image.id);
    return image;
  }

  /** Makes images of one name available to `pull`. @returns the digest */
  publish(tag: string, images: readonly FakeImage[]): string {
    const digest = `sha256:${sha256(Buffer.from(images.map(({ id }) => id).join()))}`;
    this.#registry.set(normalReference(tag), { digest, images });
    this.#registry.set(normalReference(`${tag}@${digest}`), { digest, images });
    return digest;
  }

  /** Images under a name: several only in a store that holds several. */
  named(name: string): readonly FakeImage[] {
    return this.#targets.get(this.#target(name) ?? '') ?? [];
  }

  has(id: string): boolean {
    return [...this.#targets.values()].some((images) => images.some((image) => image.id === id));
  }

  count(command: string): number {
    return this.commands.filter((line) => line.startsWith(`${command} `) || line === command).length;
  }

  readonly run: CommandRunner = async (command, options) => {
    const [word = '', ...rest] = command.args;
    if (options.signal?.aborted === true) throw cancelledError();
    this.commands.push(command.args.join(' '));
    if (this.state === 'missing' || command.program !== 'docker') throw missingError(command, undefined);
    if (this.state === 'stopped')
      return failure('Cannot connect to the Docker daemon at unix:///var/run/docker.sock.');
    try {
      return { exitCode: 0, stderr: '', stdout: await this.#answer(word, rest, command, options) };
    } catch (error) {
      if (error instanceof Said) return failure(error.message);
      throw error;
    }
  };

  async #answer(word: string, args: string[], command: Command, options: RunOptions): Promise<string> {
    switch (word) {
      case 'info':
        return JSON.stringify({
          ServerVersion: '28.5.0',
          Architecture: this.architecture,
          DriverStatus: this.containerdStore ? [['driver-type', 'io.containerd.snapshotter.v1']] : [],
        });
      case 'version':
        return JSON.stringify({ Server: { ApiVersion: this.apiVersion } });
      case 'image':
        return JSON.stringify(args.slice(1).flatMap((name) => this.#inspect(name)));
      case 'pull':
        return this.#pull(args, options);
      case 'save':
        await this.#save(args, options);
        return '';
      case 'load':
        await this.#load(options.stdin as Readable);
        return '';
      case 'tag':
        return this.#tag(args[0] ?? '', args[1] ?? '');
      case 'rmi':
        return this.#remove(args[0] ?? '');
      default:
        throw new Error(`the fake engine knows no ${command.args.join(' ')}`);
    }
  }

  #inspect(name: string): object[] {
    const images = this.named(name);
    // A store that holds several shows that of its own architecture.
    const image = images.find(({ architecture }) => architecture === this.architecture) ?? images[0];
    if (image === undefined) return [];
    const target = this.#target(name);
    const names = [...this.#names].filter(([, id]) => id === target).map(([key]) => key);
    return [
      {
        Id: target,
        RepoTags: names.filter((key) => !key.includes('@')),
        RepoDigests: names.filter((key) => key.includes('@')),
        Architecture: image.architecture,
        Size: image.layers.reduce((sum, layer) => sum + layer.length, 0),
        RootFS: { Layers: image.layers.map(digestOf) },
      },
    ];
  }

  /** Of a name, or of an id itself. */
  #target(name: string): string | undefined {
    return this.#targets.has(name) ? name : this.#names.get(normalReference(name));
  }

  #pull(args: readonly string[], { signal, onLine }: RunOptions): string {
    const { platform, names } = options(args);
    const [name = ''] = names;
    this.onPull();
    if (signal?.aborted === true) throw cancelledError();
    const published = this.#registry.get(normalReference(name));
    const image = published?.images.find(({ architecture }) => architecture === platform);
    if (published === undefined) throw new Said(`manifest for ${name} not found`);
    if (image === undefined)
      throw new Said(`no matching manifest for linux/${platform} in the manifest list entries`);
    const byDigest = normalReference(`${name.replace(/(:[^:/@]+)?(@.*)?$/, '')}@${published.digest}`);
    const target = this.containerdStore ? published.digest : image.id;
    const holder = this.#names.get(byDigest);
    if (name.includes('@') && holder !== undefined && holder !== target)
      throw new Said(`cannot overwrite digest ${published.digest}`);
    const others = (this.#targets.get(target) ?? []).filter(({ id }) => id !== image.id);
    this.#targets.set(target, [...others, image]);
    this.#names.set(normalReference(name), target);
    // A digest that has its image keeps it, when a classic store fetches another architecture by tag.
    if (holder === undefined) this.#names.set(byDigest, target);
    onLine?.('0123456789ab: Pull complete', 'stdout');
    return `Digest: ${published.digest}\n`;
  }

  async #save(args: readonly string[], { stdout, signal }: RunOptions): Promise<void> {
    if (stdout === undefined) throw new Error('save without a sink');
    const { platform, names } = options(args);
    const images = names.map((name) => {
      const found = this.named(name);
      const image = platform === undefined ? found[0] : found.find((i) => i.architecture === platform);
      if (image === undefined) throw new Said(`reference does not exist: ${name}`);
      return { image, name };
    });
    let written = 0;
    for (const piece of piecesOf(archiveOf(images))) {
      await this.onSaved(written);
      if (signal?.aborted === true) throw cancelledError();
      if (!stdout.write(piece)) await Promise.race([once(stdout, 'drain'), closed(stdout)]);
      written += piece.length;
    }
    stdout.end();
  }

  async #load(archive: Readable): Promise<void> {
    const files = await filesOf(archive);
    if (this.loadFailure !== undefined) throw new Said(this.loadFailure);
    const manifest = JSON.parse(files.get('manifest.json')?.toString() ?? '') as {
      Config: string;
      RepoTags: string[];
      Layers: string[];
    }[];
    for (const { Config, RepoTags, Layers } of manifest) {
      const { architecture } = JSON.parse(files.get(Config)?.toString() ?? '') as { architecture: string };
      this.add(
        Layers.map((path) => files.get(path) ?? Buffer.alloc(0)),
        RepoTags,
        architecture,
      );
    }
  }

  #tag(from: string, name: string): string {
    const target = this.#target(from);
    if (target === undefined) throw new Said(`No such image: ${from}`);
    this.#names.set(normalReference(name), target);
    return '';
  }

  #remove(name: string): string {
    const target = this.#target(name);
    if (target === undefined) throw new Said(`No such image: ${name}`);
    const names = (): string[] => [...this.#names].filter(([, id]) => id === target).map(([key]) => key);
    if (name === target) for (const key of names()) this.#names.delete(key);
    this.#names.delete(normalReference(name));
    // As docker does: what is left without a tag goes, and its digests with it.
    if (names().some((key) => !key.includes('@'))) return '';
    for (const key of names()) this.#names.delete(key);
    this.#targets.delete(target);
    return '';
  }
}

/** An image that is in no store yet. */
export function fakeImage(layers: readonly Buffer[], architecture: string): FakeImage {
  return { id: digestOf(configOf(layers, architecture)), architecture, layers };
}

/** A layer that cannot be compressed. */
export function fakeLayer(bytes = 50_000): Buffer {
  return randomBytes(bytes);
}

/** An archive as `docker save` writes it. */
export function archiveOf(images: readonly { image: FakeImage; name: string }[]): Buffer {
  const files = new Map<string, Buffer>();
  const manifest = images.map(({ image, name }) => {
    const { layers, architecture } = image;
    const config = configOf(layers, architecture);
    files.set(`${sha256(config)}.json`, config);
    for (const layer of layers) files.set(`${sha256(layer)}/layer.tar`, layer);
    return {
      Config: `${sha256(config)}.json`,
      RepoTags: [name],
      Layers: layers.map((layer) => `${sha256(layer)}/layer.tar`),
    };
  });
  files.set('manifest.json', Buffer.from(JSON.stringify(manifest)));
  return tarOf([...files]);
}

export function tarOf(files: readonly (readonly [string, Buffer])[]): Buffer {
  const blocks = files.flatMap(([path, content]) => {
    const header = Buffer.alloc(512);
    new Header({ path, size: content.length, type: 'File', mode: 0o644, mtime: new Date(0) }).encode(header);
    return [header, content, Buffer.alloc(-content.length & 511)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** What an engine says when it fails: status 1. */
class Said extends Error {}

function failure(words: string): CommandResult {
  return { exitCode: 1, stdout: '', stderr: `Error response from daemon: ${words}\n` };
}

function configOf(layers: readonly Buffer[], architecture: string): Buffer {
  const rootfs = { type: 'layers', diff_ids: layers.map(digestOf) };
  return Buffer.from(JSON.stringify({ architecture, os: 'linux', rootfs }));
}

function options(args: readonly string[]): { platform: string | undefined; names: string[] } {
  const at = args.indexOf('--platform');
  return {
    platform: at < 0 ? undefined : args[at + 1]?.replace('linux/', ''),
    names: args.filter((_, index) => at < 0 || (index !== at && index !== at + 1)),
  };
}

function* piecesOf(archive: Buffer): Generator<Buffer> {
  for (let at = 0; at < archive.length; at += PIECE) yield archive.subarray(at, at + PIECE);
}

async function filesOf(archive: Readable): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const parser = new Parser({ strict: true });
  parser.on('entry', (entry: ReadEntry) => {
    const chunks: Buffer[] = [];
    entry.on('data', (chunk: Buffer) => chunks.push(chunk));
    entry.on('end', () => files.set(entry.path, Buffer.concat(chunks)));
  });
  for await (const chunk of archive as AsyncIterable<Buffer>) parser.write(chunk);
  parser.end();
  return files;
}

async function closed(stream: Writable): Promise<never> {
  await once(stream, 'close');
  throw new Error('nobody reads the archive any more');
}

function sha256(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function digestOf(data: Buffer): string {
  return `sha256:${sha256(data)}`;
}
