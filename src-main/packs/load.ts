import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { makeDirectory } from '#emulator/make-directory.ts';
import type { RunningEngine } from '../engine/choice.ts';
import { findImage, tagOf } from '../engine/images.ts';
import type { OperatingSystem } from '../host/platform.ts';
import { airgapPath } from './airgap.ts';
import { decompressFrom, isDamage } from './compress.ts';
import { explainEngine, notLoadedError, otherArchitectureError } from './image-problems.ts';
import type { PackEntry, PackImage } from './manifest.ts';
import type { PackTool } from './plan.ts';
import { cancelledLoadError, checksumError, writeFailure } from './problems.ts';
import type { TellProgress } from './progress.ts';
import { checkEntry, entryStream, sumOf, type PackFile } from './reader.ts';

export interface LoadPackOptions extends RunningEngine {
  pack: PackFile;
  /** The app's tools, which say where an airgap archive belongs. */
  tools: readonly PackTool[];
  dataDirectory: string;
  system: OperatingSystem;
  tell: TellProgress;
  signal: AbortSignal;
}

export interface LoadedPack {
  /** Names of entries. */
  loaded: string[];
  /** Everything in them was there already. */
  present: string[];
}

/**
 * Gives the engine what a pack holds for its architecture. Each entry is checked before any of it is handed on;
 * what is there already is left out, so that an interrupted load goes on when it is repeated.
 * @throws AppError
 */
export async function loadPack(options: LoadPackOptions): Promise<LoadedPack> {
  const { pack, info, engine, system, tell, signal } = options;
  const { manifest, path } = pack;
  const entries = manifest.entries.filter(({ architecture }) => architecture === info.architecture);
  if (entries.length === 0) throw otherArchitectureError(path, manifest.architectures, info.architecture);
  const result: LoadedPack = { loaded: [], present: [] };
  for (const entry of entries) {
    const { name, bytes } = entry;
    if (await isPresent(entry, options)) {
      tell({ action: 'have', name, done: bytes, total: bytes });
      result.present.push(name);
      continue;
    }
    const progress = (done: number): void => tell({ action: 'check', name, done, total: bytes });
    try {
      if (!(await checkEntry(pack, entry, progress, signal))) throw checksumError(path, name);
      await (entry.content === 'images' ? loadImages(entry, options) : keepAirgap(entry, options));
    } catch (error) {
      if (signal.aborted) throw cancelledLoadError();
      if (isDamage(error)) throw checksumError(path, name);
      throw explainEngine(error, engine.id, { en: `Loading ${name}`, ko: `${name} 올리기` }, system);
    }
    result.loaded.push(name);
  }
  return result;
}

/** Whether everything in an entry has arrived where it belongs. */
export async function isPresent(
  entry: PackEntry,
  { engine, tools, dataDirectory, signal }: Omit<LoadPackOptions, 'pack' | 'system' | 'tell' | 'info'>,
): Promise<boolean> {
  if (entry.content === 'images') return (await imagesNotThere(entry, engine, signal)).length === 0;
  const file = airgapFile(entry, tools, dataDirectory);
  if (file === undefined) return true;
  const sum = await sumOf(createReadStream(file), file, () => undefined, signal).catch((error: unknown) => {
    if (signal.aborted) throw error;
    return undefined;
  });
  return sum === entry.sha256;
}

/** Those of the images that the engine lacks, or has with other layers under the same name. */
async function imagesNotThere(
  { images, architecture }: PackEntry,
  engine: RunningEngine['engine'],
  signal: AbortSignal,
): Promise<PackImage[]> {
  const held = await engine.images(
    images.map(({ reference }) => tagOf(reference)),
    { signal },
  );
  return images.filter(({ reference, layers }) => {
    const image = findImage(held, tagOf(reference));
    return image?.architecture !== architecture || image.layers.join() !== layers.join();
  });
}

async function loadImages(entry: PackEntry, { pack, engine, tell, signal }: LoadPackOptions): Promise<void> {
  let done = 0;
  const see = (chunk: Buffer): void => {
    done += chunk.length;
    tell({ action: 'load', name: entry.name, done, total: entry.unpackedBytes });
  };
  await decompressFrom(entryStream(pack, entry.name), see, (archive) => engine.load(archive, { signal }));
  const missing = await imagesNotThere(entry, engine, signal);
  if (missing.length > 0) throw notLoadedError(missing.map(({ reference }) => reference));
}

async function keepAirgap(
  entry: PackEntry,
  { pack, tools, dataDirectory, signal }: LoadPackOptions,
): Promise<void> {
  const file = airgapFile(entry, tools, dataDirectory);
  if (file === undefined) return;
  const part = `${file}.part`;
  try {
    await makeDirectory(dirname(file));
    await pipeline(entryStream(pack, entry.name), createWriteStream(part), { signal });
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw writeFailure(file, error);
  }
}

/** Undefined when this version of the app makes no clusters of k3s. */
function airgapFile(
  { architecture }: PackEntry,
  tools: readonly PackTool[],
  dataDirectory: string,
): string | undefined {
  const tool = tools.find(({ id }) => id === 'k3d');
  return tool === undefined ? undefined : airgapPath(dataDirectory, tool.nodeImage, architecture);
}
