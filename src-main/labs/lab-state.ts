import type { LabSession } from '#shared/lab-view.ts';
import type { LocalizedText } from '#shared/locale.ts';
import type { Lab, Step } from './lab.ts';
import type { LabProgress, ProgressStore, StepProgress } from './progress.ts';
import { lockedError, unknownStepError } from './runner-problems.ts';
import { sessionOf } from './session.ts';

/** How one learner stands in one lab: what is kept, what goes on just now, and who is told of changes. */
export class LabState {
  readonly lab: Lab;
  /** Checks that were asked for and run, as `step/check`. */
  readonly running = new Set<string>();
  /** Change it, then call {@link changed}. */
  progress: LabProgress;
  /** The step that is being set up. */
  preparing: string | undefined;
  readonly #store: ProgressStore;
  readonly #handlers = new Set<(session: LabSession) => void>();
  #activity: LocalizedText | undefined;
  #paused: LocalizedText | undefined;
  #saved: Promise<void> = Promise.resolve();
  #unsaved = false;

  private constructor(lab: Lab, store: ProgressStore, progress: LabProgress) {
    this.lab = lab;
    this.#store = store;
    this.progress = progress;
  }

  /** With the progress that was kept, or a fresh one. */
  static async open(lab: Lab, store: ProgressStore): Promise<LabState> {
    const kept = await store.load(lab.id);
    // A step that a newer version of the lab no longer has cannot be gone on with.
    const usable = kept !== undefined && lab.steps.some((step) => step.id === kept.currentStep);
    return new LabState(lab, store, usable ? kept : freshProgress(lab));
  }

  session(): LabSession {
    return sessionOf(this.lab, this.progress, {
      running: this.running,
      preparing: this.preparing,
      activity: this.#activity,
      paused: this.#paused,
    });
  }

  onChange(handler: (session: LabSession) => void): Disposable {
    this.#handlers.add(handler);
    return { [Symbol.dispose]: () => this.#handlers.delete(handler) };
  }

  /** Nobody is told of anything from now on. */
  mute(): void {
    this.#handlers.clear();
  }

  /** Forgets everything that was reached. */
  forget(): void {
    this.progress = freshProgress(this.lab);
    this.changed();
  }

  /** @throws AppError `unknown-step` */
  step(stepId: string): Step {
    const step = this.lab.steps.find((candidate) => candidate.id === stepId);
    if (step !== undefined) return step;
    throw unknownStepError(stepId);
  }

  /** @throws AppError `step-locked` */
  opened(stepId: string): StepProgress {
    const progress = this.progress.steps[stepId];
    if (progress !== undefined) return progress;
    throw lockedError();
  }

  /** The step counts as assisted from now on, unless it was done before. */
  markAssisted(stepId: string): void {
    const progress = this.opened(stepId);
    if (progress.state !== 'done') progress.assisted = true;
    this.changed();
  }

  /** Something that is to be kept has changed. */
  changed(): void {
    this.#unsaved = true;
    this.#saved = this.#saved.catch(() => undefined).then(() => this.#save());
    this.#saved.catch(() => undefined); // whoever waits for it is told
    this.tell();
  }

  /** Writes the latest state, once for all changes that came while the write before was under way. */
  async #save(): Promise<void> {
    if (!this.#unsaved) return;
    this.#unsaved = false;
    try {
      await this.#store.save(this.lab.id, structuredClone(this.progress));
    } catch (error) {
      this.#unsaved = true;
      throw error;
    }
  }

  /** Resolves when the last change is kept; rejects when it could not be. */
  saved(): Promise<void> {
    return this.#saved;
  }

  /** Says what is being done while `work` lasts. */
  async busy(what: LocalizedText, work: () => Promise<unknown>): Promise<void> {
    this.say(what);
    try {
      await work();
    } finally {
      this.#activity = undefined;
      this.tell();
    }
  }

  say(what: LocalizedText): void {
    this.#activity = what;
    this.tell();
  }

  /** Why checks cannot run at the moment; undefined when they can. */
  pause(why: LocalizedText | undefined): void {
    if (why === this.#paused) return;
    this.#paused = why;
    this.tell();
  }

  tell(): void {
    if (this.#handlers.size === 0) return;
    const session = this.session();
    for (const handler of this.#handlers) handler(session);
  }
}

function freshProgress(lab: Lab): LabProgress {
  return {
    format: 1,
    labId: lab.id,
    labVersion: lab.file.metadata.version,
    currentStep: lab.steps[0]?.id ?? '',
    steps: {},
  };
}
