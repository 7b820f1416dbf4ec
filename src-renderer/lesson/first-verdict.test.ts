import { describe, expect, it } from 'vitest';
import type { CheckState } from '#shared/lab-view.ts';
import type { Outcome } from '#shared/verdict.ts';
import { FirstVerdicts } from './first-verdict.ts';
import type { Keep } from './first-verdict.ts';

const state = (outcome: Outcome, seen = ''): CheckState => ({
  id: 'answers',
  running: false,
  verdict: { outcome, evidence: [], actual: { en: seen, ko: seen } },
});

function memory(): Keep {
  let kept: readonly string[] = [];
  return { read: () => kept, write: (keys) => (kept = keys) };
}

describe('a check that looked before the learner began', () => {
  it('is calm while it sees the same, and no longer once it sees something else', () => {
    const first = new FirstVerdicts(memory());
    expect(first.isEarly('lab/one', state('not-run'))).toBe(false);
    expect(first.isEarly('lab/one', state('fail', 'no Service'))).toBe(true);
    expect(first.isEarly('lab/one', state('fail', 'no Service'))).toBe(true);
    expect(first.isEarly('lab/one', state('fail', 'wrong port'))).toBe(false);
    expect(first.isEarly('lab/one', state('fail', 'no Service'))).toBe(false);
  });

  it('is red as soon as the learner asks, also when the page was opened again', () => {
    const keep = memory();
    const first = new FirstVerdicts(keep);
    first.begin(['lab/one/answers']);
    expect(first.isEarly('lab/one', state('fail', 'no Service'))).toBe(false);
    expect(new FirstVerdicts(keep).isEarly('lab/one', state('fail', 'no Service'))).toBe(false);
  });

  it('is red when it judges an answer', () => {
    const first = new FirstVerdicts(memory());
    expect(first.isEarly('lab/one', { ...state('fail'), answer: '10.0.0.1' })).toBe(false);
  });

  it('is red when it had passed before', () => {
    const first = new FirstVerdicts(memory());
    expect(first.isEarly('lab/one', state('pass'))).toBe(false);
    expect(first.isEarly('lab/one', state('fail'))).toBe(false);
  });

  it('is calm again when the lab begins anew, and in that lab only', () => {
    const keep = memory();
    const first = new FirstVerdicts(keep);
    first.begin(['lab/one/answers', 'other/one/answers']);
    first.forget('lab');
    expect(first.isEarly('lab/one', state('fail'))).toBe(true);
    expect(new FirstVerdicts(keep).isEarly('other/one', state('fail'))).toBe(false);
  });
});
