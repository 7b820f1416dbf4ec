import { z } from 'zod';
import { transitionRecordSchema } from '#shared/lab-transitions.ts';
import { verdictSchema } from '#shared/verdict.ts';

/** How far a learner has come in one lab: everything that a later run of the app needs to go on. */

const baselineObjectSchema = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
  uid: z.string(),
  labels: z.record(z.string(), z.string()),
  spec: z.unknown(),
  status: z.unknown().optional(),
});

const stepProgressSchema = z.strictObject({
  state: z.enum(['open', 'done']),
  /** How many hints were asked for. */
  hints: z.number().int().min(0),
  assisted: z.boolean(),
  answers: z.record(z.string(), z.string()),
  verdicts: z.record(z.string(), verdictSchema),
  /** Checks that were right before the learner did anything: they earn nothing by themselves. */
  freebies: z.array(z.string()),
  /** The shares of checks with partial credit that held before the learner did anything. */
  freeShares: z.record(z.string(), z.number()).optional(),
  /** What has happened since, for checks of the kind `transition`. */
  transitions: z.record(z.string(), transitionRecordSchema).optional(),
  /** Objects when the step opened: what checks compare with. */
  baseline: z.array(baselineObjectSchema),
  /** The same as manifests: what a reset brings back. */
  snapshot: z.array(z.record(z.string(), z.unknown())),
});

export const labProgressSchema = z.strictObject({
  format: z.literal(1),
  labId: z.string(),
  labVersion: z.number(),
  /** uid of the lab's first namespace: another one means another cluster. */
  stage: z.string().optional(),
  currentStep: z.string(),
  steps: z.record(z.string(), stepProgressSchema),
});
export type LabProgress = z.infer<typeof labProgressSchema>;
export type StepProgress = z.infer<typeof stepProgressSchema>;

/** Where progress is kept. `save` resolves when it would survive a kill. */
export interface ProgressStore {
  load(labId: string): Promise<LabProgress | undefined>;
  save(labId: string, progress: LabProgress): Promise<void>;
}

/** Progress that is forgotten with the process: for verifying labs and for tests. */
export class MemoryProgressStore implements ProgressStore {
  readonly #kept = new Map<string, string>();

  load(labId: string): Promise<LabProgress | undefined> {
    const text = this.#kept.get(labId);
    return Promise.resolve(text === undefined ? undefined : labProgressSchema.parse(JSON.parse(text)));
  }

  save(labId: string, progress: LabProgress): Promise<void> {
    this.#kept.set(labId, JSON.stringify(progress));
    return Promise.resolve();
  }
}
