import { program, UsageFailure } from './support.ts';
import { toRegExp } from './text.ts';

const LEVELS: readonly (readonly string[])[] = [
  ['|'],
  ['&'],
  ['<', '<=', '=', '==', '!=', '>=', '>'],
  ['+', '-'],
  ['*', '/', '%'],
  [':'],
];

/** expr(1): prints what an expression comes to; the status is 1 when that is empty or 0. */
export const expr = program('expr', async (context, args) => {
  const words = args[0] === '--' ? args.slice(1) : [...args];
  if (words.length === 0) throw new UsageFailure('missing operand', 2);
  const rest = [...words];
  const value = evaluate(rest, 0, words);
  if (rest[0] !== undefined) throw syntaxError(`unexpected argument '${rest[0]}'`);
  await context.stdout.write(`${value}\n`);
  return isNull(value) ? 1 : 0;
});

/** Takes the operators of one level and those that bind tighter off the front of `rest`. */
function evaluate(rest: string[], level: number, all: readonly string[]): string {
  const operators = LEVELS[level];
  if (operators === undefined) return operand(rest, all);
  let left = evaluate(rest, level + 1, all);
  while (rest[0] !== undefined && operators.includes(rest[0])) {
    const operator = rest.shift() ?? '';
    left = apply(left, operator, evaluate(rest, level + 1, all));
  }
  return left;
}

function operand(rest: string[], all: readonly string[]): string {
  const word = rest.shift();
  if (word === undefined) throw syntaxError(`missing argument after '${all.at(-1) ?? ''}'`);
  const next = (): string => operand(rest, all);
  switch (rest.length === 0 ? '' : word) {
    case '(': {
      const value = evaluate(rest, 0, all);
      if (rest.shift() !== ')') throw syntaxError(`expecting ')' after '${value}'`);
      return value;
    }
    case '+':
      return next();
    case 'length':
      return String(Array.from(next()).length);
    case 'index': {
      const text = Array.from(next());
      const wanted = next();
      return String(text.findIndex((character) => wanted.includes(character)) + 1);
    }
    case 'match':
      return match(next(), next());
    case 'substr': {
      const text = Array.from(next());
      const from = integer(next());
      const length = integer(next());
      return from < 1 || length < 1 ? '' : text.slice(from - 1, from - 1 + length).join('');
    }
    default:
      return word;
  }
}

function apply(left: string, operator: string, right: string): string {
  switch (operator) {
    case '|':
      return isNull(left) ? (isNull(right) ? '0' : right) : left;
    case '&':
      return isNull(left) || isNull(right) ? '0' : left;
    case ':':
      return match(left, right);
    case '+':
      return String(integer(left) + integer(right));
    case '-':
      return String(integer(left) - integer(right));
    case '*':
      return String(integer(left) * integer(right));
    case '/':
    case '%': {
      const [dividend, divisor] = [integer(left), integer(right)];
      if (divisor === 0) throw new UsageFailure('division by zero', 2);
      // `+ 0` turns the negative zero of JavaScript into the only one there is here.
      return String((operator === '/' ? Math.trunc(dividend / divisor) : dividend % divisor) + 0);
    }
    default:
      return compare(left, operator, right) ? '1' : '0';
  }
}

function compare(left: string, operator: string, right: string): boolean {
  const order =
    isInteger(left) && isInteger(right)
      ? Math.sign(Number(left) - Number(right))
      : left < right
        ? -1
        : Number(left > right);
  if (operator === '!=') return order !== 0;
  if (order === 0) return operator.includes('=');
  return operator.startsWith(order < 0 ? '<' : '>');
}

/** What a basic regular expression finds from the start on: its group, or how long the match is. */
function match(text: string, pattern: string): string {
  const expression = toRegExp(pattern.replace(/^\^/, ''), false, '');
  const hasGroup = /\\\(/.test(pattern);
  const found = new RegExp(`^(?:${expression.source})`).exec(text);
  if (hasGroup) return found?.[1] ?? '';
  return String(Array.from(found?.[0] ?? '').length);
}

function isNull(value: string): boolean {
  return /^-?0*$/.test(value);
}

function isInteger(value: string): boolean {
  return /^-?\d+$/.test(value);
}

function integer(value: string): number {
  if (!isInteger(value)) throw new UsageFailure('non-integer argument', 2);
  return Number(value);
}

function syntaxError(what: string): UsageFailure {
  return new UsageFailure(`syntax error: ${what}`, 2);
}
