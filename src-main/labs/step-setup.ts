import type { LocalizedText } from '#shared/locale.ts';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/objects.ts';
import { runScript } from './actions.ts';
import type { Judge } from './judge.ts';
import type { Lab, Step } from './lab.ts';
import type { LabState } from './lab-state.ts';
import type { StepProgress } from './progress.ts';
import { baselineOf, readObjects, restoreSnapshot, snapshotOf } from './snapshot.ts';
import type { Stage } from './stage.ts';
import { freshRecords } from './transition-watch.ts';

/** Brings the cluster to where a step begins, and records how that is. */
export class StepSetup {
  readonly #state: LabState;
  readonly #kube: KubeClient;
  readonly #stage: Stage;
  readonly #judge: Judge;

  constructor(state: LabState, kube: KubeClient, stage: Stage, judge: Judge) {
    this.#state = state;
    this.#kube = kube;
    this.#stage = stage;
    this.#judge = judge;
  }

  /**
   * Makes a step the current one. Its objects are made once; on another cluster than last time, everything
   * that the steps before had built is built again first.
   */
  async enter(stepId: string): Promise<void> {
    const state = this.#state;
    const step = state.step(stepId);
    const known = (state.progress.steps[stepId]?.snapshot.length ?? 0) > 0;
    state.progress.currentStep = stepId;
    if (!known) state.preparing = stepId;
    try {
      await state.busy({ en: 'Preparing the namespaces', ko: '네임스페이스를 준비하는 중' }, async () => {
        const uid = await this.#stage.ensureNamespaces();
        const moved = state.progress.stage !== undefined && state.progress.stage !== uid;
        state.progress.stage = uid;
        state.say({ en: 'Starting the client pod', ko: '클라이언트 파드를 시작하는 중' });
        await this.#stage.ensureClient();
        if (moved) {
          // What the steps began with was on the other cluster.
          for (const other of Object.values(state.progress.steps))
            Object.assign(other, { baseline: [], snapshot: [] });
          await this.#replay(stepId);
        }
        if (!known || moved) {
          const title = titleOf(state.lab, step);
          state.say({ en: `Setting up: ${title.en}`, ko: `준비하는 중: ${title.ko}` });
          await this.#setUp(step);
          await this.#open(step, state.progress.steps[stepId]);
        }
      });
    } finally {
      state.preparing = undefined;
      state.changed();
    }
  }

  /** Brings the namespaces back to how a step began, and forgets its answers and verdicts. */
  async reset(step: Step): Promise<void> {
    const state = this.#state;
    const progress = state.opened(step.id);
    await state.busy(
      { en: 'Bringing the step back to its start', ko: '단계를 처음 상태로 되돌리는 중' },
      async () => {
        await this.#restore(progress);
        await this.#stage.ensureClient();
        await this.#setUp(step);
        state.progress.currentStep = step.id;
        await this.#open(step, { ...progress, state: 'open', answers: {}, verdicts: {} });
      },
    );
  }

  async #restore({ snapshot }: StepProgress): Promise<void> {
    // Without one (the step was opened on another cluster) what is there stays, and is completed.
    if (snapshot.length === 0) return;
    const { namespaces } = this.#state.lab.file.spec;
    await this.#stage.ensureNamespaces();
    await restoreSnapshot(this.#kube, this.#stage, namespaces, snapshot as KubeObject[]);
  }

  async #replay(stepId: string): Promise<void> {
    const { lab } = this.#state;
    for (const step of lab.steps) {
      if (step.id === stepId) return;
      const title = titleOf(lab, step);
      this.#state.say({ en: `Building again: ${title.en}`, ko: `다시 만드는 중: ${title.ko}` });
      await this.#setUp(step);
      const objects = await readObjects(this.#kube, lab.file.spec.namespaces);
      await runScript(step.solution, {
        lab,
        stage: this.#stage,
        context: this.#judge.context(baselineOf(objects)),
        answer: () => Promise.resolve(),
      });
    }
  }

  async #setUp({ setup, spec }: Step): Promise<void> {
    await this.#stage.createMissing(setup);
    await this.#stage.waitFor(spec.setup.waitFor, spec.setup.deadline * 1000);
  }

  /** Records how the step begins, and what is right already. */
  async #open(step: Step, before: StepProgress | undefined): Promise<void> {
    const objects = await readObjects(this.#kube, this.#state.lab.file.spec.namespaces);
    const progress: StepProgress = {
      state: before?.state ?? 'open',
      hints: before?.hints ?? 0,
      assisted: before?.assisted ?? false,
      answers: before?.answers ?? {},
      verdicts: before?.verdicts ?? {},
      freebies: [],
      transitions: freshRecords(step, this.#judge.context([]).clock.now()),
      baseline: baselineOf(objects),
      snapshot: snapshotOf(objects),
    };
    this.#state.progress.steps[step.id] = progress;
    const judged = step.spec.checks.filter((check) => check.kind !== 'answer');
    const verdicts = await Promise.all(judged.map((check) => this.#judge.verdict(step, check, false)));
    const right = judged.filter((_, index) => verdicts[index]?.outcome === 'pass').map((check) => check.id);
    // Everything that can be seen is right already: the learner was ahead of the lab, and that counts.
    progress.freebies = right.length === judged.length ? [] : right;
    progress.freeShares = Object.fromEntries(
      judged.flatMap(({ id }, index) => {
        const share = verdicts[index]?.share;
        return share === undefined ? [] : [[id, share]];
      }),
    );
    if (progress.state === 'open')
      for (const [index, check] of judged.entries()) {
        const verdict = verdicts[index];
        if (verdict !== undefined && check.trigger === 'watch') progress.verdicts[check.id] = verdict;
      }
    this.#state.changed();
  }
}

function titleOf(lab: Lab, step: Step): LocalizedText {
  return {
    en: lab.text.en.steps[step.id]?.title ?? step.id,
    ko: lab.text.ko.steps[step.id]?.title ?? step.id,
  };
}
