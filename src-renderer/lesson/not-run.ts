import type { Verdict } from '#shared/verdict.ts';

/** The verdict of a check that has not run. Here, because the shared module would bring its schemas along. */
export const NOT_RUN: Verdict = { outcome: 'not-run', evidence: [] };
