import { resolvePath } from '../path.ts';
import type { FileSystem } from '../types.ts';

/** A wrong expression; the message follows `test: `. */
export class TestFailure extends Error {
  override readonly name = 'TestFailure';
}

interface TestWorld {
  fs: FileSystem;
  cwd: string;
  isTerminal(descriptor: number): boolean;
}

const NUMBER_OPERATORS: Record<string, (left: number, right: number) => boolean> = {
  '-eq': (a, b) => a === b,
  '-ne': (a, b) => a !== b,
  '-lt': (a, b) => a < b,
  '-le': (a, b) => a <= b,
  '-gt': (a, b) => a > b,
  '-ge': (a, b) => a >= b,
};

const STRING_OPERATORS: Record<string, (left: string, right: string) => boolean> = {
  '=': (a, b) => a === b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
};

/** `test` and `[` (without its closing bracket), POSIX. @throws TestFailure */
export function evaluateTest(words: readonly string[], world: TestWorld): boolean {
  let at = 0;
  const or = (): boolean => {
    let value = and();
    while (words[at] === '-o') {
      at++;
      const right = and();
      value ||= right;
    }
    return value;
  };
  const and = (): boolean => {
    let value = not();
    while (words[at] === '-a') {
      at++;
      const right = not();
      value &&= right;
    }
    return value;
  };
  const not = (): boolean => {
    if (words[at] === '!' && at + 1 < words.length && !isBinary(words[at + 1])) {
      at++;
      return !not();
    }
    return primary();
  };
  const primary = (): boolean => {
    const word = words[at];
    if (word === undefined) throw new TestFailure('argument expected');
    if (isBinary(words[at + 1]) && words[at + 2] !== undefined) {
      const operator = words[at + 1] ?? '';
      const right = words[at + 2] ?? '';
      at += 3;
      return binary(word, operator, right, world);
    }
    if (word === '(') {
      at++;
      const value = or();
      if (words[at++] !== ')') throw new TestFailure('closing paren expected');
      return value;
    }
    if (/^-[a-zA-Z]$/.test(word) && words[at + 1] !== undefined) {
      at += 2;
      return unary(word, words[at - 1] ?? '', world);
    }
    at++;
    return word !== '';
  };
  if (words.length === 0) return false;
  const value = or();
  if (at < words.length) throw new TestFailure(`${words[at] ?? ''}: unknown operand`);
  return value;
}

function isBinary(word: string | undefined): boolean {
  return (
    word !== undefined &&
    (word in NUMBER_OPERATORS || word in STRING_OPERATORS || word === '-nt' || word === '-ot')
  );
}

function binary(left: string, operator: string, right: string, world: TestWorld): boolean {
  const compareStrings = STRING_OPERATORS[operator];
  if (compareStrings !== undefined) return compareStrings(left, right);
  const compareNumbers = NUMBER_OPERATORS[operator];
  if (compareNumbers !== undefined) return compareNumbers(toNumber(left), toNumber(right));
  const [a, b] = [left, right].map((path) => statOf(path, world)?.mtimeMs ?? -1);
  return operator === '-nt' ? (a ?? 0) > (b ?? 0) : (a ?? 0) < (b ?? 0);
}

function toNumber(text: string): number {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new TestFailure(`${text}: bad number`);
  return Number(text);
}

function statOf(path: string, world: TestWorld): ReturnType<FileSystem['stat']> | undefined {
  const absolute = resolvePath(world.cwd, path);
  return path !== '' && world.fs.exists(absolute) ? world.fs.stat(absolute) : undefined;
}

function unary(operator: string, operand: string, world: TestWorld): boolean {
  const stat = statOf(operand, world);
  switch (operator) {
    case '-n':
      return operand !== '';
    case '-z':
      return operand === '';
    case '-e':
    case '-r':
    case '-w':
      return stat !== undefined;
    case '-f':
      return stat?.type === 'file';
    case '-d':
      return stat?.type === 'directory';
    case '-s':
      return (stat?.size ?? 0) > 0;
    case '-x':
      return stat !== undefined && (stat.type === 'directory' || (stat.mode & 0o111) !== 0);
    case '-h':
    case '-L':
      return operand !== '' && world.fs.readLink(resolvePath(world.cwd, operand)) !== undefined;
    case '-t':
      return world.isTerminal(Number(operand));
    case '-b':
    case '-c':
    case '-p':
    case '-S':
      return false;
    default:
      throw new TestFailure(`${operator}: unknown operand`);
  }
}
