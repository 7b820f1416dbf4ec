import type { Problem } from '#shared/app-error.ts';
import { verbatim } from '#shared/locale.ts';
import { adviceFor, type Advice, type OperatingSystem } from '../../host/platform.ts';
import { explainFailure } from './explain.ts';
import { KNOWN_FAILURES, type FailureContext } from './known-failures.ts';

export type AdviceContext = FailureContext & { system: OperatingSystem };

/** The remedy of a known failure, for whoever has not met it yet. @throws when the code is none */
export function knownAdvice(code: string, context: AdviceContext): Advice {
  const known = KNOWN_FAILURES.find((failure) => failure.code === code);
  if (known === undefined) throw new Error(`no failure is known as ${code}`);
  return adviceFor(known.fix(context, ''), context.system);
}

/**
 * What the words of an engine that does not answer say of the reason: it is off, or this user may not use it.
 * Undefined when nobody knows them.
 */
export function explainSilence(context: AdviceContext, words: string): Problem | undefined {
  const output = words.split('\n');
  const problem = explainFailure({ ...context, output, step: verbatim(context.engine) });
  return KNOWN_FAILURES.some(({ code }) => code === problem.code) ? problem : undefined;
}
