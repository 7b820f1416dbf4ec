import type { AnswerMatcher } from '#shared/lab-answers.ts';
import type { CheckSpecOf } from '#shared/lab-checks.ts';
import type { Evidence } from '#shared/verdict.ts';
import type { KubeObject } from '#main/kube/objects.ts';
import { failed, passed } from './judgements.ts';
import { covers, describeTarget, kubectlGetField, readTarget, valueAt } from './object-values.ts';
import type { CheckContext, Checker } from './types.ts';

type Spec = CheckSpecOf<'answer'>;

export interface AnswerSeen {
  answer: string;
  /** For each matcher, the values that it accepts just now. */
  accept: string[][];
  traps: string[][];
  evidence: Evidence[];
}

/** What the learner answered is right: by choice, by text, or by a value that the cluster has just now. */
export const answerChecker: Checker<'answer', AnswerSeen> = {
  async probe(check, context) {
    const matchers = [...(check.accept ?? []), ...check.traps.map((trap) => trap.matches)];
    const values = await Promise.all(matchers.map((matcher) => matcherValues(matcher, context)));
    const accepted = check.accept?.length ?? 0;
    return {
      answer: (context.answer ?? '').trim(),
      accept: values.slice(0, accepted),
      traps: values.slice(accepted),
      evidence: (check.accept ?? []).flatMap((matcher, i) => evidenceOf(matcher, values[i] ?? [], context)),
    };
  },

  judge(check, seen) {
    const expected = { en: 'The right answer', ko: '올바른 답' };
    const actual = { en: `Your answer: ${seen.answer}`, ko: `제출한 답: ${seen.answer}` };
    if (check.choices !== undefined) {
      if (seen.answer === check.correct) return passed(expected, actual, []);
      return failed({ expected, actual, evidence: [], finding: `answer-${seen.answer}` });
    }
    const right = (check.accept ?? []).some((matcher, i) =>
      matches(matcher, seen.accept[i] ?? [], seen.answer),
    );
    if (right) return passed(expected, actual, seen.evidence);
    return failed({ expected, actual, evidence: [], finding: trapOf(check, seen) ?? 'answer-wrong' });
  },
};

function trapOf(check: Spec, seen: AnswerSeen): string | undefined {
  return check.traps.find((trap, i) => matches(trap.matches, seen.traps[i] ?? [], seen.answer))?.finding;
}

function matches(matcher: AnswerMatcher, values: readonly string[], answer: string): boolean {
  if ('pattern' in matcher) return new RegExp(`^(?:${matcher.pattern})$`, 'i').test(answer);
  if ('text' in matcher) return matcher.text.toLowerCase() === answer.toLowerCase();
  return values.includes(answer);
}

/** The values that a matcher accepts; empty for texts and patterns, which need none. */
export async function matcherValues(
  matcher: AnswerMatcher,
  { kube, baseline }: CheckContext,
): Promise<string[]> {
  if (!('object' in matcher)) return [];
  const known = new Set(baseline.map((object) => object.uid));
  const live = await readTarget(kube, matcher.object);
  const old = baseline.filter((object) => covers(matcher.object, object));
  const from: unknown[] =
    matcher.only === 'new'
      ? live.filter((object) => !known.has(object.metadata.uid ?? '') && !isGoing(object))
      : matcher.only === 'old'
        ? old
        : live;
  return from
    .flatMap((object) => valueAt(object, matcher.path))
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .map(String);
}

function isGoing(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}

function evidenceOf(matcher: AnswerMatcher, values: readonly string[], { clock }: CheckContext): Evidence[] {
  if (!('object' in matcher)) return [];
  const { object, path, only } = matcher;
  // Which objects are new or old is nothing that a command of kubectl could tell.
  const command = only === undefined ? kubectlGetField(object, path) : undefined;
  const where = `${describeTarget(object)}, ${path}`;
  return [
    {
      title: { en: `Where the value stands: ${where}`, ko: `값이 있는 곳: ${where}` },
      ...(command === undefined ? {} : { command }),
      output: values.join(' '),
      at: clock.now(),
    },
  ];
}
