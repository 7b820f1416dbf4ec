import type { Clock } from '#emulator/clock.ts';
import type { LabCheckSpec } from '#shared/lab-format.ts';
import type { LabSession, Solution } from '#shared/lab-view.ts';
import type { LocalizedText } from '#shared/locale.ts';
import type { Verdict } from '#shared/verdict.ts';
import { runCheck } from '../checks/run.ts';
import type { BaselineObject, CheckContext } from '../checks/types.ts';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/objects.ts';
import { systemClock } from '../kube/time.ts';
import { runScript } from './actions.ts';
import { whyOf } from './content.ts';
import { withProtected, type Lab, type Script, type Step } from './lab.ts';
import type { LabProgress, ProgressStore, StepProgress } from './progress.ts';
import { closedError, lockedError, unknownStepError, unsolvedError } from './runner-problems.ts';
import { earnedIn, isComplete, isUnlocked } from './scoring.ts';
import { sessionOf } from './session.ts';
import { baselineOf, readObjects, restoreSnapshot, snapshotOf } from './snapshot.ts';
import { Stage } from './stage.ts';
import { WatchedLab } from './watched-lab.ts';

export interface LabRunnerOptions {
  lab: Lab;
  kube: KubeClient;
  progress: ProgressStore;
  clock?: Clock;
}

/**
 * Runs one lab for one learner on one cluster: sets steps up, watches, judges, keeps what was reached. What it
 * is asked for is done one after the other; session changes are told to everyone who listens.
 */
export class LabRunner {
  readonly #lab: Lab;
  readonly #kube: KubeClient;
  readonly #store: ProgressStore;
  readonly #clock: Clock;
  readonly #stage: Stage;
  readonly #handlers = new Set<(session: LabSession) => void>();
  readonly #running = new Set<string>();
  readonly #closing = new AbortController();
  #progress: LabProgress;
  #preparing: string | undefined;
  #activity: LocalizedText | undefined;
  #paused: LocalizedText | undefined;
  #watched: WatchedLab | undefined;
  readonly #ending = new Set<Promise<void>>();
  #queue: Promise<unknown> = Promise.resolve();
  #saved: Promise<void> = Promise.resolve();

  private constructor(options: LabRunnerOptions, progress: LabProgress) {
    this.#lab = options.lab;
    this.#kube = options.kube;
    this.#store = options.progress;
    this.#clock = options.clock ?? systemClock;
    this.#stage = new Stage(options.lab, options.kube, this.#clock, this.#closing.signal);
    this.#progress = progress;
  }

  static async open(options: LabRunnerOptions): Promise<LabRunner> {
    const kept = await options.progress.load(options.lab.id);
    // A step that a newer version of the lab no longer has cannot be gone on with.
    const usable = kept !== undefined && options.lab.steps.some((step) => step.id === kept.currentStep);
    return new LabRunner(options, usable ? kept : freshProgress(options.lab));
  }

