import { catalog } from './catalog/index.ts';
import type { Image, ImageRegistry } from './types.ts';

/** A reference in full: registry and path, and a tag or a digest. */
export interface ImageReference {
  repository: string;
  tag: string | undefined;
  digest: string | undefined;
}

/**
 * Completes a reference as containerd does: `nginx` is `docker.io/library/nginx:latest`. The first part is a
 * registry when it has a dot or a colon or is `localhost`. Undefined when it is not a valid reference.
 */
function parseImageReference(reference: string): ImageReference | undefined {
  const match =
    /^([a-z0-9]+(?:[._:/-]+[A-Za-z0-9]+)*?)(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(
      reference,
    );
  const name = match?.[1];
  if (match === null || name === undefined) return undefined;
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  const hasRegistry = first.includes('.') || first.includes(':') || first === 'localhost';
  const path = hasRegistry
    ? name.replace(/^k8s\.gcr\.io\//, 'registry.k8s.io/')
    : slash === -1
      ? `docker.io/library/${name}`
      : `docker.io/${name}`;
  const repository = path
    .replace(/^index\.docker\.io\//, 'docker.io/')
    .replace(/^docker\.io\/([^/]+)$/, 'docker.io/library/$1');
  const digest = match[3];
  return { repository, tag: match[2] ?? (digest === undefined ? 'latest' : undefined), digest };
}

/** The images that nodes can pull: `extraImages` and the catalog. */
export function createRegistry(extraImages: readonly Image[]): ImageRegistry {
  return {
    lookup(reference) {
      const wanted = parseImageReference(reference);
      if (wanted === undefined) return undefined;
      const extra = extraImages.find(
        (image) =>
          parseImageReference(image.repository)?.repository === wanted.repository &&
          (wanted.digest === undefined ? image.tag === wanted.tag : image.digest === wanted.digest),
      );
      return extra ?? catalog.find(wanted);
    },
    references: () =>
      [
        ...new Set([
          ...extraImages.map((image) => `${image.repository}:${image.tag}`),
          ...catalog.references(),
        ]),
      ].sort(),
  };
}
