import type { ImageReference } from '../registry.ts';
import type { Image } from '../types.ts';
import { agnhostImages } from './agnhost.ts';
import { baseImages } from './base.ts';
import type { CatalogEntry } from './make-image.ts';
import { webImages } from './web.ts';

const entries = new Map<string, CatalogEntry>(
  [...agnhostImages, ...baseImages, ...webImages].map((entry) => [entry.repository, entry]),
);

const made = new Map<string, Image>();

/** An image is made when it is first asked for. */
function imageOf(entry: CatalogEntry, tag: string): Image | undefined {
  if (!entry.tags.includes(tag)) return undefined;
  const name = `${entry.repository}:${tag}`;
  let image = made.get(name);
  if (image === undefined) made.set(name, (image = entry.make(tag)));
  return image;
}

/** The images that are emulated. What is not here cannot be pulled. */
export const catalog = {
  /** Every image as `repository:tag`. */
  references: (): string[] =>
    [...entries.values()].flatMap((entry) => entry.tags.map((tag) => `${entry.repository}:${tag}`)),

  /** The image that a complete reference names. A digest has to be one that the catalog gave out. */
  find(reference: ImageReference): Image | undefined {
    const entry = entries.get(reference.repository);
    if (entry === undefined) return undefined;
    if (reference.digest === undefined)
      return reference.tag === undefined ? undefined : imageOf(entry, reference.tag);
    return entry.tags.map((tag) => imageOf(entry, tag)).find((image) => image?.digest === reference.digest);
  },
};
