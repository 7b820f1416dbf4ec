import { describe, expect, it } from 'vitest';
import type { CheckState } from '#shared/lab-view.ts';
import type { Outcome } from '#shared/verdict.ts';
import { FirstVerdicts } from './first-verdict.ts';

const state = (outcome: Outcome, seen = ''): CheckState => ({
  id: 'answers',
  running: false,
  verdict: { outcome, evidence: [], actual: { en: seen, ko: seen } },
});

describe('a check that looked before the learner began', () => {
  it('is calm while it sees the same, and no longer once it sees something else', () => {
    const first = new FirstVerdicts();
    expect(first.isEarly('one', state('not-run'), false)).toBe(false);
    expect(first.isEarly('one', state('fail', 'no Service'), false)).toBe(true);
    expect(first.isEarly('one', state('fail', 'no Service'), false)).toBe(true);
    expect(first.isEarly('one', state('fail', 'wrong port'), false)).toBe(false);
  });

  it('is red as soon as the learner asks', () => {
    const first = new FirstVerdicts();
    expect(first.isEarly('one', state('fail', 'no Service'), true)).toBe(false);
  });

  it('is red when it had passed before', () => {
    const first = new FirstVerdicts();
    expect(first.isEarly('one', state('pass'), false)).toBe(false);
    expect(first.isEarly('one', state('fail'), false)).toBe(false);
  });
});
