import type { Clock } from '#emulator/clock.ts';
import type { Reach } from '#shared/cluster.ts';
import type { LabCheckSpec } from '#shared/lab-checks.ts';
import type { LabSession, Solution } from '#shared/lab-view.ts';
import type { BaselineObject } from '../checks/types.ts';
import type { KubeClient } from '../kube/client.ts';
import { systemClock } from '../kube/time.ts';
import { runScript } from './actions.ts';
import { Judge } from './judge.ts';
import type { Lab, Script } from './lab.ts';
import { LabState } from './lab-state.ts';
import { NodePods } from './node-pods.ts';
import type { ProgressStore } from './progress.ts';
import { closedError, lockedError, unknownCheckError, unsolvedError } from './runner-problems.ts';
import { earnedIn, isUnlocked } from './scoring.ts';
import { Stage } from './stage.ts';
import { StepSetup } from './step-setup.ts';
import { TransitionWatch } from './transition-watch.ts';
import { WatchedLab } from './watched-lab.ts';

export interface LabRunnerOptions {
  lab: Lab;
  kube: KubeClient;
  progress: ProgressStore;
  clock?: Clock;
  /** Where the cluster is reached from this machine just now; nowhere when left out. */
  reach?: () => Reach;
}

/**
 * Runs one lab for one learner on one cluster: sets steps up, watches, judges, keeps what was reached. What it
 * is asked for is done one after the other; session changes are told to everyone who listens.
 */
export class LabRunner {
  readonly #kube: KubeClient;
  readonly #clock: Clock;
  readonly #state: LabState;
  readonly #stage: Stage;
  readonly #judge: Judge;
  readonly #setup: StepSetup;
  readonly #closing = new AbortController();
  #watched: WatchedLab | undefined;
  #transitions: TransitionWatch | undefined;
  readonly #ending = new Set<Promise<void>>();
  #queue: Promise<unknown> = Promise.resolve();

