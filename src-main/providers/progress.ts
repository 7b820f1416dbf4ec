import type { ProgressStep } from '#shared/cluster.ts';
import type { LocalizedText } from '#shared/locale.ts';

/** How long steps took before, in milliseconds. */
export type Estimates = Readonly<Record<string, number>>;

export interface ProgressOptions {
  estimates?: Estimates;
  now?: () => number;
}

/** Keeps a list of steps of which at most one runs, and reports the whole list at each change. */
export class Progress {
  #steps: ProgressStep[];
  readonly #report: (steps: ProgressStep[]) => void;
  readonly #now: () => number;

  constructor(
    steps: Readonly<Record<string, LocalizedText>>,
    report: (steps: ProgressStep[]) => void,
    { estimates = {}, now = Date.now }: ProgressOptions = {},
  ) {
    this.#steps = Object.entries(steps).map(([id, text]) => {
      const estimateMs = estimates[id];
      return { id, text, state: 'pending', ...(estimateMs !== undefined && { estimateMs }) };
    });
    this.#report = report;
    this.#now = now;
  }

  /** How long each finished step took, in milliseconds. */
  get durations(): Record<string, number> {
    return Object.fromEntries(
      this.#steps.flatMap(({ id, state, startedAt, finishedAt }) =>
        state === 'done' && startedAt !== undefined && finishedAt !== undefined
          ? [[id, finishedAt - startedAt]]
          : [],
      ),
    );
  }

  /** The step that runs, or that failed. */
  get current(): ProgressStep | undefined {
    return this.#steps.find(({ state }) => state === 'running' || state === 'failed');
  }

  /** Marks what ran as done, and this step as running. A step that runs or is done already stays as it is. */
  start(id: string): void {
    const now = this.#now();
    if (this.#steps.find((step) => step.id === id)?.state !== 'pending') return;
    this.#change((step) => {
      if (step.id === id) return { ...step, state: 'running', startedAt: now };
      return step.state === 'running' ? done(step, now) : step;
    });
  }

  /** Says what goes on inside the running step. */
  note(note: LocalizedText, fraction?: number): void {
    this.#change((step) =>
      step.state === 'running'
        ? { ...step, note, ...(fraction !== undefined && { fraction: Math.min(1, Math.max(0, fraction)) }) }
        : step,
    );
  }

  /** Marks everything as done: what was found ready needed no waiting for. */
  finish(): void {
    const now = this.#now();
    this.#change((step) => (step.state === 'done' ? step : done(step, now)));
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

function done({ note: _note, fraction: _fraction, ...step }: ProgressStep, now: number): ProgressStep {
  return { ...step, state: 'done', finishedAt: now };
}
