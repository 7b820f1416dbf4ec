import type { Condition } from '../../api/objects.ts';
import { timestamp } from '../object-helpers.ts';

export interface JobCondition extends Condition {
  reason: string;
  message: string;
}

export function newCondition(
  type: string,
  status: Condition['status'],
  reason: string,
  message: string,
  now: number,
): JobCondition {
  const time = timestamp(now);
  return { type, status, lastProbeTime: time, lastTransitionTime: time, reason, message };
}

/** Sets a condition. One that is False is only written where it was there before. @returns whether it changed */
export function setCondition(conditions: Condition[], condition: JobCondition): boolean {
  const index = conditions.findIndex(({ type }) => type === condition.type);
  const before = conditions[index];
  if (before === undefined) {
    if (condition.status === 'False') return false;
    conditions.push(condition);
    return true;
  }
  if (
    before.status === condition.status &&
    before.reason === condition.reason &&
    before.message === condition.message
  )
    return false;
  conditions[index] = condition;
  return true;
}

export function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return (conditions ?? []).some((condition) => condition.type === type && condition.status === 'True');
}

/** Complete or Failed: nothing more happens to the Job. */
export function isFinished(conditions: readonly Condition[] | undefined): boolean {
  return isTrue(conditions, 'Complete') || isTrue(conditions, 'Failed');
}