  /** How the learner stands. */
  session(): LabSession {
    return sessionOf(this.#lab, this.#progress, {
      running: this.#running,
      preparing: this.#preparing,
      activity: this.#activity,
      paused: this.#paused,
    });
  }

  /** Calls `handler` after every change of the session. */
  onChange(handler: (session: LabSession) => void): Disposable {
    this.#handlers.add(handler);
    return { [Symbol.dispose]: () => this.#handlers.delete(handler) };
  }

  /** Sets up the current step where that is needed, and watches. Safe to call again. */
  start(): Promise<void> {
    return this.#exclusive(async () => {
      await this.#enter(this.#progress.currentStep);
    });
  }

  /** Makes a step the current one and sets it up. @throws AppError `step-locked` */
  goTo(stepId: string): Promise<void> {
    return this.#exclusive(async () => {
      if (!isUnlocked(this.#lab, stepId, this.#progress)) throw lockedError();
      await this.#enter(stepId);
    });
  }

  /** Runs a step's checks, or one of them, until they pass or their deadlines end. */
  check(stepId: string, checkId?: string): Promise<void> {
    const step = this.#step(stepId);
    this.#opened(stepId);
    const checks = step.spec.checks.filter((check) => checkId === undefined || check.id === checkId);
    return this.#run(step, checks, true);
  }

  /** Looks once at what a step's checks (answers aside), or one of them, say just now. */
  look(stepId: string, checkId?: string): Promise<void> {
    const step = this.#step(stepId);
    this.#opened(stepId);
    const checks = step.spec.checks.filter((check) =>
      checkId === undefined ? check.kind !== 'answer' : check.id === checkId,
    );
    return this.#run(step, checks, false);
  }

  /** Points earned in one step. */
  earned(stepId: string): number {
    return earnedIn(this.#step(stepId), this.#progress.steps[stepId]);
  }

  /** Submits an answer and judges it. */
  async answer(stepId: string, checkId: string, value: string): Promise<void> {
    const step = this.#step(stepId);
    this.#opened(stepId).answers[checkId] = value;
    this.#changed();
    await this.#run(
      step,
      step.spec.checks.filter((check) => check.id === checkId),
      false,
    );
  }

  /** Reveals the next hint, if there is one. */
  async hint(stepId: string): Promise<void> {
    const step = this.#step(stepId);
    const progress = this.#opened(stepId);
    progress.hints = Math.min(step.hints.length, progress.hints + 1);
    this.#changed();
    await this.#saved;
  }

  /** Gives the worked solution; the step counts as assisted from then on, unless it was done before. */
  async solution(stepId: string): Promise<Solution> {
    const step = this.#step(stepId);
    this.#markAssisted(stepId);
    await this.#saved;
    return { files: step.solution.files, explanation: step.explanation };
  }

  /** Applies the worked solution and runs the checks. */
  solve(stepId: string): Promise<void> {
    return this.#exclusive(() => this.#solve(stepId));
  }

  /** Brings the namespaces back to how the step began, and forgets its answers and verdicts. */
  reset(stepId: string): Promise<void> {
    return this.#exclusive(async () => {
      const step = this.#step(stepId);
      const progress = this.#opened(stepId);
      this.#stopWatching();
      try {
        await this.#busy(
          { en: 'Bringing the step back to its start', ko: '단계를 처음 상태로 되돌리는 중' },
          async () => {
            await this.#restore(progress);
            await this.#stage.ensureClient();
            await this.#stage.createMissing(step.setup);
            await this.#waitForSetup(step);
            this.#progress.currentStep = stepId;
            await this.#open(step, { ...progress, state: 'open', answers: {}, verdicts: {} });
          },
        );
      } finally {
        this.#watch();
      }
    });
  }

  async #restore({ snapshot }: StepProgress): Promise<void> {
    // Without one (the step was opened on another cluster) what is there stays, and is completed.
    if (snapshot.length === 0) return;
    const { namespaces } = this.#lab.file.spec;
    await this.#stage.ensureNamespaces();
    await restoreSnapshot(this.#kube, this.#stage, namespaces, snapshot as KubeObject[]);
  }

  /** Deletes the lab's namespaces and forgets the progress. */
  resetLab(): Promise<void> {
    return this.#exclusive(async () => {
      this.#stopWatching();
      await this.#busy({ en: 'Removing the lab', ko: '실습을 지우는 중' }, () => this.#stage.clear());
      this.#progress = freshProgress(this.#lab);
      this.#changed();
      await this.#saved;
    });
  }

  /** Solves every step before `stepId` that is not done, marks those as assisted, and opens it. */
  catchUp(stepId: string): Promise<void> {
    return this.#exclusive(async () => {
      this.#step(stepId);
      for (const step of this.#lab.steps) {
        if (step.id === stepId) break;
        if (this.#progress.steps[step.id]?.state === 'done') continue;
        await this.#enter(step.id);
        await this.#solve(step.id);
        if (this.#progress.steps[step.id]?.state !== 'done') throw unsolvedError(step.id);
      }
      await this.#enter(stepId);
    });
  }

  /** Runs other actions than the solution in the current step: for proving wrong answers. */
  act(stepId: string, script: Script): Promise<void> {
    return this.#exclusive(() => this.#script(stepId, script));
  }

  /** Stops watching and waits until the progress is kept. The cluster is left as it is. */
  async close(): Promise<void> {
    this.#closing.abort(closedError());
    this.#stopWatching();
    this.#handlers.clear();
    await this.#queue.catch(() => undefined);
    await Promise.all(this.#ending);
    await this.#saved;
  }

  // — steps —

  async #enter(stepId: string): Promise<void> {
    const step = this.#step(stepId);
    const known = (this.#progress.steps[stepId]?.snapshot.length ?? 0) > 0;
    this.#stopWatching();
    this.#progress.currentStep = stepId;
    if (!known) this.#preparing = stepId;
    try {
      await this.#busy({ en: 'Preparing the namespaces', ko: '네임스페이스를 준비하는 중' }, async () => {
        const stage = await this.#stage.ensureNamespaces();
        const moved = this.#progress.stage !== undefined && this.#progress.stage !== stage;
        this.#progress.stage = stage;
        this.#say({ en: 'Starting the client pod', ko: '클라이언트 파드를 시작하는 중' });
        await this.#stage.ensureClient();
        if (moved) {
          // What the steps began with was on the other cluster.
          for (const other of Object.values(this.#progress.steps))
            Object.assign(other, { baseline: [], snapshot: [] });
          await this.#replay(stepId);
        }
        if (!known || moved) {
          this.#say({
            en: `Setting up: ${this.#title(step).en}`,
            ko: `준비하는 중: ${this.#title(step).ko}`,
          });
          await this.#stage.createMissing(step.setup);
          await this.#waitForSetup(step);
          await this.#open(step, this.#progress.steps[stepId]);
        }
      });
    } finally {
      this.#preparing = undefined;
      this.#changed();
    }
    this.#watch();
    await this.#saved;
  }

  /** Another cluster than last time: what the steps before had built is built again. */
  async #replay(stepId: string): Promise<void> {
    for (const step of this.#lab.steps) {
      if (step.id === stepId) return;
      this.#say({
        en: `Building again: ${this.#title(step).en}`,
        ko: `다시 만드는 중: ${this.#title(step).ko}`,
      });
      await this.#stage.createMissing(step.setup);
      await this.#waitForSetup(step);
      const objects = await readObjects(this.#kube, this.#lab.file.spec.namespaces);
      await runScript(step.solution, {
        lab: this.#lab,
        stage: this.#stage,
        context: this.#context(baselineOf(objects)),
        answer: () => Promise.resolve(),
      });
    }
  }

  #waitForSetup(step: Step): Promise<void> {
    return this.#stage.waitFor(step.spec.setup.waitFor, step.spec.setup.deadline * 1000);
  }

  /** Records how the step begins, and what is right already. */
  async #open(step: Step, before: StepProgress | undefined): Promise<void> {
    const objects = await readObjects(this.#kube, this.#lab.file.spec.namespaces);
    const progress: StepProgress = {
      state: before?.state ?? 'open',
      hints: before?.hints ?? 0,
      assisted: before?.assisted ?? false,
      answers: before?.answers ?? {},
      verdicts: before?.verdicts ?? {},
      freebies: [],
      baseline: baselineOf(objects),
      snapshot: snapshotOf(objects),
    };
    this.#progress.steps[step.id] = progress;
    const judged = step.spec.checks.filter((check) => check.kind !== 'answer');
    const verdicts = await Promise.all(judged.map((check) => this.#verdict(step, check, false)));
    const right = judged.filter((_, index) => verdicts[index]?.outcome === 'pass').map((check) => check.id);
    // Everything that can be seen is right already: the learner was ahead of the lab, and that counts.
    progress.freebies = right.length === judged.length ? [] : right;
    if (progress.state === 'open')
      for (const [index, check] of judged.entries()) {
        const verdict = verdicts[index];
        if (verdict !== undefined && check.trigger === 'watch') progress.verdicts[check.id] = verdict;
      }
    this.#changed();
  }

  async #solve(stepId: string): Promise<void> {
    const step = this.#step(stepId);
    this.#markAssisted(stepId);
    await this.#busy({ en: 'Applying the solution', ko: '풀이를 적용하는 중' }, () =>
      this.#script(stepId, step.solution),
    );
    await this.#run(step, step.spec.checks, true);
  }

  async #script(stepId: string, script: Script): Promise<void> {
    const step = this.#step(stepId);
    const progress = this.#opened(stepId);
    await runScript(script, {
      lab: this.#lab,
      stage: this.#stage,
      context: this.#context(progress.baseline as BaselineObject[]),
      answer: async (checkId, value) => {
        progress.answers[checkId] = value;
        await this.#run(
          step,
          step.spec.checks.filter((check) => check.id === checkId),
          false,
        );
      },
    });
  }

  #markAssisted(stepId: string): void {
    const progress = this.#opened(stepId);
    if (progress.state !== 'done') progress.assisted = true;
    this.#changed();
  }

  // — checks —

  #context(baseline: BaselineObject[], answer?: string): CheckContext {
    return {
      kube: this.#kube,
      clock: this.#clock,
      client: this.#lab.client,
      lookIn: [...this.#lab.file.spec.namespaces, 'default'],
      baseline,
      ...(answer === undefined ? {} : { answer }),
    };
  }

  async #verdict(step: Step, check: LabCheckSpec, wait: boolean): Promise<Verdict> {
    const progress = this.#opened(step.id);
    const complete = withProtected(check, step);
    const context = this.#context(progress.baseline as BaselineObject[], progress.answers[check.id]);
    const verdict = await runCheck(complete, context, { wait, signal: this.#closing.signal });
    const why =
      verdict.finding === undefined ? undefined : whyOf(this.#lab, step.id, check.id, verdict.finding);
    return why === undefined ? verdict : { ...verdict, why };
  }

  /** Runs checks side by side and keeps each verdict as it comes. */
  async #run(step: Step, checks: readonly LabCheckSpec[], wait: boolean): Promise<void> {
    for (const check of checks) this.#running.add(`${step.id}/${check.id}`);
    this.#tell();
    await Promise.all(
      checks.map(async (check) => {
        try {
          this.#keep(step, check, await this.#verdict(step, check, wait));
        } finally {
          this.#running.delete(`${step.id}/${check.id}`);
          this.#tell();
        }
      }),
    );
    await this.#saved;
  }

  #keep(step: Step, check: LabCheckSpec, verdict: Verdict): void {
    const progress = this.#progress.steps[step.id];
    if (progress === undefined) return; // the lab was reset meanwhile
    progress.verdicts[check.id] = verdict;
    if (progress.state === 'open' && isComplete(step, progress.verdicts)) progress.state = 'done';
    this.#changed();
  }

  // — watching —

  #watch(): void {
    if (this.#closing.signal.aborted) return;
    this.#watched = new WatchedLab(this.#lab, this.#kube, this.#stage, this.#clock, {
      step: () => {
        const step = this.#step(this.#progress.currentStep);
        return this.#progress.steps[step.id]?.state === 'open' ? step : undefined;
      },
      judge: (step, check) => this.#verdict(step, check, false),
      judged: (step, check, verdict) => {
        this.#keepQuietly(step, check, verdict);
      },
      paused: (why) => {
        this.#paused = why;
        this.#tell();
      },
    });
  }

  #stopWatching(): void {
    const watched = this.#watched;
    if (watched === undefined) return;
    this.#watched = undefined;
    this.#paused = undefined;
    watched[Symbol.dispose]();
    const ended = watched.ended().finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }

  /** Keeps a watched verdict, and tells of it only when it says something new. */
  #keepQuietly(step: Step, check: LabCheckSpec, verdict: Verdict): void {
    const before = this.#progress.steps[step.id]?.verdicts[check.id];
    const same =
      before?.outcome === verdict.outcome &&
      before.finding === verdict.finding &&
      before.actual?.en === verdict.actual?.en;
    if (!same) this.#keep(step, check, verdict);
  }

  // — telling and keeping —

  #step(stepId: string): Step {
    const step = this.#lab.steps.find((s) => s.id === stepId);
    if (step !== undefined) return step;
    throw unknownStepError(stepId);
  }

  #opened(stepId: string): StepProgress {
    const progress = this.#progress.steps[stepId];
    if (progress !== undefined) return progress;
    throw lockedError();
  }

  #title(step: Step): LocalizedText {
    return {
      en: this.#lab.text.en.steps[step.id]?.title ?? step.id,
      ko: this.#lab.text.ko.steps[step.id]?.title ?? step.id,
    };
  }

  #exclusive(work: () => Promise<void>): Promise<void> {
    const next = this.#queue.catch(() => undefined).then(work);
    this.#queue = next;
    return next;
  }

  async #busy(what: LocalizedText, work: () => Promise<unknown>): Promise<void> {
    this.#say(what);
    try {
      await work();
    } finally {
      this.#activity = undefined;
      this.#tell();
    }
  }

  #say(what: LocalizedText): void {
    this.#activity = what;
    this.#tell();
  }

  /** Something that is to be kept has changed. */
  #changed(): void {
    const progress = structuredClone(this.#progress);
    this.#saved = this.#saved.catch(() => undefined).then(() => this.#store.save(this.#lab.id, progress));
    this.#saved.catch(() => undefined); // whoever waits for it is told
    this.#tell();
  }

  #tell(): void {
    if (this.#handlers.size === 0) return;
    const session = this.session();
    for (const handler of this.#handlers) handler(session);
  }
}

/** Opens the runner of a lab, with the progress that was kept of it. */
export function createLabRunner(options: LabRunnerOptions): Promise<LabRunner> {
  return LabRunner.open(options);
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
