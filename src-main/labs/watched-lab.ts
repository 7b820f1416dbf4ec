import type { Clock } from '#emulator/clock.ts';
import type { LabCheckSpec } from '#shared/lab-checks.ts';
import type { LocalizedText } from '#shared/locale.ts';
import type { Verdict } from '#shared/verdict.ts';
import { dependencies } from '../checks/dependencies.ts';
import type { KubeClient } from '../kube/client.ts';
import { ChangeWatcher, watchedKinds } from './change-watcher.ts';
import { withProtected, type Lab, type Step } from './lab.ts';
import type { Stage } from './stage.ts';

export interface WatchedLabHandlers {
  /** The step that the learner is at. */
  step(): Step;
  /** Whether a check is to be looked at now that something has changed, which may `concern` it or not. */
  isDue(step: Step, check: LabCheckSpec, concerned: boolean): boolean;
  judge(step: Step, check: LabCheckSpec): Promise<Verdict>;
  judged(step: Step, check: LabCheckSpec, verdict: Verdict): void;
  /** Why checks cannot run at the moment; undefined when they can again. */
  paused(why: LocalizedText | undefined): void;
}

/** Looks at one check: how many run, and whether the verdict of a later one was kept. */
interface Looks {
  running: number;
  again: boolean;
  begun: number;
  kept: number;
}

const PAUSED: LocalizedText = {
  en: 'The cluster does not answer. Checks go on by themselves when it is back.',
  ko: '클러스터가 응답하지 않습니다. 다시 연결되면 검사가 자동으로 이어집니다.',
};

/**
 * Judges checks of the current step again whenever they may have changed, and those that could not be looked at; and
 * keeps the client alive.
 */
export class WatchedLab implements Disposable {
  readonly #stage: Stage;
  readonly #handlers: WatchedLabHandlers;
  readonly #watcher: ChangeWatcher;
  readonly #looks = new Map<string, Looks>();
  readonly #work = new Set<Promise<void>>();
  #reviving = false;
  #closed = false;

  constructor(lab: Lab, kube: KubeClient, stage: Stage, clock: Clock, handlers: WatchedLabHandlers) {
    this.#stage = stage;
    this.#handlers = handlers;
    const named = lab.steps.flatMap((step) => [
      ...step.spec.checks.flatMap(dependencies),
      ...step.spec.protect.map(({ apiVersion, kind }) => ({ apiVersion, kind })),
    ]);
    this.#watcher = new ChangeWatcher(kube, clock, lab.file.spec.namespaces, watchedKinds(named), {
      changed: (kinds) => {
        this.#look(kinds);
      },
      connection: (error) => {
        handlers.paused(error === undefined ? undefined : PAUSED);
      },
    });
  }

  /** Resolves when what was under way at the end is over. */
  async ended(): Promise<void> {
    await Promise.all(this.#work);
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#watcher[Symbol.dispose]();
  }

  #look(kinds: ReadonlySet<string> | undefined): void {
    if (kinds === undefined || kinds.has('Pod')) this.#keepClient();
    const step = this.#handlers.step();
    for (const check of step.spec.checks) {
      const concerned = dependencies(withProtected(check, step)).some(({ kind }) => kinds?.has(kind) ?? true);
      if (this.#handlers.isDue(step, check, concerned)) this.#lookAt(step, check);
    }
  }

  /**
   * A look that is under way may have read what is old by now: one more is begun beside it, and whatever comes
   * while two run makes one more after them. The latest begun wins.
   */
  #lookAt(step: Step, check: LabCheckSpec): void {
    const key = `${step.id}/${check.id}`;
    const looks = this.#looks.get(key) ?? { running: 0, again: false, begun: 0, kept: 0 };
    this.#looks.set(key, looks);
    if (looks.running >= 2) {
      looks.again = true;
      return;
    }
    looks.running += 1;
    const turn = ++looks.begun;
    this.#background(async () => {
      try {
        const verdict = await this.#handlers.judge(step, check);
        // A reset or another step in the meantime: this verdict is about something that is gone.
        if (!this.#closed && turn > looks.kept) {
          looks.kept = turn;
          this.#handlers.judged(step, check, verdict);
        }
      } finally {
        looks.running -= 1;
        if (looks.again && !this.#closed) {
          looks.again = false;
          this.#lookAt(step, check);
        }
      }
    });
  }

  /** Makes the client pod again when somebody deleted it. */
  #keepClient(): void {
    if (this.#reviving) return;
    this.#reviving = true;
    this.#background(async () => {
      try {
        await this.#stage.ensureClient(30_000);
      } finally {
        this.#reviving = false;
      }
    });
  }

  /** Failures end here: checks say themselves what is missing, and the next change looks again. */
  #background(work: () => Promise<void>): void {
    const running = work()
      .catch(() => undefined)
      .finally(() => this.#work.delete(running));
    this.#work.add(running);
  }
}
