import { posix } from 'node:path';
import { Parser, type ReadEntry } from 'tar';
import { z } from 'zod';
import { normalReference } from '../engine/images.ts';
import { platformArchitecture } from '../engine/info.ts';

/** An image in an archive as `docker save` writes it. */
export interface ArchivedImage {
  /** In full: `docker.io/library/nginx:1.27`. */
  tags: readonly string[];
  architecture: string;
  /** Digests of its layers, unpacked. */
  layers: readonly string[];
  /** Of its layers, as they lie in the archive. */
  bytes: number;
}

/** Larger ones are layers, whatever they begin with. */
const LARGEST_JSON = 8 * 1024 * 1024;

const manifestSchema = z.array(
  z.object({
    Config: z.string(),
    RepoTags: z.array(z.string()).nullish(),
    Layers: z.array(z.string()),
  }),
);

const configSchema = z.object({
  architecture: z.string().default(''),
  rootfs: z.object({ diff_ids: z.array(z.string()).nullish() }),
});

/**
 * Reads along while an archive of images goes by, and says at its end which images are in it: docker's archive
 * v1.2 (`manifest.json`; github.com/moby/docker-image-spec), which podman and nerdctl write, too, and which k3s'
 * airgap archives are. What is compressed as a whole (gzip, zstd) is understood as well.
 */
export class ArchivedImages {
  readonly #parser = new Parser({ strict: true, maxDecompressionRatio: Infinity });
  readonly #documents = new Map<string, Buffer>();
  readonly #sizes = new Map<string, number>();
  readonly #links = new Map<string, string>();
  #failure: Error | undefined;

  constructor() {
    this.#parser.on('entry', (entry: ReadEntry) => this.#see(entry));
    this.#parser.on('error', (error: Error) => (this.#failure ??= error));
  }

  add(chunk: Buffer): void {
    if (this.#failure === undefined) this.#parser.write(chunk);
  }

  /** The images; undefined when this was no archive of images, or one that broke off. */
  end(): ArchivedImage[] | undefined {
    this.#parser.end();
    if (this.#failure !== undefined) return undefined;
    const { data: images } = manifestSchema.safeParse(this.#json('manifest.json'));
    const read = images?.map((image): ArchivedImage | undefined => {
      const { data: config } = configSchema.safeParse(this.#json(image.Config));
      if (config === undefined) return undefined;
      return {
        tags: (image.RepoTags ?? []).map(normalReference),
        architecture: platformArchitecture(config.architecture),
        layers: config.rootfs.diff_ids ?? [],
        bytes: image.Layers.reduce((sum, layer) => sum + this.#size(layer), 0),
      };
    });
    return read?.every((image) => image !== undefined) === true ? read : undefined;
  }

  #see(entry: ReadEntry): void {
    this.#sizes.set(entry.path, entry.size);
    if (entry.linkpath !== undefined && entry.linkpath !== '')
      this.#links.set(entry.path, posix.join(posix.dirname(entry.path), entry.linkpath));
    if (entry.size > LARGEST_JSON) {
      entry.resume();
      return;
    }
    const chunks: Buffer[] = [];
    let isJson = true;
    entry.on('data', (chunk: Buffer) => {
      if (chunks.length === 0) isJson = chunk[0] === 0x7b || chunk[0] === 0x5b;
      if (isJson) chunks.push(chunk);
    });
    entry.on('end', () => {
      if (isJson) this.#documents.set(entry.path, Buffer.concat(chunks));
    });
  }

  /** A layer that another image brought already is a link to it, in archives of docker before 25.0. */
  #size(path: string): number {
    return this.#sizes.get(this.#links.get(path) ?? path) ?? 0;
  }

  #json(path: string): unknown {
    try {
      return JSON.parse(this.#documents.get(path)?.toString('utf8') ?? '');
    } catch {
      return undefined;
    }
  }
}
