import type { RunningEngine } from '../engine/choice.ts';
import { tagOf, normalReference } from '../engine/images.ts';
import { imageSupply, neededImages } from '../providers/container/needed-images.ts';
import type { Architecture, PackProvider } from './manifest.ts';
import { isPresent, type LoadPackOptions } from './load.ts';
import type { PackLab, PackTool } from './plan.ts';
import type { TellProgress } from './progress.ts';
import { checkEntry, type PackFile } from './reader.ts';

/** Names of the entries whose content is not what was put in. @throws AppError when the file cannot be read */
export async function damagedEntries(
  pack: PackFile,
  tell: TellProgress,
  signal?: AbortSignal,
): Promise<string[]> {
  const damaged: string[] = [];
  for (const entry of pack.manifest.entries) {
    const { name, bytes } = entry;
    const progress = (done: number): void => tell({ action: 'check', name, done, total: bytes });
    if (!(await checkEntry(pack, entry, progress, signal))) damaged.push(name);
  }
  return damaged;
}

/** Images that a pack should hold and does not. */
export interface PackGap {
  provider: PackProvider;
  architecture: Architecture;
  missing: string[];
}

/**
 * What this version of the app needs for offline use and the pack does not hold: for each of the architectures that
 * it was made for, and each of the tools, the images of its clusters and of the labs.
 */
export function gapsOf(
  { manifest }: Pick<PackFile, 'manifest'>,
  tools: readonly PackTool[],
  labs: readonly PackLab[],
): PackGap[] {
  const labImages = labs.flatMap(({ images }) => images);
  return manifest.architectures.flatMap((architecture) => {
    const held = new Set(
      manifest.entries
        .filter((entry) => entry.architecture === architecture)
        .flatMap(({ images }) => images.map(({ reference }) => normalReference(tagOf(reference)))),
    );
    return tools
      .map((tool) => {
        const { nodes, pods } = neededImages(tool, labImages);
        const missing = [...nodes, ...pods].filter((name) => !held.has(normalReference(tagOf(name))));
        return { provider: tool.id, architecture, missing };
      })
      .filter(({ missing }) => missing.length > 0);
  });
}

/** Names of the entries for this engine that are not loaded yet. */
export async function entriesToLoad(options: Omit<LoadPackOptions, 'system' | 'tell'>): Promise<string[]> {
  const { pack, info } = options;
  const names: string[] = [];
  for (const entry of pack.manifest.entries)
    if (entry.architecture === info.architecture && !(await isPresent(entry, options)))
      names.push(entry.name);
  return names;
}

/** Whether clusters of a provider can be made, and labs run in them, without a network. */
export interface Readiness {
  provider: PackProvider;
  /** It works with another engine than the one that was found. */
  engines?: readonly string[];
  missing: string[];
}

export function readinessOf(
  tools: readonly PackTool[],
  labs: readonly PackLab[],
  running: RunningEngine,
  signal?: AbortSignal,
): Promise<Readiness[]> {
  const labImages = labs.flatMap(({ images }) => images);
  return Promise.all(
    tools.map(async (tool): Promise<Readiness> => {
      if (!tool.engines.includes(running.engine.id))
        return { provider: tool.id, engines: tool.engines, missing: [] };
      const { missing } = await imageSupply(tool, labImages, running, signal);
      return { provider: tool.id, missing };
    }),
  );
}
