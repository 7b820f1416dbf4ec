import type { CheckState } from '#shared/lab-view.ts';

/** Where the memory outlives the page. */
export interface Keep {
  read(): readonly string[];
  write(keys: readonly string[]): void;
}

/**
 * Tells a check that has found the learner's mistake from one that merely looked before the learner began. The second
 * fails, too, and says so, but calmly: until the learner asks for it, answers it, or the cluster gives it something else
 * to see. What was once no longer calm never is again.
 */
export class FirstVerdicts {
  readonly #first = new Map<string, string>();
  readonly #begun: Set<string>;
  readonly #keep: Keep;

  constructor(keep: Keep) {
    this.#keep = keep;
    this.#begun = new Set(keep.read());
  }

  /** True while a failed check still sees what it saw first. `step` names the step among those of all labs. */
  isEarly(step: string, { id, verdict, answer }: CheckState): boolean {
    const key = `${step}/${id}`;
    if (verdict.outcome === 'not-run') return false;
    const seen = `${verdict.outcome} ${verdict.finding ?? ''} ${verdict.actual?.en ?? ''}`;
    const first = this.#first.get(key) ?? seen;
    this.#first.set(key, first);
    if (verdict.outcome === 'pass' || answer !== undefined || first !== seen) this.begin([key]);
    return verdict.outcome === 'fail' && !this.#begun.has(key);
  }

  /** The learner asked for these (`step/check`). */
  begin(keys: readonly string[]): void {
    if (keys.every((key) => this.#begun.has(key))) return;
    for (const key of keys) this.#begun.add(key);
    this.#keep.write([...this.#begun]);
  }

  /** The lab begins anew. */
  forget(labId: string): void {
    const isOfLab = (key: string): boolean => key.startsWith(`${labId}/`);
    for (const key of [...this.#first.keys()].filter(isOfLab)) this.#first.delete(key);
    const begun = [...this.#begun].filter(isOfLab);
    if (begun.length === 0) return;
    for (const key of begun) this.#begun.delete(key);
    this.#keep.write([...this.#begun]);
  }
}

const KEY = 'switchyard.begun';

/** Keeps the memory with the browser. Without one it lasts as long as the page. */
export const browserKeep: Keep = {
  read() {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
      return Array.isArray(kept) ? kept.filter((key): key is string => typeof key === 'string') : [];
    } catch {
      return [];
    }
  },
  write(keys) {
    try {
      localStorage.setItem(KEY, JSON.stringify(keys));
    } catch {
      // A browser that keeps nothing shows the calm word once more; nothing else depends on it.
    }
  },
};
