import { z } from 'zod';
import { localizedTextSchema } from './locale.ts';

/**
 * The four outcomes of a check. `error` means that the grader could not look (no API server, no client pod):
 * it is never held against the learner.
 */
export const outcomeSchema = z.enum(['pass', 'fail', 'error', 'not-run']);
export type Outcome = z.infer<typeof outcomeSchema>;

/** One thing that the grader looked at. `output` is untrusted text from the cluster. */
export const evidenceSchema = z.strictObject({
  title: localizedTextSchema,
  /** A command that a person can run to see the same, when there is one. */
  command: z.string().optional(),
  output: z.string(),
  /** Milliseconds since the epoch. */
  at: z.number(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

/** The hops of a request, in order. */
export const hopSchema = z.enum(['client', 'dns', 'service', 'endpoints', 'pod']);
export type Hop = z.infer<typeof hopSchema>;

export const verdictSchema = z.strictObject({
  outcome: outcomeSchema,
  expected: localizedTextSchema.optional(),
  actual: localizedTextSchema.optional(),
  /** Why it matters or what is probably wrong: a sentence that teaches. */
  why: localizedTextSchema.optional(),
  evidence: z.array(evidenceSchema),
  /** Where on the path the request stopped, when the check knows. */
  brokenHop: hopSchema.optional(),
  /** Which named finding it was (`selector-matches-nothing`); wrong answers in labs are proven against it. */
  finding: z.string().optional(),
  /** Of a failure: which part of the check's points it earns all the same, from 0 to 1. */
  share: z.number().min(0).max(1).optional(),
  /** Milliseconds since the epoch; undefined when not run. */
  checkedAt: z.number().optional(),
  durationMs: z.number().optional(),
});
export type Verdict = z.infer<typeof verdictSchema>;

export const NOT_RUN: Verdict = { outcome: 'not-run', evidence: [] };
