import { CommandFailedError } from '../command/errors.ts';
import type { RunningEngine } from '../engine/choice.ts';
import type { Engine } from '../engine/engine.ts';
import { findImage, tagOf, type EngineImage } from '../engine/images.ts';
import { isAtLeast } from '../engine/info.ts';
import { digestMovedError, engineTooOldError, imageArchitectureError } from './image-problems.ts';
import type { Journal, Loan } from './journal.ts';
import type { Architecture } from './manifest.ts';
import type { TellProgress } from './progress.ts';

/** From this API version on, docker writes one architecture of an image that its store holds for several. */
const PLATFORM_API = '1.48';

/**
 * Tags of the engine's store that stand for another image while an archive is written. Each is in the journal
 * before it is moved, so that it is given back even after a kill.
 */
export class Loans {
  readonly #engine: Engine;
  readonly #journal: Journal;

  constructor(engine: Engine, journal: Journal) {
    this.#engine = engine;
    this.#journal = journal;
  }

  take(loan: Loan): Promise<void> {
    return this.#journal.setLoans([...this.#journal.loans, loan]);
  }

  /**
   * Gives every tag back to the image that had it, and removes what was fetched for this only. Never rejects: what
   * cannot be given back now (the engine has stopped) stays in the journal for the next time.
   */
  async giveBack(): Promise<void> {
    const left: Loan[] = [];
    for (const loan of this.#journal.loans)
      await this.#return(loan).catch(() => {
        left.push(loan);
      });
    if (left.length < this.#journal.loans.length) await this.#journal.setLoans(left).catch(() => undefined);
  }

  async #return({ tag, id, fetched }: Loan): Promise<void> {
    const [holder] = await this.#engine.images([tag]);
    if (holder === undefined ? id === undefined : holder.id === id) return;
    if (id === undefined) {
      if (fetched) await this.#engine.untag(tag);
      return;
    }
    const [owner] = await this.#engine.images([id]);
    // An image that is gone meanwhile has no use for its tag.
    if (owner !== undefined) await this.#engine.tag(id, tag);
    if (!fetched || holder === undefined) return;
    const [rest] = await this.#engine.images([holder.id]);
    const hasOtherName = rest?.tags.some((name) => !name.includes('@')) ?? true;
    if (!hasOtherName) await this.#engine.untag(holder.id);
  }
}

export interface SupplyOptions extends RunningEngine {
  loans: Loans;
  tell: TellProgress;
  signal: AbortSignal;
}

/** Images that can be saved under these names. */
export interface Supplied {
  tags: string[];
  /** As the engine counts them: what images share is counted for each. */
  bytes: number;
}

/**
 * Sees to it that each image has its tag in the engine's store, for one architecture: what is missing is fetched.
 * A classic store (docker's own, podman's) holds one architecture of a name: the tag is borrowed then.
 * @throws AppError `engine-too-old`, `image-architecture`, `image-moved`, or the engine's failure
 */
export async function supplyForPack(
  references: readonly string[],
  architecture: Architecture,
  options: SupplyOptions,
): Promise<Supplied> {
  const { engine, info, signal } = options;
  const foreign = architecture !== info.architecture;
  // nerdctl works on containerd's store, and chooses platforms whatever its version.
  const holdsSeveral = info.containerdStore || engine.id === 'nerdctl';
  if (foreign && holdsSeveral && engine.id === 'docker' && !isAtLeast(info.apiVersion, PLATFORM_API))
    throw engineTooOldError(architecture);
  const names = references.flatMap((reference) => [reference, tagOf(reference)]);
  const held = await engine.images([...new Set(names)], { signal });
  for (const reference of references) await supply({ reference, architecture, holdsSeveral }, held, options);
  const tags = references.map(tagOf);
  const images = await engine.images(tags, { signal });
  return { tags, bytes: images.reduce((sum, { size }) => sum + size, 0) };
}

interface Wanted {
  reference: string;
  architecture: Architecture;
  /** The store keeps several architectures of a name, and shows its own: others are asked for each time. */
  holdsSeveral: boolean;
}

async function supply(
  { reference, architecture, holdsSeveral }: Wanted,
  held: readonly EngineImage[],
  options: SupplyOptions,
): Promise<void> {
  const { engine, info, loans, signal } = options;
  const foreign = architecture !== info.architecture;
  const isRight = (image: EngineImage | undefined): image is EngineImage =>
    image?.architecture === architecture && !(foreign && holdsSeveral);
  const tag = tagOf(reference);
  const tagged = findImage(held, tag);
  const pinned = findImage(held, reference);
  // A side-loaded image has no digest to be found by: its tag has to do.
  if (isRight(tagged) && (pinned === undefined || pinned.id === tagged.id)) return;
  // Of its own architecture, an image that nobody had may stay under its tag: it will be wanted here, too.
  const goes = foreign && !(holdsSeveral && tagged !== undefined);
  if (goes || tagged !== undefined)
    await loans.take({ tag, fetched: goes, ...(tagged !== undefined && { id: tagged.id }) });
  if (!isRight(pinned)) await pull(reference, architecture, options);
  if (tag === reference) return;
  const [found] = await engine.images([reference], { signal });
  // Where the tag was fetched in place of the digest, the digest still means another architecture.
  if (found !== undefined && (holdsSeveral || found.architecture === architecture))
    await engine.tag(found.id, tag);
}

/** Fetches an image. Where the digest belongs to another architecture already, its tag is fetched and compared. */
async function pull(
  reference: string,
  architecture: Architecture,
  { engine, tell, signal }: SupplyOptions,
): Promise<void> {
  const fetch = (name: string): Promise<string | undefined> => {
    tell({ action: 'pull', name, done: 0, total: 0 });
    return engine.pull(name, {
      platform: `linux/${architecture}`,
      signal,
      onProgress: ({ layers, done }) => tell({ action: 'pull', name, done, total: layers }),
    });
  };
  try {
    await fetch(reference);
  } catch (error) {
    const words = error instanceof CommandFailedError ? error.result.stderr : '';
    if (/no matching manifest for/i.test(words)) throw imageArchitectureError([reference], architecture);
    if (!/cannot overwrite digest/i.test(words)) throw error;
    const digest = await fetch(tagOf(reference));
    if (digest === undefined || !reference.endsWith(`@${digest}`)) throw digestMovedError(reference, digest);
  }
}
