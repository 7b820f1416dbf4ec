import { z } from 'zod';
import { parseJson, platformArchitecture } from './info.ts';

/** An image in an engine's store. */
export interface EngineImage {
  /** The engine's own id: of its configuration in the classic store, of its index in containerd's. */
  id: string;
  tags: readonly string[];
  architecture: string;
  /** Bytes, as the engine counts them. */
  size: number;
  /**
   * Digests of its layers, unpacked (`rootfs.diff_ids` of the OCI image configuration): the same in every engine
   * and every archive of the image, which {@link id} is not.
   */
  layers: readonly string[];
}

const inspected = z.array(
  z.object({
    Id: z.string(),
    RepoTags: z.array(z.string()).nullish(),
    RepoDigests: z.array(z.string()).nullish(),
    Architecture: z.string().default(''),
    Size: z.number().default(0),
    RootFS: z.object({ Layers: z.array(z.string()).nullish() }).nullish(),
  }),
);

/** Reads what {@link inspectImagesCommand} printed; what is no list of images is none. */
export function parseImages(output: string): EngineImage[] {
  const { data = [] } = inspected.safeParse(parseJson(output));
  return data.map(({ Id, RepoTags, RepoDigests, Architecture, Size, RootFS }) => ({
    id: Id,
    tags: [...(RepoTags ?? []), ...(RepoDigests ?? [])].map(normalReference),
    architecture: platformArchitecture(Architecture),
    size: Size,
    layers: RootFS?.Layers ?? [],
  }));
}

/** The image that a reference means, among those of a store. */
export function findImage(images: readonly EngineImage[], reference: string): EngineImage | undefined {
  const wanted = normalReference(reference);
  return images.find(({ tags }) => tags.includes(wanted));
}

/**
 * A reference in full, as containerd keeps it: `nginx:1.27` is `docker.io/library/nginx:1.27`, and a tag beside a
 * digest does not count. podman says `localhost/` of what it was given without a registry.
 */
export function normalReference(reference: string): string {
  const withoutTag = reference.includes('@') ? reference.replace(/:[^:/@]+@/, '@') : reference;
  const bare = withoutTag.replace(/^localhost\//, '');
  const slash = bare.indexOf('/');
  const first = slash < 0 ? '' : bare.slice(0, slash);
  if (first.includes('.') || first.includes(':')) return bare;
  return slash < 0 ? `docker.io/library/${bare}` : `docker.io/${bare}`;
}

/** A reference without its digest: what a side-loaded image can be found by. */
export function tagOf(reference: string): string {
  return reference.replace(/@sha256:[0-9a-f]{64}$/, '');
}

/** The digest that docker's `pull` ends with: `Digest: sha256:…`, of the index where there is one. */
export function parsePulledDigest(output: string): string | undefined {
  return /^Digest: (sha256:[0-9a-f]{64})$/m.exec(output)?.[1];
}

/** How far a pull has come, in layers. */
export interface PullProgress {
  layers: number;
  done: number;
}

/** Follows what `pull` prints without a terminal; of podman, also what it prints with one. */
export class PullProgressReader {
  readonly #layers = new Map<string, boolean>();

  /** The progress after this line; undefined when the line says nothing of it. */
  read(line: string): PullProgress | undefined {
    const layer = layerOf(line.trim());
    if (layer !== undefined) this.#layers.set(layer.id, layer.done || this.#layers.get(layer.id) === true);
    // Without a terminal, podman tells of each layer once, at its beginning.
    else if (/^Writing manifest to image destination/.test(line))
      for (const id of this.#layers.keys()) this.#layers.set(id, true);
    else return undefined;
    return { layers: this.#layers.size, done: [...this.#layers.values()].filter(Boolean).length };
  }
}

function layerOf(line: string): { id: string; done: boolean } | undefined {
  const docker = /^([0-9a-f]{12}): (.+)$/.exec(line);
  const podman = /^Copying (?:blob|config) (?:sha256:)?([0-9a-f]{10,12})[0-9a-f]*(.*)$/.exec(line);
  const nerdctl = /^layer-sha256:([0-9a-f]{12})[0-9a-f]*:\s+(\S+)/.exec(line);
  const [, id, state = ''] = docker ?? podman ?? nerdctl ?? [];
  if (id === undefined) return undefined;
  return { id, done: /^\s*(?:Pull complete|Already exists|done|skipped|exists)/.test(state) };
}
