import { access, rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { claimProcessFile } from '#emulator/process-file.ts';
import { AppError } from '#shared/app-error.ts';
import type { LocalizedText } from '#shared/locale.ts';
import { cancelledError } from '../command/errors.ts';
import type { RunningEngine } from '../engine/choice.ts';
import { findImage, tagOf } from '../engine/images.ts';
import type { OperatingSystem } from '../host/platform.ts';
import { explainEngine } from './image-problems.ts';
import { Journal } from './journal.ts';
import { keptEntries } from './kept-entries.ts';
import type { PackEntry, PackManifest } from './manifest.ts';
import { packEntry } from './pack-entry.ts';
import type { PackPlan } from './plan.ts';
import {
  notEnoughSpaceError,
  packBeingMadeError,
  packExistsError,
  remainsText,
  writeFailure,
} from './problems.ts';
import type { TellProgress } from './progress.ts';
import { Loans } from './supply.ts';
import { PackWriter } from './writer.ts';

/** What compression leaves of images, as a rule: a third; what was packed inside already does not shrink. */
const LEFT_BY_COMPRESSION = 0.4;

export interface CreatePackOptions extends RunningEngine {
  file: string;
  plan: PackPlan;
  /** Name and version of the program. */
  createdBy: string;
  system: OperatingSystem;
  tell: TellProgress;
  signal: AbortSignal;
  now?: () => Date;
  /** Bytes that are free where a file lies; undefined where nobody knows. */
  freeSpace?: (file: string) => Promise<number | undefined>;
}

/**
 * Writes a pack. Until it is whole it is `FILE.part`, with a journal beside it: after a failure, a cancel or a kill
 * the same call goes on after the last entry that was finished, once its checksum is right.
 * @throws AppError, which says what is left on the disk
 */
export async function createPack(options: CreatePackOptions): Promise<PackManifest> {
  const { file } = options;
  if (await exists(file)) throw packExistsError(file);
  const part = `${file}.part`;
  const claim = await claimProcessFile(`${part}.lock`).catch((cause: unknown) => {
    throw writeFailure(file, cause);
  });
  if ('pid' in claim) throw packBeingMadeError(file, claim.pid);
  try {
    return await new Creation(options, part, await Journal.open(`${part}.json`)).run();
  } finally {
    await claim.release();
  }
}

class Creation {
  readonly #options: CreatePackOptions;
  readonly #part: string;
  readonly #journal: Journal;
  readonly #loans: Loans;

  constructor(options: CreatePackOptions, part: string, journal: Journal) {
    this.#options = options;
    this.#part = part;
    this.#journal = journal;
    this.#loans = new Loans(options.engine, journal);
  }

  async run(): Promise<PackManifest> {
    const { plan, signal } = this.#options;
    try {
      // Of a run that was killed.
      await this.#loans.giveBack();
      const kept = await keptEntries(this.#journal.entries, { ...this.#options, part: this.#part });
      await this.#requireSpace(kept.length);
      return await this.#write(kept);
    } catch (error) {
      const explained = signal.aborted ? cancelledError() : this.#explain(error);
      const finished = this.#journal.entries.length;
      if (finished === 0) await this.#leaveNothing();
      throw withRemains(explained, remainsText(this.#part, finished, plan.entries.length));
    }
  }

  async #write(kept: readonly PackEntry[]): Promise<PackManifest> {
    const { plan, tell, file, createdBy, now = () => new Date() } = this.#options;
    const createdAt = now();
    await this.#journal.setEntries(kept);
    await using writer =
      kept.length === 0
        ? await PackWriter.begin(this.#part, createdAt)
        : await PackWriter.resume(this.#part, createdAt, kept);
    for (const { name, bytes } of kept) tell({ action: 'have', name, done: bytes, total: bytes });
    for (const planned of plan.entries.slice(kept.length))
      try {
        const entry = await packEntry(planned, writer, { ...this.#options, loans: this.#loans });
        await this.#journal.setEntries([...this.#journal.entries, entry]);
      } catch (error) {
        await writer.dropUnfinished().catch(() => undefined);
        throw error;
      }
    const manifest = await writer.finish(
      {
        createdAt: createdAt.toISOString(),
        createdBy,
        providers: plan.providers,
        labs: plan.labs,
        architectures: plan.architectures,
        entries: [...this.#journal.entries],
      },
      file,
    );
    await this.#journal.remove();
    return manifest;
  }

  /** @throws AppError `disk-full` when it is clear from the start that the disk is too small */
  async #requireSpace(done: number): Promise<void> {
    const { file, plan, engine, signal, freeSpace = presentFreeSpace } = this.#options;
    const tags = plan.entries.slice(done).flatMap(({ references }) => references.map(tagOf));
    const held = await engine.images([...new Set(tags)], { signal });
    const images = tags.reduce((sum, tag) => sum + (findImage(held, tag)?.size ?? 0), 0);
    const needed = images * LEFT_BY_COMPRESSION;
    const free = await freeSpace(file);
    if (free !== undefined && free < needed) throw notEnoughSpaceError(file, needed, free);
  }

  /** Neither a file nor a journal; that stays only when the engine still has to get tags back. */
  async #leaveNothing(): Promise<void> {
    await rm(this.#part, { force: true });
    if (this.#journal.loans.length === 0) await this.#journal.remove();
  }

  #explain(error: unknown): unknown {
    const { engine, system } = this.#options;
    return explainEngine(error, engine.id, { en: 'Making the pack', ko: '팩 만들기' }, system);
  }
}

function withRemains(error: unknown, remains: LocalizedText): unknown {
  if (!(error instanceof AppError)) return error;
  const { problem } = error;
  const message = {
    en: `${problem.message.en} ${remains.en}`,
    ko: `${problem.message.ko} ${remains.ko}`,
  };
  return new AppError({ ...problem, message }, { cause: error });
}

async function presentFreeSpace(file: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(dirname(file));
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
