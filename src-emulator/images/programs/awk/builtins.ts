import { formatPrintf } from '../../shell/format.ts';
import { formatDate } from '../basics.ts';
import { UsageFailure } from '../support.ts';
import type { Expression } from './syntax.ts';
import { strnum, toNumber, toText, type Value } from './values.ts';

/** What the functions of awk need of the program that calls them. */
export interface BuiltinScope {
  readonly record: string;
  regex(source: string, flags?: string): RegExp;
  split(text: string, separator: string): string[];
  text(name: string): string;
  array(name: string): Map<string, Value>;
  setVariable(name: string, value: Value): void;
  evaluate(expression: Expression): Promise<Value>;
  assignTo(target: Expression, value: Value): Promise<unknown>;
  setRecord(text: string): void;
  flush(name: string): Promise<number>;
  system(command: string): Promise<number>;
  /** Milliseconds since the epoch. */
  now(): number;
}

const MATH: Record<string, (x: number) => number> = {
  cos: Math.cos,
  exp: Math.exp,
  int: Math.trunc,
  log: Math.log,
  sin: Math.sin,
  sqrt: Math.sqrt,
};

/** Calls a function that awk has of itself. @throws UsageFailure when there is none of the name. */
export async function callBuiltin(
  name: string,
  args: readonly Expression[],
  scope: BuiltinScope,
): Promise<Value> {
  const value = async (index: number): Promise<Value> => {
    const arg = args[index];
    return arg === undefined ? '' : scope.evaluate(arg);
  };
  const text = async (index: number): Promise<string> => toText(await value(index));
  const number = async (index: number): Promise<number> => toNumber(await value(index));
  /** An argument that is a regular expression, literally or as a text. */
  const pattern = async (index: number): Promise<string> => {
    const arg = args[index];
    return arg?.type === 'regex' ? arg.source : text(index);
  };
  const math = MATH[name];
  if (math !== undefined) return math(await number(0));
  switch (name) {
    case 'length': {
      const [arg] = args;
      if (arg === undefined) return Array.from(scope.record).length;
      if (arg.type === 'variable' && scope.array(arg.name).size > 0) return scope.array(arg.name).size;
      return Array.from(await text(0)).length;
    }
    case 'substr': {
      const chars = Array.from(await text(0));
      const start = Math.round(await number(1));
      const end = args.length > 2 ? start + Math.round(await number(2)) : Infinity;
      return chars.slice(Math.max(0, start - 1), Math.max(0, end - 1)).join('');
    }
    case 'index':
      return (await text(0)).indexOf(await text(1)) + 1;
    case 'toupper':
      return (await text(0)).toUpperCase();
    case 'tolower':
      return (await text(0)).toLowerCase();
    case 'sprintf': {
      const values: string[] = [];
      for (let at = 1; at < args.length; at++) values.push(await text(at));
      return formatPrintf(await text(0), values, false);
    }
    case 'split': {
      const [, target] = args;
      if (target?.type !== 'variable') throw new UsageFailure('cmd. line:1: split needs an array', 2);
      const separator = args.length > 2 ? await pattern(2) : scope.text('FS');
      const parts = scope.split(await text(0), separator);
      const array = scope.array(target.name);
      array.clear();
      for (const [index, part] of parts.entries()) array.set(String(index + 1), strnum(part));
      return parts.length;
    }
    case 'sub':
    case 'gsub': {
      const [, , target] = args;
      const before = target === undefined ? scope.record : toText(await scope.evaluate(target));
      const replacement = await text(1);
      let count = 0;
      const after = before.replace(
        scope.regex(await pattern(0), name === 'gsub' ? 'g' : ''),
        (found: string) => {
          count++;
          return replacement.replace(/\\&|&|\\\\/g, (each) => (each === '&' ? found : each.slice(1)));
        },
      );
      if (count === 0) return 0;
      if (target === undefined) scope.setRecord(after);
      else await scope.assignTo(target, after);
      return count;
    }
    case 'match': {
      const match = scope.regex(await pattern(1)).exec(await text(0));
      scope.setVariable('RSTART', match === null ? 0 : match.index + 1);
      scope.setVariable('RLENGTH', match === null ? -1 : match[0].length);
      return match === null ? 0 : match.index + 1;
    }
    case 'atan2':
      return Math.atan2(await number(0), await number(1));
    case 'rand':
      return Math.random();
    case 'srand':
      return 0;
    case 'systime':
      return Math.floor(scope.now() / 1000);
    case 'strftime':
      return formatDate(
        args.length > 0 ? await text(0) : '%c',
        args.length > 1 ? (await number(1)) * 1000 : scope.now(),
      );
    case 'close':
    case 'fflush':
      return name === 'close' ? scope.flush(await text(0)) : 0;
    case 'system':
      return scope.system(await text(0));
    default:
      throw new UsageFailure(`cmd. line:1: Call to undefined function`, 2);
  }
}
