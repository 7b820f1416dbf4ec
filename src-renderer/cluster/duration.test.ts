import { describe, expect, it } from 'vitest';
import { useWords } from '../locales/index.ts';
import { durationWords, roughWords, tickingWords } from './duration.ts';

const { t } = useWords();

describe('a time', () => {
  it('that was measured is told to the tenth while it is short, in minutes once it is long', () => {
    expect([412, 9940, 18_400, 59_400, 60_000, 125_200].map((ms) => durationWords(ms, t))).toEqual([
      '0.4 s',
      '9.9 s',
      '18 s',
      '59 s',
      '1 min 0 s',
      '2 min 5 s',
    ]);
  });

  it('that is expected is no finer than it can be known', () => {
    expect([300, 4400, 58_700, 61_000, 73_000].map((ms) => roughWords(ms, t))).toEqual([
      '1 s',
      '4 s',
      '59 s',
      '1 min 0 s',
      '1 min 15 s',
    ]);
  });

  it('that runs ticks by seconds', () => {
    expect([900, 3999, 61_500].map((ms) => tickingWords(ms, t))).toEqual(['0 s', '3 s', '1 min 1 s']);
  });
});
