import { UsageFailure } from '../support.ts';
import type { Value } from './values.ts';

/** How statements leave what they stand in. */

/** `next`. */
export class NextRecord extends Error {}
/** `break`, or `continue` when the loop goes on. */
export class LeaveLoop extends Error {
  readonly goesOn: boolean;
  constructor(goesOn: boolean) {
    super();
    this.goesOn = goesOn;
  }
}
/** `exit`. */
export class Exit extends Error {}
/** `return`. */
export class Return extends Error {
  readonly value: Value;
  constructor(value: Value) {
    super();
    this.value = value;
  }
}

/** @throws UsageFailure for a division by zero. */
export function arithmetic(operator: string, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '^':
      return left ** right;
    default:
      if (right === 0) throw new UsageFailure('cmd. line:1: Division by zero', 2);
      return operator === '/' ? left / right : left % right;
  }
}
