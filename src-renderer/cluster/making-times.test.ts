import { describe, expect, it } from 'vitest';
import type { ProgressStep } from '#shared/cluster.ts';
import { holdShare, makingTimes, stepTimes, type HeldShare } from './making-times.ts';

function step(id: string, change: Partial<ProgressStep> = {}): ProgressStep {
  return { id, text: { en: id, ko: id }, state: 'pending', ...change };
}

const measured = [
  step('nodes', { state: 'done', startedAt: 1000, finishedAt: 11_000, estimateMs: 20_000 }),
  step('plane', { state: 'running', startedAt: 11_000, estimateMs: 40_000 }),
  step('workers', { estimateMs: 20_000 }),
];

describe('how far the making of a cluster has come', () => {
  it('goes by what the steps took before', () => {
    expect(makingTimes(measured, 31_000)).toEqual({
      elapsedMs: 30_000,
      // What is done counts as it was, the rest as it was before.
      totalMs: 10_000 + 40_000 + 20_000,
      share: (20_000 + 20_000) / 80_000,
    });
  });

  it('waits shortly before the end of a step that takes longer, and counts it into the total', () => {
    const { share, totalMs } = makingTimes(measured, 111_000);
    expect(share).toBeLessThan(60_000 / 80_000);
    expect(share).toBeGreaterThan(57_000 / 80_000);
    expect(totalMs).toBe(10_000 + 100_000 + 20_000);
  });

  it('goes by the share that a step itself knows rather than by the clock', () => {
    const [done, running, rest] = measured as [ProgressStep, ProgressStep, ProgressStep];
    const { share } = makingTimes([done, { ...running, fraction: 0.75 }, rest], 12_000);
    expect(share).toBe((20_000 + 30_000) / 80_000);
  });

  it('is not told without earlier runs', () => {
    const first = [step('images', { state: 'running', startedAt: 1000, fraction: 0.5 }), step('nodes')];
    expect(makingTimes(first, 5000)).toEqual({ elapsedMs: 4000, totalMs: undefined, share: undefined });
  });

  it('counts no time once nothing runs any more', () => {
    const failed = [step('nodes', { state: 'failed', startedAt: 1000, finishedAt: 4000 }), step('plane')];
    expect(makingTimes(failed, 900_000).elapsedMs).toBe(3000);
    expect(makingTimes([step('nodes')], 900_000).elapsedMs).toBe(0);
  });
});

describe('the bar', () => {
  it('never goes back for one thing, and begins anew with the next', () => {
    let held: HeldShare = { key: '', share: undefined };
    const shown = [0.5, 0.3, undefined, 0.6].map((share) => (held = holdShare(held, 'first', share)).share);
    expect(shown).toEqual([0.5, 0.5, 0.5, 0.6]);
    expect(holdShare(held, 'second', 0.1).share).toBe(0.1);
  });
});

describe('a step', () => {
  it('takes longer than before only once it clearly does', () => {
    const running = step('plane', { state: 'running', startedAt: 0, estimateMs: 20_000 });
    expect(stepTimes(running, 24_000)).toEqual({ elapsedMs: 24_000, share: 0.95, overrun: false });
    expect(stepTimes(running, 28_000).overrun).toBe(true);
    expect(stepTimes({ ...running, state: 'done', finishedAt: 60_000 }, 90_000)).toEqual({
      elapsedMs: 60_000,
      share: undefined,
      overrun: false,
    });
    const never = step('plane', { state: 'running', startedAt: 0 });
    expect(stepTimes(never, 600_000)).toMatchObject({ share: undefined, overrun: false });
    expect(stepTimes({ ...never, fraction: 0.4 }, 1).share).toBe(0.4);
    expect(stepTimes(step('plane'), 1).elapsedMs).toBeUndefined();
  });
});
