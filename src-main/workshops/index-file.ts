import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeAtomically } from '../store/atomic-write.ts';

const entrySchema = z.object({
  learner: z.string(),
  name: z.string(),
  /** In the same folder. */
  file: z.string(),
  namespaces: z.array(z.string()),
  validUntil: z.string(),
});

const indexSchema = z.object({ workshop: z.string(), server: z.string(), learners: z.array(entrySchema) });

/** Which file is for whom: for people and for programs that hand them out. No secret is in it. */
export type IndexEntry = z.infer<typeof entrySchema>;

/** Adds entries to the index, in place of those of the same learners. An index of another workshop is replaced. */
export async function writeIndex(
  path: string,
  of: { workshop: string; server: string },
  entries: readonly IndexEntry[],
): Promise<void> {
  const before = await readFile(path, 'utf8').then(
    (text) => parseIndex(text),
    () => undefined,
  );
  const kept =
    before?.workshop === of.workshop && before.server === of.server
      ? before.learners.filter(({ learner }) => !entries.some((entry) => entry.learner === learner))
      : [];
  const learners = [...kept, ...entries].sort((a, b) => a.learner.localeCompare(b.learner));
  await writeAtomically(path, `${JSON.stringify({ ...of, learners }, undefined, 2)}\n`);
}

function parseIndex(text: string): z.infer<typeof indexSchema> | undefined {
  try {
    return indexSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
