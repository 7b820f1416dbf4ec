import type { LabCheckSpec } from '#shared/lab-checks.ts';
import type { Verdict } from '#shared/verdict.ts';
import type { Lab, Step } from './lab.ts';
import type { LabProgress, StepProgress } from './progress.ts';

/** Points of a whole step. */
export function pointsOf(step: Step): number {
  return step.spec.checks.reduce((sum, check) => sum + check.points, 0);
}

/** Every check passes. */
export function isComplete(step: Step, verdicts: Record<string, Verdict>): boolean {
  return step.spec.checks.every((check) => verdicts[check.id]?.outcome === 'pass');
}

/**
 * Points earned in a step: all when it is done, else those of the checks that pass. What was right before the
 * learner did anything (nothing to repair, an object that is to stay as it is) counts only when all is done.
 */
export function earnedIn(step: Step, progress: StepProgress | undefined): number {
  if (progress === undefined) return 0;
  if (progress.state === 'done') return pointsOf(step);
  return step.spec.checks
    .filter(({ id }) => !progress.freebies.includes(id))
    .reduce((sum, check) => sum + earnedOf(check, progress), 0);
}

/** A failure with a share earns what it has beyond that of the beginning, in whole points. */
function earnedOf({ id, points }: LabCheckSpec, { verdicts, freeShares }: StepProgress): number {
  const verdict = verdicts[id];
  if (verdict?.outcome === 'pass') return points;
  const free = freeShares?.[id] ?? 0;
  const gained = (verdict?.share ?? 0) - free;
  return gained <= 0 ? 0 : Math.floor((points * gained) / (1 - free) + 1e-9);
}

export function totals(lab: Lab, progress: LabProgress | undefined): { earned: number; total: number } {
  return {
    earned: lab.steps.reduce((sum, step) => sum + earnedIn(step, progress?.steps[step.id]), 0),
    total: lab.steps.reduce((sum, step) => sum + pointsOf(step), 0),
  };
}

/** A step can be opened when it is the first, was opened before, or the one before it is done. */
export function isUnlocked(lab: Lab, stepId: string, progress: LabProgress | undefined): boolean {
  const index = lab.steps.findIndex((step) => step.id === stepId);
  if (index < 0) return false;
  if (index === 0 || progress?.steps[stepId] !== undefined) return true;
  const before = lab.steps[index - 1];
  return before !== undefined && progress?.steps[before.id]?.state === 'done';
}
