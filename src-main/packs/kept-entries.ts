import type { RunningEngine } from '../engine/choice.ts';
import { findImage, tagOf } from '../engine/images.ts';
import type { PackEntry } from './manifest.ts';
import type { PackPlan, PlannedEntry } from './plan.ts';
import type { TellProgress } from './progress.ts';
import { entryStream, spansOf, sumOf } from './reader.ts';

export interface KeepOptions extends RunningEngine {
  /** The unfinished file. */
  part: string;
  plan: PackPlan;
  tell: TellProgress;
  signal: AbortSignal;
}

/**
 * Those of the entries of an unfinished pack that the plan begins with, that lie in the file as they should, and
 * whose images are still what the engine has under their names.
 */
export async function keptEntries(
  entries: readonly PackEntry[],
  { part, plan, tell, signal, ...running }: KeepOptions,
): Promise<PackEntry[]> {
  const kept: PackEntry[] = [];
  const spans = spansOf(entries);
  for (const [index, entry] of entries.entries()) {
    const { name, bytes, sha256 } = entry;
    if (!isPlanned(entry, plan.entries[index]) || !(await isCurrent(entry, running))) break;
    const progress = (done: number): void => tell({ action: 'check', name, done, total: bytes });
    const sum = await sumOf(entryStream({ path: part, spans }, name), part, progress, signal).catch(
      (error: unknown) => {
        if (signal.aborted) throw error;
        return undefined;
      },
    );
    if (sum !== sha256) break;
    kept.push(entry);
  }
  return kept;
}

function isPlanned({ name, images }: PackEntry, planned: PlannedEntry | undefined): boolean {
  const references = images.map(({ reference }) => reference);
  return name === planned?.name && references.join() === planned.references.join();
}

/** False when an image was made or fetched anew under the same name meanwhile. */
async function isCurrent({ architecture, images }: PackEntry, { engine }: RunningEngine): Promise<boolean> {
  const held = await engine.images(images.map(({ reference }) => tagOf(reference)));
  return images.every(({ reference, layers }) => {
    const image = findImage(held, tagOf(reference));
    return image?.architecture !== architecture || image.layers.join() === layers.join();
  });
}
