import { readFile, rm } from 'node:fs/promises';
import { z } from 'zod';
import { writeAtomically } from '../store/atomic-write.ts';
import { packEntriesSchema, type PackEntry } from './manifest.ts';
import { writeFailure } from './problems.ts';

/**
 * A tag that was given to another image for a while: `id` had it before, or nobody. `fetched`: the other image came
 * for this only, and goes when the tag is given back.
 */
const loanSchema = z.object({ tag: z.string(), id: z.string().optional(), fetched: z.boolean() });
export type Loan = z.infer<typeof loanSchema>;

const journalSchema = z.object({ entries: packEntriesSchema, loans: z.array(loanSchema) });

/** What has been done of an unfinished pack, in a file beside it that survives a kill at any moment. */
export class Journal {
  readonly path: string;
  #content: z.infer<typeof journalSchema>;

  private constructor(path: string, content: z.infer<typeof journalSchema>) {
    this.path = path;
    this.#content = content;
  }

  /** What cannot be understood is as good as nothing: the pack is begun anew. */
  static async open(path: string): Promise<Journal> {
    const empty = { entries: [], loans: [] };
    try {
      return new Journal(path, journalSchema.parse(JSON.parse(await readFile(path, 'utf8'))));
    } catch {
      return new Journal(path, empty);
    }
  }

  /** Entries that are whole in the file. */
  get entries(): readonly PackEntry[] {
    return this.#content.entries;
  }

  get loans(): readonly Loan[] {
    return this.#content.loans;
  }

  setEntries(entries: readonly PackEntry[]): Promise<void> {
    return this.#write({ ...this.#content, entries: [...entries] });
  }

  setLoans(loans: readonly Loan[]): Promise<void> {
    return this.#write({ ...this.#content, loans: [...loans] });
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }

  async #write(content: z.infer<typeof journalSchema>): Promise<void> {
    this.#content = content;
    await writeAtomically(this.path, `${JSON.stringify(content)}\n`).catch((error: unknown) => {
      throw writeFailure(this.path, error instanceof Error ? (error.cause ?? error) : error);
    });
  }
}