  private constructor({ lab, kube, clock = systemClock, reach }: LabRunnerOptions, state: LabState) {
    this.#kube = kube;
    this.#clock = clock;
    this.#state = state;
    this.#stage = new Stage(lab, kube, clock, this.#closing.signal);
    this.#judge = new Judge(state, {
      kube,
      clock,
      signal: this.#closing.signal,
      nodePods: new NodePods(lab, kube, clock, this.#closing.signal),
      reach: reach ?? nowhere,
    });
    this.#setup = new StepSetup(state, kube, this.#stage, this.#judge);
  }

  /** With the progress that was kept of the lab. */
  static async open(options: LabRunnerOptions): Promise<LabRunner> {
    return new LabRunner(options, await LabState.open(options.lab, options.progress));
  }

  /** How the learner stands. */
  session(): LabSession {
    return this.#state.session();
  }

  /** Calls `handler` after every change of the session. */
  onChange(handler: (session: LabSession) => void): Disposable {
    return this.#state.onChange(handler);
  }

  /** Sets up the current step where that is needed, and watches. Safe to call again. */
  start(): Promise<void> {
    return this.#exclusive(() => this.#enter(this.#state.progress.currentStep));
  }

  /** Makes a step the current one and sets it up. @throws AppError `step-locked` */
  goTo(stepId: string): Promise<void> {
    return this.#exclusive(async () => {
      if (!isUnlocked(this.#state.lab, stepId, this.#state.progress)) throw lockedError();
      await this.#enter(stepId);
    });
  }

  /**
   * Runs a step's checks, or one of them, until they pass or their deadlines end.
   * @throws AppError `unknown-step`, `unknown-check`, `step-locked`
   */
  async check(stepId: string, checkId?: string): Promise<void> {
    const known = this.#state.step(stepId).spec.checks.map(({ id }) => id);
    if (checkId !== undefined && !known.includes(checkId))
      throw unknownCheckError(stepId, checkId, 'check', known);
    await this.#run(stepId, (check) => checkId === undefined || check.id === checkId, true);
  }

  /** Looks once at what a step's checks (answers aside), or one of them, say just now. */
  look(stepId: string, checkId?: string): Promise<void> {
    const named = (check: LabCheckSpec): boolean =>
      checkId === undefined ? check.kind !== 'answer' : check.id === checkId;
    return this.#run(stepId, named, false);
  }

  /** Points earned in one step. */
  earned(stepId: string): number {
    return earnedIn(this.#state.step(stepId), this.#state.progress.steps[stepId]);
  }

  /** Submits an answer and judges it. @throws AppError `unknown-step`, `unknown-check`, `step-locked` */
  async answer(stepId: string, checkId: string, value: string): Promise<void> {
    const { checks } = this.#state.step(stepId).spec;
    const known = checks.filter(({ kind }) => kind === 'answer').map(({ id }) => id);
    if (!known.includes(checkId)) throw unknownCheckError(stepId, checkId, 'question', known);
    this.#state.opened(stepId).answers[checkId] = value;
    this.#state.changed();
    // A verdict that is seen must not lose its answer to a kill. On a full disk the learner may go on all the same.
    await this.#state.saved().catch(() => undefined);
    await this.#run(stepId, (check) => check.id === checkId, false);
  }

  /** Reveals the next hint, if there is one. */
  async hint(stepId: string): Promise<void> {
    const step = this.#state.step(stepId);
    const progress = this.#state.opened(stepId);
    progress.hints = Math.min(step.hints.length, progress.hints + 1);
    this.#state.changed();
    await this.#state.saved();
  }

  /** Gives the worked solution; the step counts as assisted from then on, unless it was done before. */
  async solution(stepId: string): Promise<Solution> {
    const step = this.#state.step(stepId);
    this.#state.markAssisted(stepId);
    await this.#state.saved();
    return { files: step.solution.files, explanation: step.explanation };
  }

  /** Applies the worked solution and runs the checks. */
  solve(stepId: string): Promise<void> {
    return this.#exclusive(() => this.#solve(stepId));
  }

  /** Brings the namespaces back to how the step began, and forgets its answers and verdicts. */
  reset(stepId: string): Promise<void> {
    return this.#exclusive(async () => {
      const step = this.#state.step(stepId);
      this.#state.opened(stepId);
      this.#stopWatching();
      try {
        await this.#setup.reset(step);
      } finally {
        this.#watch();
      }
    });
  }

  /** Deletes the lab's namespaces and forgets the progress. */
  resetLab(): Promise<void> {
    return this.#exclusive(async () => {
      this.#stopWatching();
      await this.#state.busy({ en: 'Removing the lab', ko: '실습을 지우는 중' }, () => this.#stage.clear());
      this.#state.forget();
      await this.#state.saved();
    });
  }

  /** Solves every step before `stepId` that is not done, marks those as assisted, and opens it. */
  catchUp(stepId: string): Promise<void> {
    return this.#exclusive(async () => {
      this.#state.step(stepId);
      for (const { id } of this.#state.lab.steps) {
        if (id === stepId) break;
        if (this.#isDone(id)) continue;
        await this.#enter(id);
        await this.#solve(id);
        if (!this.#isDone(id)) throw unsolvedError(id);
      }
      await this.#enter(stepId);
    });
  }

  /** Runs other actions than the solution in the current step: for proving wrong answers. */
  act(stepId: string, script: Script): Promise<void> {
    return this.#exclusive(() => this.#script(stepId, script));
  }

  /**
   * Stops watching and waits until the progress is kept. The cluster is left as it is.
   * @throws AppError when the last change could not be kept
   */
  async close(): Promise<void> {
    this.#closing.abort(closedError());
    this.#stopWatching();
    this.#state.mute();
    await this.#queue.catch(() => undefined);
    await Promise.all(this.#ending);
    await this.#state.saved();
  }

  async #enter(stepId: string): Promise<void> {
    this.#state.step(stepId);
    this.#stopWatching();
    await this.#setup.enter(stepId);
    this.#watch();
    await this.#judgeKeptAnswers(stepId);
    await this.#state.saved();
  }

  /** An answer is kept before it is judged: a kill in between leaves it without its verdict. */
  async #judgeKeptAnswers(stepId: string): Promise<void> {
    const { answers, verdicts } = this.#state.opened(stepId);
    const unjudged = ({ id }: LabCheckSpec): boolean =>
      answers[id] !== undefined && verdicts[id] === undefined;
    if (this.#state.step(stepId).spec.checks.some(unjudged)) await this.#run(stepId, unjudged, false);
  }

  #isDone(stepId: string): boolean {
    return this.#state.progress.steps[stepId]?.state === 'done';
  }

  async #solve(stepId: string): Promise<void> {
    const step = this.#state.step(stepId);
    this.#state.markAssisted(stepId);
    await this.#state.busy({ en: 'Applying the solution', ko: '풀이를 적용하는 중' }, () =>
      this.#script(stepId, step.solution),
    );
    await this.#judge.run(step, step.spec.checks, true);
  }

  async #script(stepId: string, script: Script): Promise<void> {
    const progress = this.#state.opened(stepId);
    await runScript(script, {
      lab: this.#state.lab,
      stage: this.#stage,
      context: this.#judge.context(progress.baseline as BaselineObject[]),
      answer: async (checkId, value) => {
        progress.answers[checkId] = value;
        await this.#run(stepId, (check) => check.id === checkId, false);
      },
    });
  }

  async #run(stepId: string, named: (check: LabCheckSpec) => boolean, wait: boolean): Promise<void> {
    const step = this.#state.step(stepId);
    this.#state.opened(stepId);
    await this.#judge.run(step, step.spec.checks.filter(named), wait);
  }

  #watch(): void {
    if (this.#closing.signal.aborted) return;
    const state = this.#state;
    const current = state.step(state.progress.currentStep);
    const progress = state.progress.steps[current.id];
    if (progress?.state === 'open')
      this.#transitions = new TransitionWatch(current, progress, this.#kube, this.#clock, () => {
        state.changed();
      });
    this.#watched = new WatchedLab(state.lab, this.#kube, this.#stage, this.#clock, {
      step: () => state.step(state.progress.currentStep),
      isDue: (step, { id, trigger }, concerned) => {
        const { state: stage, verdicts } = state.progress.steps[step.id] ?? {};
        // What could not be looked at is made up for, whoever asked, and also where the learner is done.
        if (verdicts?.[id]?.outcome === 'error') return true;
        return stage === 'open' && trigger === 'watch' && concerned;
      },
      judge: (step, check) => this.#judge.verdict(step, check, false),
      judged: (step, check, verdict) => {
        this.#judge.keepNews(step, check, verdict);
      },
      paused: (why) => {
        state.pause(why);
      },
    });
  }

  #stopWatching(): void {
    this.#transitions?.[Symbol.dispose]();
    this.#transitions = undefined;
    const watched = this.#watched;
    if (watched === undefined) return;
    this.#watched = undefined;
    this.#state.pause(undefined);
    watched[Symbol.dispose]();
    const ended = watched.ended().finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }

  #exclusive(work: () => Promise<void>): Promise<void> {
    const next = this.#queue.catch(() => undefined).then(work);
    this.#queue = next;
    return next;
  }
}

function nowhere(): Reach {
  return { nodePorts: [] };
}

/** Opens the runner of a lab, with the progress that was kept of it. */
export function createLabRunner(options: LabRunnerOptions): Promise<LabRunner> {
  return LabRunner.open(options);
}
