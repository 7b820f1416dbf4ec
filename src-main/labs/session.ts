import type { LabSession } from '#shared/lab-view.ts';
import type { LocalizedText } from '#shared/locale.ts';
import { NOT_RUN } from '#shared/verdict.ts';
import type { Lab, Step } from './lab.ts';
import type { LabProgress } from './progress.ts';
import { isUnlocked, totals } from './scoring.ts';

/** What goes on just now and is not kept. */
export interface Doing {
  /** Checks that were asked for and run, as `step/check`. */
  running: ReadonlySet<string>;
  /** The step that is being set up. */
  preparing: string | undefined;
  activity: LocalizedText | undefined;
  paused: LocalizedText | undefined;
}

/** How a learner stands, as the renderer and the command line show it. */
export function sessionOf(lab: Lab, progress: LabProgress, doing: Doing): LabSession {
  const { earned, total } = totals(lab, progress);
  return {
    labId: lab.id,
    started: Object.keys(progress.steps).length > 0,
    currentStep: progress.currentStep,
    steps: lab.steps.map((step) => stepState(lab, step, progress, doing)),
    earnedPoints: earned,
    totalPoints: total,
    ...(doing.activity === undefined ? {} : { activity: doing.activity }),
    ...(doing.paused === undefined ? {} : { paused: doing.paused }),
  };
}

function stepState(lab: Lab, step: Step, all: LabProgress, doing: Doing): LabSession['steps'][number] {
  const progress = all.steps[step.id];
  const state =
    doing.preparing === step.id
      ? 'preparing'
      : (progress?.state ?? (isUnlocked(lab, step.id, all) ? 'open' : 'locked'));
  return {
    id: step.id,
    state,
    hints: step.hints.slice(0, progress?.hints ?? 0),
    assisted: progress?.assisted ?? false,
    checks: step.spec.checks.map((check) => {
      const answer = progress?.answers[check.id];
      return {
        id: check.id,
        running: doing.running.has(`${step.id}/${check.id}`),
        verdict: progress?.verdicts[check.id] ?? NOT_RUN,
        ...(answer === undefined ? {} : { answer }),
      };
    }),
  };
}
