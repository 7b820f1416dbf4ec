import type { Clock } from '#emulator/clock.ts';
import type { Reach } from '#shared/cluster.ts';
import type { LabCheckSpec } from '#shared/lab-checks.ts';
import type { Verdict } from '#shared/verdict.ts';
import { runCheck } from '../checks/run.ts';
import type { BaselineObject, CheckContext } from '../checks/types.ts';
import type { KubeClient } from '../kube/client.ts';
import { whyOf } from './content.ts';
import type { NodePods } from './node-pods.ts';
import { withProtected, type Step } from './lab.ts';
import type { LabState } from './lab-state.ts';
import { isComplete } from './scoring.ts';

export interface JudgeOptions {
  kube: KubeClient;
  clock: Clock;
  /** Gives up every check that waits. */
  signal: AbortSignal;
  nodePods: NodePods;
  /** Where the cluster is reached from this machine just now. */
  reach: () => Reach;
}

/** Runs a lab's checks on a cluster and keeps their verdicts. */
export class Judge {
  readonly #state: LabState;
  readonly #kube: KubeClient;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #nodePods: NodePods;
  readonly #reach: () => Reach;

  constructor(state: LabState, { kube, clock, signal, nodePods, reach }: JudgeOptions) {
    this.#state = state;
    this.#kube = kube;
    this.#clock = clock;
    this.#signal = signal;
    this.#nodePods = nodePods;
    this.#reach = reach;
  }

  /** What a check, or an action of a script, works with. */
  context(baseline: BaselineObject[], answer?: string): CheckContext {
    const { lab } = this.#state;
    return {
      kube: this.#kube,
      clock: this.#clock,
      client: lab.client,
      namespaces: lab.file.spec.namespaces,
      lookIn: [...lab.file.spec.namespaces, 'default'],
      baseline,
      transition: () => undefined,
      nodePod: (node) => this.#nodePods.on(node),
      reach: this.#reach,
      ...(answer === undefined ? {} : { answer }),
    };
  }

  /** One check's verdict, in the lab's own words where it has some. It is not kept. */
  async verdict(step: Step, check: LabCheckSpec, wait: boolean): Promise<Verdict> {
    const progress = this.#state.opened(step.id);
    const context: CheckContext = {
      ...this.context(progress.baseline as BaselineObject[], progress.answers[check.id]),
      transition: () => progress.transitions?.[check.id],
    };
    const verdict = await runCheck(withProtected(check, step), context, { wait, signal: this.#signal });
    const why =
      verdict.finding === undefined ? undefined : whyOf(this.#state.lab, step.id, check.id, verdict.finding);
    return why === undefined ? verdict : { ...verdict, why };
  }

  /** Runs checks side by side and keeps each verdict as it comes. */
  async run(step: Step, checks: readonly LabCheckSpec[], wait: boolean): Promise<void> {
    const state = this.#state;
    for (const check of checks) state.running.add(`${step.id}/${check.id}`);
    state.tell();
    await Promise.all(
      checks.map(async (check) => {
        try {
          this.keep(step, check, await this.verdict(step, check, wait));
        } finally {
          state.running.delete(`${step.id}/${check.id}`);
          state.tell();
        }
      }),
    );
    await state.saved();
  }

  keep(step: Step, check: LabCheckSpec, verdict: Verdict): void {
    const progress = this.#state.progress.steps[step.id];
    if (progress === undefined) return; // the lab was reset meanwhile
    progress.verdicts[check.id] = verdict;
    if (progress.state === 'open' && isComplete(step, progress.verdicts)) progress.state = 'done';
    this.#state.changed();
  }

  /** Keeps a watched verdict, and tells of it only when it says something new. */
  keepNews(step: Step, check: LabCheckSpec, verdict: Verdict): void {
    const before = this.#state.progress.steps[step.id]?.verdicts[check.id];
    const same =
      before?.outcome === verdict.outcome &&
      before.finding === verdict.finding &&
      before.actual?.en === verdict.actual?.en;
    if (!same) this.keep(step, check, verdict);
  }
}
