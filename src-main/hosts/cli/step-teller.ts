import type { ProgressStep } from '#shared/cluster.ts';
import type { CliContext } from './context.ts';

/** Prints the steps of making a cluster as they begin and end, with the time that each took. */
export class StepTeller {
  readonly #context: CliContext;
  readonly #quiet: boolean;
  readonly #told = new Map<string, ProgressStep['state']>();

  constructor(context: CliContext, quiet: boolean) {
    this.#context = context;
    this.#quiet = quiet;
  }

  tell(steps: readonly ProgressStep[]): void {
    if (this.#quiet) return;
    for (const { id, text, state, startedAt, finishedAt, estimateMs } of steps) {
      if (this.#told.get(id) === state || state === 'pending') continue;
      const began = this.#told.has(id);
      this.#told.set(id, state);
      const words = text[this.#context.locale];
      if (state === 'running') this.#context.err(`• ${words} …${estimate(estimateMs, this.#context.locale)}`);
      else if (began) {
        const took = ((finishedAt ?? 0) - (startedAt ?? 0)) / 1000;
        this.#context.err(`${state === 'done' ? '✓' : '✗'} ${words} (${took.toFixed(1)} s)`);
      }
    }
  }
}

function estimate(ms: number | undefined, locale: 'en' | 'ko'): string {
  if (ms === undefined || ms < 3000) return '';
  const seconds = Math.round(ms / 1000);
  return locale === 'ko' ? ` (이전에는 약 ${seconds}초)` : ` (about ${seconds} s last time)`;
}
