import { z } from 'zod';
import { localizedTextSchema } from './locale.ts';
import { verdictSchema } from './verdict.ts';

/** What the renderer and the command line know of labs: content, and how far the learner has come. */

export const labSummarySchema = z.strictObject({
  id: z.string(),
  version: z.number(),
  title: localizedTextSchema,
  summary: localizedTextSchema,
  difficulty: z.enum(['beginner', 'intermediate', 'advanced']),
  durationMinutes: z.number(),
  tags: z.array(z.string()),
  steps: z.number(),
  /** What the lab needs and the present cluster lacks, a sentence each. */
  unmet: z.array(localizedTextSchema),
  progress: z.strictObject({
    started: z.boolean(),
    finishedSteps: z.number(),
    earnedPoints: z.number(),
    totalPoints: z.number(),
  }),
});
export type LabSummary = z.infer<typeof labSummarySchema>;

export const labCheckSchema = z.strictObject({
  id: z.string(),
  /** The check kind: resource, endpoints, http … */
  kind: z.string(),
  points: z.number(),
  /** `watch`: runs by itself when the cluster changes. `manual`: runs when asked. */
  trigger: z.enum(['watch', 'manual']),
  title: localizedTextSchema,
  /** Present on `answer` checks: what is asked. */
  question: localizedTextSchema.optional(),
  /** Present on `answer` checks with a choice. */
  choices: z.array(z.strictObject({ id: z.string(), text: localizedTextSchema })).optional(),
});
export type LabCheck = z.infer<typeof labCheckSchema>;

export const labManifestSchema = z.strictObject({
  /** File name, for example `web.yaml`. */
  name: z.string(),
  yaml: z.string(),
});
export type LabManifest = z.infer<typeof labManifestSchema>;

export const labStepSchema = z.strictObject({
  id: z.string(),
  /** Service that the path picture shows in this step, `namespace/name`: the step's own, or the lab's. */
  focus: z.string().optional(),
  title: localizedTextSchema,
  /** Markdown. Code fences with the info string `sh run` are commands a click sends to the terminal. */
  prose: localizedTextSchema,
  /** What the step sets up by itself when it starts. */
  setup: z.array(labManifestSchema),
  /** What the learner gets in the editor to complete: may be empty. */
  starters: z.array(labManifestSchema),
  hints: z.number(),
  checks: z.array(labCheckSchema),
});
export type LabStep = z.infer<typeof labStepSchema>;

export const labContentSchema = z.strictObject({
  id: z.string(),
  title: localizedTextSchema,
  /** Markdown: what one can do after it. */
  objectives: localizedTextSchema,
  /** Markdown, shown when every step is done. */
  debrief: localizedTextSchema,
  namespaces: z.array(z.string()),
  /** Pod that requests of the path picture start from, `namespace/name`. */
  client: z.string(),
  /** Service that the path picture shows first, `namespace/name`. */
  focus: z.string().optional(),
  steps: z.array(labStepSchema),
});
export type LabContent = z.infer<typeof labContentSchema>;

export const checkStateSchema = z.strictObject({
  id: z.string(),
  running: z.boolean(),
  verdict: verdictSchema,
  /** The value last submitted to an `answer` check. */
  answer: z.string().optional(),
});
export type CheckState = z.infer<typeof checkStateSchema>;

export const stepStateSchema = z.strictObject({
  id: z.string(),
  state: z.enum(['locked', 'preparing', 'open', 'done']),
  /** Hints that the learner has asked for, in order. Markdown. */
  hints: z.array(localizedTextSchema),
  /** True once the solution was shown or applied. */
  assisted: z.boolean(),
  checks: z.array(checkStateSchema),
});
export type StepState = z.infer<typeof stepStateSchema>;

/** How a learner stands in one lab. Sent whole on every change: it is small. */
export const labSessionSchema = z.strictObject({
  labId: z.string(),
  started: z.boolean(),
  currentStep: z.string(),
  steps: z.array(stepStateSchema),
  earnedPoints: z.number(),
  totalPoints: z.number(),
  /** What is being done right now (applying manifests, waiting for pods), for the progress line. */
  activity: localizedTextSchema.optional(),
  /** Why checks cannot run at the moment. */
  paused: localizedTextSchema.optional(),
});
export type LabSession = z.infer<typeof labSessionSchema>;

export const solutionSchema = z.strictObject({
  files: z.array(labManifestSchema),
  /** Markdown. */
  explanation: localizedTextSchema,
});
export type Solution = z.infer<typeof solutionSchema>;
