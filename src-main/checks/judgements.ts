import type { LocalizedText } from '#shared/locale.ts';
import type { Evidence, Hop } from '#shared/verdict.ts';
import { COULD_NOT_LOOK } from './findings.ts';
import type { Judgement } from './types.ts';

export interface FailDetails {
  expected: LocalizedText;
  actual: LocalizedText;
  why?: LocalizedText;
  evidence: Evidence[];
  finding: string;
  brokenHop?: Hop;
}

export function passed(expected: LocalizedText, actual: LocalizedText, evidence: Evidence[]): Judgement {
  return { outcome: 'pass', expected, actual, evidence };
}

export function failed(details: FailDetails): Judgement {
  return { outcome: 'fail', ...details };
}

/**
 * Judges several expectations, in the order in which they are to be read: the first that does not hold is the
 * verdict. With `partial`, the share of those that hold goes with it.
 * @param parts what is wrong with each expectation; undefined where it holds
 */
export function assess(
  partial: boolean,
  parts: readonly (FailDetails | undefined)[],
  pass: Judgement,
): Judgement {
  const wrong = parts.find((part) => part !== undefined);
  if (wrong === undefined) return pass;
  const share = parts.filter((part) => part === undefined).length / parts.length;
  return partial && share > 0 ? { ...failed(wrong), share } : failed(wrong);
}

/** The grader could not look. Never held against the learner. */
export function unable(actual: LocalizedText, evidence: Evidence[] = [], brokenHop?: Hop): Judgement {
  return {
    outcome: 'error',
    actual,
    why: {
      en: 'The check could not be run, so nothing was judged. It runs again by itself.',
      ko: '검사를 실행할 수 없어 판정하지 않았습니다. 잠시 후 자동으로 다시 실행됩니다.',
    },
    evidence,
    finding: COULD_NOT_LOOK,
    ...(brokenHop === undefined ? {} : { brokenHop }),
  };
}

/** Nobody could look from this machine: a missing answer would say nothing of the cluster. */
export function unreachedFromHost(what: LocalizedText, evidence: Evidence[]): Judgement {
  return unable(
    {
      en: `This machine does not reach ${what.en}: the cluster publishes no address for it here.`,
      ko: `이 컴퓨터에서 ${what.ko}에 닿지 않습니다. 이 클러스터는 여기에 주소를 공개하지 않습니다.`,
    },
    evidence,
  );
}
