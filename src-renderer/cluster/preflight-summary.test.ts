import { describe, expect, it } from 'vitest';
import type { PreflightItem, PreflightReport } from '#shared/cluster.ts';
import { byUrgency, summaryOf } from './preflight-summary.ts';

function item(id: string, state: PreflightItem['state']): PreflightItem {
  const text = { en: id, ko: id };
  return { id, title: text, state, seen: text, why: text, commands: [], mends: [] };
}

function report(states: PreflightItem['state'][]): PreflightReport {
  const items = states.map((state, index) => item(String(index), state));
  const usable = !states.includes('blocked');
  return { provider: 'kind', usable, offlineReady: true, items, at: 0, durationMs: 1 };
}

describe('a preflight report in one line', () => {
  it('counts what keeps a cluster from being made, whatever else there is', () => {
    expect(summaryOf(report(['ok', 'blocked', 'warning', 'blocked']))).toEqual({
      outcome: 'fail',
      message: 'preflight.todo',
      n: 2,
    });
  });

  it('counts warnings and what could not be looked at together', () => {
    expect(summaryOf(report(['warning', 'unknown', 'ok']))).toEqual({
      outcome: 'error',
      message: 'preflight.readyWithNotes',
      n: 2,
    });
  });

  it('says that all is well, also where there was nothing to look at', () => {
    expect(summaryOf(report(['ok', 'ok'])).message).toBe('preflight.ready');
    expect(summaryOf(report([])).message).toBe('preflight.nothingNeeded');
  });
});

describe('the findings', () => {
  it('stand by how much they matter, those alike in the order they came in', () => {
    const items = [item('a', 'ok'), item('b', 'warning'), item('c', 'unknown'), item('d', 'blocked')];
    const more = [item('e', 'warning'), item('f', 'blocked')];
    expect(byUrgency([...items, ...more]).map(({ id }) => id)).toEqual(['d', 'f', 'b', 'e', 'c', 'a']);
  });
});
