import type { ImageReference } from '../registry.ts';
import type { Image } from '../types.ts';
import { agnhostImages } from './agnhost.ts';
import { baseImages } from './base.ts';
import { dataImages } from './data.ts';
import type { CatalogEntry } from './make-image.ts';
import { exampleImages } from './examples.ts';
import { webImages } from './web.ts';

const entries = new Map<string, CatalogEntry>(
  [...agnhostImages, ...baseImages, ...webImages, ...exampleImages, ...dataImages].map((entry) => [
    entry.repository,
    entry,
  ]),
);

const made = new Map<string, Image>();

/** An image is made when it is first asked for. */
function imageOf(entry: CatalogEntry, tag: string): Image | undefined {
  const version = entry.tags.versionOf(tag);
  if (version === undefined) return undefined;
  const name = `${entry.repository}:${tag}`;
  let image = made.get(name);
  if (image === undefined) made.set(name, (image = entry.make(tag, version)));
  return image;
}

/** The images that are emulated. What is not here cannot be pulled. */
export const catalog = {
  /** The images worth naming as `repository:tag`. */
  references: (): string[] =>
    [...entries.values()].flatMap((entry) => entry.tags.listed.map((tag) => `${entry.repository}:${tag}`)),

  /** The image that a complete reference names. A digest has to be one of a tag in use or among those listed. */
  find({ repository, tag, digest }: ImageReference): Image | undefined {
    const entry = entries.get(repository);
    if (entry === undefined) return undefined;
    if (digest === undefined) return tag === undefined ? undefined : imageOf(entry, tag);
    const used = [...made.values()].find(
      (image) => image.repository === repository && image.digest === digest,
    );
    return (
      used ?? entry.tags.listed.map((each) => imageOf(entry, each)).find((image) => image?.digest === digest)
    );
  },
};
