import type { MessageKey } from '../locales/index.ts';

type Say = (key: MessageKey, params: Record<string, string | number>) => string;

/** A time that was measured: `0.4 s`, `18 s`, `2 min 5 s`. */
export function durationWords(ms: number, say: Say): string {
  const seconds = ms / 1000;
  if (seconds < 10 && !Number.isInteger(seconds)) return say('making.seconds', { n: seconds.toFixed(1) });
  const whole = Math.round(seconds);
  return whole < 60
    ? say('making.seconds', { n: whole })
    : say('making.minutes', { m: Math.floor(whole / 60), s: whole % 60 });
}

/** A time that is expected, no finer than it can be known: whole seconds, from a minute on every fifth. */
export function roughWords(ms: number, say: Say): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  return durationWords((seconds < 60 ? seconds : Math.round(seconds / 5) * 5) * 1000, say);
}

/** A time that still runs: it ticks by seconds. */
export function tickingWords(ms: number, say: Say): string {
  return durationWords(Math.floor(ms / 1000) * 1000, say);
}
