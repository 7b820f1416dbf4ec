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
