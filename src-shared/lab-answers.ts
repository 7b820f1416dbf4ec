import { z } from 'zod';
import { name, objectTarget, path, pattern } from './lab-basics.ts';
import { checkBase } from './lab-check-base.ts';

/** Questions to the learner, and what their answers are compared with. */

/** A value that an answer is compared with: read from the cluster when the answer is judged. */
export const answerMatcher = z.union([
  z.strictObject({ text: z.string() }),
  /** A regular expression over the whole answer, without regard to case. */
  z.strictObject({ pattern }),
  z.strictObject({
    object: objectTarget,
    path,
    /** `new`: only of objects made since the step opened; `old`: only of those that were there then. */
    only: z.enum(['new', 'old']).optional(),
  }),
]);
export type AnswerMatcher = z.infer<typeof answerMatcher>;

export const answerCheck = z
  .strictObject({
    kind: z.literal('answer'),
    ...checkBase,
    trigger: z.literal('manual').default('manual'),
    /** Ids of the choices, in the order shown. Their texts are in text/<locale>.yaml. */
    choices: z.array(name).min(2).optional(),
    /** The right choice. */
    correct: name.optional(),
    /** Right when one of these matches. */
    accept: z.array(answerMatcher).min(1).optional(),
    /** Wrong answers that are known, each with its own finding. Looked at after `accept`. */
    traps: z.array(z.strictObject({ finding: name, matches: answerMatcher })).default([]),
  })
  .refine(
    (check) => (check.choices === undefined) !== (check.accept === undefined),
    'either choices or accept',
  )
  .refine(
    (check) => check.choices === undefined || check.choices.includes(check.correct ?? ''),
    'correct must name one of the choices',
  );
