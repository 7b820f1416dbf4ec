import { z } from 'zod';
import { fieldExpectation, name, namespacedName, objectTarget, range } from './lab-basics.ts';
import { checkBase } from './lab-check-base.ts';

/** What must have happened while a step was open. */

const objectRef = objectTarget.options[0];

/** One state of the cluster, or one thing that happens. `finding` names that it has not come about. */
const moment = z.union([
  /** So many ready endpoints of a Service. */
  z.strictObject({ endpoints: namespacedName, ready: range, finding: name.optional() }),
  /** A Deployment has rolled out another revision than it had at the moment before, completely. */
  z.strictObject({ rollout: namespacedName, finding: name.optional() }),
  /** Another object stands in the place of the one that was there at the moment before. */
  z.strictObject({ replaced: objectRef, finding: name.optional() }),
  /** An object has a field like this. */
  z.strictObject({ object: objectRef, field: fieldExpectation, finding: name.optional() }),
]);
export type TransitionMoment = z.infer<typeof moment>;

export const transitionCheck = z.strictObject({
  kind: z.literal('transition'),
  ...checkBase,
  /** One after the other. The app watches from when the step opens. */
  sequence: z.array(moment).min(1),
  /** From the first of the sequence to the last, this is always so; when it is not, the sequence begins anew. */
  throughout: z.array(z.strictObject({ endpoints: namespacedName, ready: range })).default([]),
});

/** How far a sequence has come: kept with the learner's progress. Times in milliseconds since the epoch. */
export const transitionRecordSchema = z.strictObject({
  /** When watching began. */
  since: z.number(),
  /** Moments that have come about, in order, with what was seen. */
  reached: z.array(z.strictObject({ at: z.number(), seen: z.string() })),
  /** What revisions and objects the next moment is compared with, by `rollout/ns/name` or `replaced/ns/name`. */
  marks: z.record(z.string(), z.string()),
  /** Why the sequence began anew the last time. */
  broken: z.strictObject({ at: z.number(), seen: z.string() }).optional(),
  /** The last time that nobody watched. */
  gap: z.strictObject({ from: z.number(), to: z.number() }).optional(),
  /** When the record was last known to be up to date. */
  watchedUntil: z.number(),
});
export type TransitionRecord = z.infer<typeof transitionRecordSchema>;
