import { stat } from 'node:fs/promises';
import { Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RunningEngine } from '../engine/choice.ts';
import { normalReference, tagOf } from '../engine/images.ts';
import { airgapContent } from './airgap.ts';
import { ArchivedImages, type ArchivedImage } from './archived-images.ts';
import { compressInto } from './compress.ts';
import { imageArchitectureError } from './image-problems.ts';
import type { PackEntry, PackImage } from './manifest.ts';
import type { PlannedEntry } from './plan.ts';
import type { TellProgress } from './progress.ts';
import { supplyForPack, type Loans } from './supply.ts';
import type { PackWriter } from './writer.ts';

export interface PackEntryOptions extends RunningEngine {
  loans: Loans;
  tell: TellProgress;
  signal: AbortSignal;
}

/**
 * Puts one archive into a pack, and looks on the way that it holds what it should.
 * @throws AppError of the engine, of the file, or `image-architecture`
 */
export async function packEntry(
  planned: PlannedEntry,
  writer: PackWriter,
  options: PackEntryOptions,
): Promise<PackEntry> {
  const { name, architecture, providers, references, airgap } = planned;
  const archive = new ArchivedImages();
  let seenBytes = 0;
  const progress = (total: number) => (chunk: Buffer) => {
    archive.add(chunk);
    seenBytes += chunk.length;
    options.tell({ action: 'pack', name, done: seenBytes, total });
  };
  let images: PackImage[] = [];
  const stored = await writer.add(name, async (sink) => {
    if (airgap === undefined) await fillFromEngine(planned, sink, progress, options);
    else await fillFromFile(airgap, sink, progress, options.signal);
    images = imagesIn(archive.end() ?? [], references, architecture);
  });
  return {
    name,
    content: airgap === undefined ? 'images' : 'k3s-airgap',
    architecture,
    providers,
    images,
    ...stored,
    unpackedBytes: airgap === undefined ? seenBytes : stored.bytes,
  };
}

type Progress = (total: number) => (chunk: Buffer) => void;

/** Tags that had to be borrowed are given back however it ends. */
async function fillFromEngine(
  { references, architecture }: PlannedEntry,
  sink: Writable,
  progress: Progress,
  options: PackEntryOptions,
): Promise<void> {
  const { engine, info, loans, signal } = options;
  try {
    const { tags, bytes } = await supplyForPack(references, architecture, options);
    await compressInto(sink, progress(bytes), (head) =>
      engine.save(tags, head, { info, platform: `linux/${architecture}`, signal }),
    );
  } finally {
    await loans.giveBack();
  }
}

async function fillFromFile(
  path: string,
  sink: Writable,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const see = progress((await stat(path)).size);
  const { stream, compressed } = await airgapContent(path);
  if (!compressed) await compressInto(sink, see, (head) => pipeline(stream, head, { signal }));
  else
    await pipeline(
      stream,
      new Transform({
        transform(chunk: Buffer, _encoding, done) {
          see(chunk);
          done(undefined, chunk);
        },
      }),
      sink,
      { signal },
    );
}

function imagesIn(
  archived: readonly ArchivedImage[],
  references: readonly string[],
  architecture: string,
): PackImage[] {
  const found = references.map((reference) => ({
    reference,
    image: archived.find(
      (image) =>
        image.architecture === architecture && image.tags.includes(normalReference(tagOf(reference))),
    ),
  }));
  const missing = found.filter(({ image }) => image === undefined).map(({ reference }) => reference);
  if (missing.length > 0) throw imageArchitectureError(missing, architecture);
  return found.flatMap(({ reference, image }) =>
    image === undefined ? [] : [{ reference, layers: [...image.layers], bytes: image.bytes }],
  );
}
