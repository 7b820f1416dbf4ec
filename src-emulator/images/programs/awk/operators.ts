import { UsageFailure } from '../support.ts';
import { compare, toNumber, toText, type Value } from './values.ts';

/** A binary operator whose two values are known: joined texts, comparisons and sums. @throws UsageFailure */
export function applyOperator(operator: string, first: Value, second: Value): Value {
  if (operator === ' ') return toText(first) + toText(second);
  const order = ['<', '<=', '==', '!=', '>', '>='].includes(operator) ? compare(first, second) : undefined;
  if (order === undefined) return arithmetic(operator, toNumber(first), toNumber(second));
  const holds = { '<': order < 0, '<=': order <= 0, '==': order === 0, '!=': order !== 0, '>': order > 0, '>=': order >= 0 }[operator]; // prettier-ignore
  return holds === true ? 1 : 0;
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
