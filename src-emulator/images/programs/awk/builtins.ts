import { formatPrintf } from '../../shell/format.ts';
import { formatDate } from '../basics.ts';
import { UsageFailure } from '../support.ts';
import type { Regexes } from './regexes.ts';
import type { Expression } from './syntax.ts';
import { strnum, toNumber, toText, type Value } from './values.ts';
import type { Variables } from './variables.ts';

/** What the functions of awk need of the program that calls them. */
export interface BuiltinScope {
  readonly variables: Variables;
  readonly regexes: Regexes;
  evaluate(expression: Expression): Promise<Value>;
  /** Assigns to an argument; does nothing when it is none that can be assigned to. */
  assignTo(target: Expression, value: Value): Promise<unknown>;
  /** Closes what is written or read under a name. 0, or -1 when nothing is. */
  close(name: string): Promise<number>;
  /** Runs a command in a shell, and tells its exit code. */
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
  const { variables, regexes } = scope;
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
      if (arg === undefined) return Array.from(variables.record).length;
      if (arg.type === 'variable' && variables.array(arg.name).size > 0)
        return variables.array(arg.name).size;
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
      const separator = args.length > 2 ? await pattern(2) : variables.text('FS');
      const parts = regexes.split(await text(0), separator);
      const array = variables.array(target.name);
      array.clear();
      for (const [index, part] of parts.entries()) array.set(String(index + 1), strnum(part));
      return parts.length;
    }
    case 'sub':
    case 'gsub': {
      const [, , target] = args;
      const before = target === undefined ? variables.record : toText(await scope.evaluate(target));
      const replacement = await text(1);
      let count = 0;
      const after = before.replace(
        regexes.of(await pattern(0), name === 'gsub' ? 'g' : ''),
        (found: string) => {
          count++;
          return replacement.replace(/\\&|&|\\\\/g, (each) => (each === '&' ? found : each.slice(1)));
        },
      );
      if (count === 0) return 0;
      if (target === undefined) variables.setRecord(after);
      else await scope.assignTo(target, after);
      return count;
    }
    case 'match': {
      const match = regexes.of(await pattern(1)).exec(await text(0));
      variables.set('RSTART', match === null ? 0 : match.index + 1);
      variables.set('RLENGTH', match === null ? -1 : match[0].length);
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
      return name === 'close' ? scope.close(await text(0)) : 0;
    case 'system':
      return scope.system(await text(0));
    default:
      throw new UsageFailure(`cmd. line:1: Call to undefined function`, 2);
  }
}
