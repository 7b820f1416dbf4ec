import type { ProgressStep } from '#shared/contract.ts';
import type { LocalizedText } from '#shared/locale.ts';

/** Keeps a list of steps of which at most one runs, and reports the whole list at each change. */
export class Progress {
  #steps: ProgressStep[];
  readonly #report: (steps: ProgressStep[]) => void;
  readonly #now: () => number;

  constructor(
    steps: Readonly<Record<string, LocalizedText>>,
    report: (steps: ProgressStep[]) => void,
    now: () => number = Date.now,
  ) {
    this.#steps = Object.entries(steps).map(([id, text]) => ({ id, text, state: 'pending' }));
    this.#report = report;
    this.#now = now;
  }

  /** Marks what ran as done, and this step as running. */
  start(id: string): void {
    const now = this.#now();
    this.#change((step) => {
      if (step.id === id) return { ...step, state: 'running', startedAt: now };
      return step.state === 'running' ? { ...step, state: 'done', finishedAt: now } : step;
    });
  }

  /** Marks everything as done: what was found ready needed no waiting for. */
  finish(): void {
    const now = this.#now();
    this.#change((step) => (step.state === 'done' ? step : { ...step, state: 'done', finishedAt: now }));
  }

  fail(): void {
    const now = this.#now();
    this.#change((step) => (step.state === 'running' ? { ...step, state: 'failed', finishedAt: now } : step));
  }

  #change(change: (step: ProgressStep) => ProgressStep): void {
    this.#steps = this.#steps.map(change);
    this.#report(this.#steps);
  }
}
