import { z } from 'zod';
import { localizedTextSchema } from './locale.ts';

/** A place in a file. Lines and columns count from 1. */
const sourcePositionSchema = z.strictObject({
  file: z.string(),
  line: z.number().int().positive(),
  column: z.number().int().positive(),
});

/** The last lines of a program's output, and where all of it is. */
const logExcerptSchema = z.strictObject({
  file: z.string(),
  lines: z.array(z.string()),
  /** Which of the lines says what went wrong, counted from 0, where that is known. */
  matters: z.number().int().min(0).optional(),
});
export type LogExcerpt = z.infer<typeof logExcerptSchema>;

/** What went wrong, in the user's language, and what to do about it. */
export const problemSchema = z.strictObject({
  /** Stable and searchable, for example `port-taken`. */
  code: z.string(),
  message: localizedTextSchema,
  /** What to do. */
  fix: localizedTextSchema.optional(),
  /** Lines for the user's own terminal that belong to `fix`. */
  commands: z.array(z.string()).optional(),
  /** Raw words of a program or a server. */
  detail: z.string().optional(),
  where: sourcePositionSchema.optional(),
  /** The end of the log of what failed. */
  log: logExcerptSchema.optional(),
});
export type Problem = z.infer<typeof problemSchema>;

/** An error with a {@link Problem}: the only kind that hosts and the command line show to people. */
export class AppError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.message.en, options);
    this.name = 'AppError';
    this.problem = problem;
  }
}
