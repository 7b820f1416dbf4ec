import type { ProgressStep } from '#shared/cluster.ts';

/** A step takes longer than before once it has taken this much more than its estimate, and a little. */
const OVERRUN_FACTOR = 1.25;
const OVERRUN_MS = 2000;
/** What a step has reached by the clock alone: it is not done before it says so. */
const MOST = 0.95;

export interface StepTimes {
  /** Milliseconds; undefined for a step that has not begun. */
  readonly elapsedMs: number | undefined;
  /** From 0 to 1, while it runs. Undefined when there is nothing to measure by. */
  readonly share: number | undefined;
  /** It takes clearly longer than it took before. */
  readonly overrun: boolean;
}

export interface MakingTimes {
  readonly elapsedMs: number;
  /** What the whole takes by earlier runs, as far as this run has not been slower already. Undefined without any. */
  readonly totalMs: number | undefined;
  /** From 0 to 1. Undefined without earlier runs. */
  readonly share: number | undefined;
}

export function stepTimes(step: ProgressStep, now: number): StepTimes {
  const elapsedMs = elapsedOf(step, now);
  const { estimateMs, state } = step;
  return {
    elapsedMs,
    share: state === 'running' ? shareOf(step, now) : undefined,
    overrun:
      state === 'running' &&
      estimateMs !== undefined &&
      (elapsedMs ?? 0) > estimateMs * OVERRUN_FACTOR + OVERRUN_MS,
  };
}

/**
 * How far the making of a cluster has come. Steps count as much as they took before; a step that was never
 * measured counts nothing beside those that were, since it is one that mostly has nothing to do.
 */
export function makingTimes(steps: readonly ProgressStep[], now: number): MakingTimes {
  const starts = steps.flatMap(({ startedAt }) => startedAt ?? []);
  const going = steps.some(({ state }) => state === 'running');
  const ends = steps.flatMap(({ finishedAt }) => finishedAt ?? []);
  const end = going || ends.length === 0 ? now : Math.max(...ends);
  const elapsedMs = starts.length === 0 ? 0 : Math.max(0, end - Math.min(...starts));

  const weight = sum(steps.map(({ estimateMs = 0 }) => estimateMs));
  if (weight === 0) return { elapsedMs, totalMs: undefined, share: undefined };
  return {
    elapsedMs,
    totalMs: sum(steps.map((step) => expectedOf(step, now))),
    share: sum(steps.map((step) => (shareOf(step, now) ?? 0) * (step.estimateMs ?? 0))) / weight,
  };
}

/** What a bar shows: it belongs to one thing, and never goes back while it stands for that. */
export interface HeldShare {
  /** What it stands for. */
  readonly key: string;
  readonly share: number | undefined;
}

/** Keeps a bar where it is when what is known at the moment lies behind what was shown before. */
export function holdShare(before: HeldShare, key: string, share: number | undefined): HeldShare {
  if (before.key !== key || before.share === undefined) return { key, share };
  return { key, share: Math.max(before.share, share ?? 0) };
}

function elapsedOf({ startedAt, finishedAt }: ProgressStep, now: number): number | undefined {
  return startedAt === undefined ? undefined : Math.max(0, (finishedAt ?? now) - startedAt);
}

function expectedOf(step: ProgressStep, now: number): number {
  const elapsed = elapsedOf(step, now) ?? 0;
  return step.state === 'done' ? elapsed : Math.max(elapsed, step.estimateMs ?? 0);
}

function shareOf(step: ProgressStep, now: number): number | undefined {
  if (step.state === 'done') return 1;
  if (step.fraction !== undefined) return step.fraction;
  const elapsed = elapsedOf(step, now);
  if (elapsed === undefined || step.estimateMs === undefined) return undefined;
  return Math.min(MOST, elapsed / step.estimateMs);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
