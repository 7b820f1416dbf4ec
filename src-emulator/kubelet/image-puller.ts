import type { Clock } from '../clock.ts';
import type { Image, ImageRegistry } from '../images/types.ts';
import { goMilliseconds } from './back-off.ts';

/** How long the first pull of an image on a node seems to take, and a check that nothing newer is there. */
const PULL_MS = 90;
const RECHECK_MS = 6;

/** An image that cannot be had: `reason` is the waiting reason, `message` what the container status says. */
export class ImageError extends Error {
  readonly reason: 'ErrImagePull' | 'ErrImageNeverPull' | 'InvalidImageName';
  constructor(reason: ImageError['reason'], message: string) {
    super(message);
    this.name = 'ImageError';
    this.reason = reason;
  }
}

/** The images of one node. Pulls run one after the other, as the kubelet's serializeImagePulls has it. */
export class ImagePuller {
  readonly #clock: Clock;
  readonly #images: ImageRegistry;
  /** By digest. */
  readonly #present = new Map<string, Image>();
  #last: Promise<unknown> = Promise.resolve();

  /** @param preloaded references that the node has from the start. */
  constructor(clock: Clock, images: ImageRegistry, preloaded: readonly string[]) {
    this.#clock = clock;
    this.#images = images;
    for (const reference of preloaded) this.remember(reference);
  }

  /** The node had this image before it went down. */
  remember(reference: string): void {
    const image = this.#images.lookup(reference);
    if (image !== undefined) this.#present.set(image.digest, image);
  }

  /** The images that the node has, the largest first, as its status lists them. */
  list(): { names: string[]; sizeBytes: number }[] {
    return [...this.#present.values()]
      .map(({ repository, tag, digest, sizeBytes }) => ({
        names: [`${repository}@${digest}`, `${repository}:${tag}`],
        sizeBytes,
      }))
      .sort((a, b) => b.sizeBytes - a.sizeBytes);
  }

  /** The image if the node has it. @throws ImageError InvalidImageName. */
  find(reference: string): Image | undefined {
    if (!isReference(reference)) {
      const name = repositoryOf(reference);
      const why =
        isReference(reference.toLowerCase()) && /[A-Z]/.test(name)
          ? `: repository name (${name}) must be lowercase`
          : '';
      throw new ImageError(
        'InvalidImageName',
        `Failed to apply default image tag "${reference}": couldn't parse image name "${reference}": invalid reference format${why}`,
      );
    }
    const image = this.#images.lookup(reference);
    return image !== undefined && this.#present.has(image.digest) ? image : undefined;
  }

  /** Pulls. Resolves with the image and the kubelet's words. @throws ImageError ErrImagePull. */
  async pull(reference: string): Promise<{ image: Image; message: string }> {
    const askedAt = this.#clock.now();
    const turn = this.#last.then(async () => {
      const startedAt = this.#clock.now();
      const image = this.#images.lookup(reference);
      const known = image !== undefined && this.#present.has(image.digest);
      await this.#clock.sleep(known ? RECHECK_MS : PULL_MS + ((reference.length * 7) % 40));
      if (image === undefined) throw new ImageError('ErrImagePull', this.#unknown(reference));
      this.#present.set(image.digest, image);
      const now = this.#clock.now();
      return {
        image,
        message:
          `Successfully pulled image "${reference}" in ${goMilliseconds(now - startedAt)} ` +
          `(${goMilliseconds(now - askedAt)} including waiting). Image size: ${image.sizeBytes} bytes.`,
      };
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** containerd's words for what a registry does not have, and what this one has. */
  #unknown(reference: string): string {
    const full = fullReference(reference);
    const available = this.#images.references();
    const repository = full.slice(0, full.lastIndexOf(':'));
    const resolving = `failed to pull and unpack image "${full}": failed to resolve reference "${full}": `;
    const repositories = new Set(available.map((each) => each.slice(0, each.lastIndexOf(':'))));
    const hint = ` (the emulated cluster has no registry behind it; it can run ${[...repositories].join(', ')})`;
    if (repositories.has(repository))
      return `rpc error: code = NotFound desc = ${resolving}${full}: not found${hint}`;
    return (
      `${resolving}pull access denied, repository does not exist or may require authorization: ` +
      `server message: insufficient_scope: authorization failed${hint}`
    );
  }
}

/** `library/nginx` of `nginx:1`, as messages name a repository. */
function repositoryOf(reference: string): string {
  return fullReference(reference)
    .replace(/^[^/]+\//, '')
    .replace(/:[^/:]*$/, '');
}

/** The reference with registry and tag, as containerd completes it. */
function fullReference(reference: string): string {
  const parts = reference.split('/');
  const hasRegistry = parts.length > 1 && /[.:]|^localhost$/.test(parts[0] ?? '');
  const named = hasRegistry ? reference : `docker.io/${parts.length === 1 ? 'library/' : ''}${reference}`;
  return /:[^/]*$/.test(named) || named.includes('@') ? named : `${named}:latest`;
}

function isReference(text: string): boolean {
  return /^(?:[a-zA-Z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:(?:\.|_|__|-+|\/)[a-z0-9]+)*(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/.test(
    text,
  );
}
