import type { Clock } from '#emulator/clock.ts';
import type { Reach } from '#shared/cluster.ts';
import type { Verdict } from '#shared/verdict.ts';
import { AppError } from '#shared/app-error.ts';
import type { LabSession, StepState } from '#shared/lab-view.ts';
import type { KubeClient } from '../kube/client.ts';
import { systemClock } from '../kube/time.ts';
import type { Lab, Step, WrongAnswer } from '../labs/lab.ts';
import { MemoryProgressStore } from '../labs/progress.ts';
import { createLabRunner, type LabRunner } from '../labs/runner.ts';
import { pointsOf } from '../labs/scoring.ts';

/** One thing that was proven of a lab, or was not. */
export interface Proof {
  step: string;
  /** `untouched`, `reset`, `solution`, or `wrong/<name>`. */
  what: string;
  ok: boolean;
  /** What was seen: for people, in English. */
  detail: string;
  durationMs: number;
}

export interface LabProof {
  lab: string;
  ok: boolean;
  proofs: Proof[];
  durationMs: number;
}

export interface VerifyOptions {
  lab: Lab;
  kube: KubeClient;
  clock?: Clock;
  /** Where the cluster is reached from this machine just now; nowhere when left out. */
  reach?: () => Reach;
  /** Told of each proof as it is made. */
  onProof?(proof: Proof): void;
  /** Leaves the lab's namespaces behind, to look at what failed. */
  keep?: boolean;
}

const FINDING_DEADLINE_MS = 20_000;

/**
 * Proves a lab on a cluster (design: labs are tested like code). Step by step: untouched it is not full; every
 * known wrong answer fails at its check with its finding and message, and not full; a reset brings the start
 * back; the solution is full. Makes the lab's namespaces afresh and deletes them at the end.
 */
export async function verifyLab(options: VerifyOptions): Promise<LabProof> {
  const clock = options.clock ?? systemClock;
  const started = clock.now();
  const runner = await createLabRunner({
    lab: options.lab,
    kube: options.kube,
    progress: new MemoryProgressStore(),
    clock,
    ...(options.reach === undefined ? {} : { reach: options.reach }),
  });
  const verification = new Verification(options, runner, clock);
  try {
    await runner.resetLab();
    await runner.start();
    for (const step of options.lab.steps) {
      await verification.step(step);
      if (verification.stuck) break;
    }
  } finally {
    if (options.keep !== true) await runner.resetLab();
    await runner.close();
  }
  const { proofs } = verification;
  return {
    lab: options.lab.id,
    ok: proofs.every((proof) => proof.ok),
    proofs,
    durationMs: clock.now() - started,
  };
}

class Verification {
  readonly proofs: Proof[] = [];
  /** A solution failed: the steps after it cannot be reached. */
  stuck = false;
  readonly #options: VerifyOptions;
  readonly #runner: LabRunner;
  readonly #clock: Clock;

  constructor(options: VerifyOptions, runner: LabRunner, clock: Clock) {
    this.#options = options;
    this.#runner = runner;
    this.#clock = clock;
  }

  async step(step: Step): Promise<void> {
    await this.#prove(step, 'untouched', () => this.#untouched(step));
    const start = outcomes(this.#state(step));
    for (const wrong of this.#options.lab.wrong.filter((w) => w.step === step.id)) {
      await this.#prove(step, `wrong/${wrong.name}`, () => this.#wrong(step, wrong));
      await this.#prove(step, `reset after wrong/${wrong.name}`, () => this.#reset(step, start));
    }
    const solved = await this.#prove(step, 'solution', () => this.#solution(step));
    if (!solved) this.stuck = true;
  }

  async #prove(step: Step, what: string, prove: () => Promise<string | undefined>): Promise<boolean> {
    const started = this.#clock.now();
    let detail: string | undefined;
    try {
      detail = await prove();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      detail = error.problem.message.en;
    }
    const proof: Proof = {
      step: step.id,
      what,
      ok: detail === undefined,
      detail: detail ?? 'as it should be',
      durationMs: this.#clock.now() - started,
    };
    this.proofs.push(proof);
    this.#options.onProof?.(proof);
    return proof.ok;
  }

  async #untouched(step: Step): Promise<string | undefined> {
    await this.#runner.goTo(step.id);
    const state = this.#state(step);
    if (state.state === 'done') return 'every check passes before anything was done';
    const earned = this.#earned(step);
    return earned === 0 ? undefined : `earns ${String(earned)} of ${String(pointsOf(step))} points untouched`;
  }

  async #wrong(step: Step, wrong: WrongAnswer): Promise<string | undefined> {
    await this.#runner.act(step.id, wrong);
    const until = this.#clock.now() + FINDING_DEADLINE_MS;
    let verdict = this.#verdict(step, wrong.check);
    // The network follows the API with a delay: wait for the finding, not for a first failure.
    while (!meets(verdict, wrong) && this.#clock.now() < until) {
      await this.#clock.sleep(200);
      await this.#runner.look(step.id, wrong.check);
      verdict = this.#verdict(step, wrong.check);
    }
    if (!meets(verdict, wrong))
      return `check ${wrong.check}: wanted fail/${wrong.finding} with "${wrong.message}", got ${verdict.outcome}/${verdict.finding ?? '–'}: ${wordsOf(verdict)}`;
    return this.#state(step).state === 'done' ? 'the wrong answer solves the step' : undefined;
  }

  async #reset(step: Step, start: string): Promise<string | undefined> {
    await this.#runner.reset(step.id);
    const until = this.#clock.now() + FINDING_DEADLINE_MS;
    while (outcomes(this.#state(step)) !== start && this.#clock.now() < until) {
      await this.#clock.sleep(200);
      await this.#runner.look(step.id);
    }
    const now = outcomes(this.#state(step));
    return now === start ? undefined : `before: ${start}; after the reset: ${now}`;
  }

  async #solution(step: Step): Promise<string | undefined> {
    await this.#runner.solve(step.id);
    const state = this.#state(step);
    if (state.state === 'done') return undefined;
    return state.checks
      .filter((check) => check.verdict.outcome !== 'pass')
      .map(
        (check) =>
          `${check.id}: ${check.verdict.outcome}/${check.verdict.finding ?? '–'} ${wordsOf(check.verdict)}`,
      )
      .join('; ');
  }

  #session(): LabSession {
    return this.#runner.session();
  }

  #state(step: Step): StepState {
    const state = this.#session().steps.find((s) => s.id === step.id);
    if (state === undefined) throw new Error(`no state of step ${step.id}`);
    return state;
  }

  #verdict(step: Step, checkId: string): Verdict {
    return (
      this.#state(step).checks.find((check) => check.id === checkId)?.verdict ?? {
        outcome: 'not-run',
        evidence: [],
      }
    );
  }

  #earned(step: Step): number {
    return this.#runner.earned(step.id);
  }
}

/** Outcomes of what can be seen without the learner: answers are not-run at the start anyway. */
function outcomes(state: StepState): string {
  return state.checks.map((check) => `${check.id}=${check.verdict.outcome}`).join(' ');
}

function meets(verdict: Verdict, wrong: WrongAnswer): boolean {
  return (
    verdict.outcome === 'fail' &&
    verdict.finding === wrong.finding &&
    wordsOf(verdict).includes(wrong.message)
  );
}

function wordsOf(verdict: Verdict): string {
  return [verdict.actual?.en, verdict.why?.en].filter((text) => text !== undefined).join(' — ');
}
