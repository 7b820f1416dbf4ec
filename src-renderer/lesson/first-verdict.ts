import type { CheckState } from '#shared/lab-view.ts';

/**
 * Tells a check that has found the learner's mistake from one that merely looked before the learner began. The second
 * fails, too, and says so, but calmly: until the learner asks for it, or the cluster gives it something else to see.
 */
export class FirstVerdicts {
  readonly #first = new Map<string, string>();

  /** True while a failed check still sees what it saw first. */
  isEarly(stepId: string, { id, verdict }: CheckState, asked: boolean): boolean {
    const key = `${stepId}/${id}`;
    const seen = `${verdict.outcome} ${verdict.finding ?? ''} ${verdict.actual?.en ?? ''}`;
    if (verdict.outcome === 'not-run') return false;
    const first = this.#first.get(key) ?? seen;
    this.#first.set(key, first);
    return verdict.outcome === 'fail' && !asked && first === seen;
  }
}
