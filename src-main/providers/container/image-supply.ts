import { createWriteStream } from 'node:fs';
import type { CommandLog } from '../../command/log.ts';
import type { Engine } from '../../engine/engine.ts';
import { findImage, tagOf, type EngineImage } from '../../engine/images.ts';
import type { EngineInfo } from '../../engine/info.ts';
import type { Progress } from '../progress.ts';

/** The name under which the store has an image: as asked for, else its tag (side-loaded images have no digest). */
export function nameInStore(images: readonly EngineImage[], reference: string): string | undefined {
  return [reference, tagOf(reference)].find((name) => findImage(images, name) !== undefined);
}

function imagesInStore(
  engine: Engine,
  references: readonly string[],
  signal?: AbortSignal,
): Promise<EngineImage[]> {
  return engine.images([...new Set(references.flatMap((name) => [name, tagOf(name)]))], { signal });
}

export interface SupplyWork {
  engine: Engine;
  info: EngineInfo;
  progress: Progress;
  log: CommandLog;
  signal: AbortSignal;
}

/**
 * Fetches the images that the engine lacks, one after the other, each with its progress.
 * @returns the name of each in the store, in the order of the references
 */
export async function supplyImages(references: readonly string[], work: SupplyWork): Promise<string[]> {
  const { engine, info, progress, log, signal } = work;
  let images = await imagesInStore(engine, references, signal);
  const missing = references.filter((reference) => nameInStore(images, reference) === undefined);
  for (const [index, reference] of missing.entries()) {
    const which = missing.length === 1 ? '' : ` (${index + 1}/${missing.length})`;
    const say = (layers: string, fraction?: number): void =>
      progress.note(
        { en: `${tagOf(reference)}${which}${layers}`, ko: `${tagOf(reference)}${which}${layers}` },
        fraction,
      );
    say('');
    await engine.pull(reference, {
      platform: `linux/${info.architecture}`,
      signal,
      log,
      onProgress: ({ layers, done }) => say(` · ${done}/${layers}`, (index + done / layers) / missing.length),
    });
  }
  if (missing.length > 0) images = await imagesInStore(engine, references, signal);
  return references.map((reference) => nameInStore(images, reference) ?? reference);
}

/** Writes one archive with all of the images. */
export async function archiveImages(
  references: readonly string[],
  archive: string,
  { engine, info, log, signal }: Omit<SupplyWork, 'progress'>,
): Promise<void> {
  await engine.save(references, createWriteStream(archive, { mode: 0o600 }), {
    info,
    platform: `linux/${info.architecture}`,
    log,
    signal,
  });
}
