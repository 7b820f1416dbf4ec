import { UsageFailure } from '../support.ts';

/** An awk program as a tree (POSIX awk, the grammar). */
export interface AwkProgram {
  rules: Rule[];
  functions: Map<string, AwkFunction>;
}

export interface Rule {
  /** Undefined: every record. A pair is a range. */
  pattern: 'BEGIN' | 'END' | Expression | [Expression, Expression] | undefined;
  /** Undefined: print the record. */
  body: Statement | undefined;
}

export interface AwkFunction {
  parameters: string[];
  body: Statement;
}

export type Statement =
  | { type: 'block'; statements: Statement[] }
  | { type: 'expression'; value: Expression }
  | {
      type: 'print' | 'printf';
      values: Expression[];
      to: { operator: '>' | '>>' | '|'; target: Expression } | undefined;
    }
  | { type: 'if'; test: Expression; then: Statement; otherwise: Statement | undefined }
  | { type: 'while'; test: Expression; body: Statement }
  | { type: 'do'; test: Expression; body: Statement }
  | {
      type: 'for';
      start: Statement | undefined;
      test: Expression | undefined;
      step: Statement | undefined;
      body: Statement;
    }
  | { type: 'for-in'; variable: string; array: string; body: Statement }
  | { type: 'next' | 'break' | 'continue' }
  | { type: 'exit' | 'return'; value: Expression | undefined }
  | { type: 'delete'; array: string; keys: Expression[] | undefined };

export type Target =
  | { type: 'variable'; name: string }
  | { type: 'element'; name: string; keys: Expression[] }
  | { type: 'field'; index: Expression };

export type Expression =
  | Target
  | { type: 'number'; value: number }
  | { type: 'string'; value: string }
  | { type: 'regex'; source: string }
  | { type: 'group'; values: Expression[] }
  | { type: 'unary'; operator: string; value: Expression }
  | { type: 'binary'; operator: string; left: Expression; right: Expression }
  | { type: 'conditional'; test: Expression; then: Expression; otherwise: Expression }
  | { type: 'assign'; operator: string; target: Target; value: Expression }
  | { type: 'step'; by: 1 | -1; prefix: boolean; target: Target }
  | { type: 'in'; keys: Expression[]; array: string }
  | { type: 'call'; name: string; args: Expression[] }
  | { type: 'getline'; target: Target | undefined; file: Expression | undefined };

export interface Token {
  type: 'number' | 'string' | 'regex' | 'name' | 'function-name' | 'keyword' | 'operator' | 'newline' | 'end';
  text: string;
}

const KEYWORDS = new Set([
  'BEGIN', 'END', 'function', 'func', 'if', 'else', 'while', 'for', 'do', 'break', 'continue', 'next', 'exit', 'return', 'delete',
  'in', 'getline', 'print', 'printf',
]); // prettier-ignore

const TOKEN =
  /^(?:(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)|"((?:[^"\\]|\\[^])*)"|([A-Za-z_]\w*)(\()?|(\*\*=|\*\*|&&|\|\||\+\+|--|[-+*/%^!=<>]=|!~|>>|[-+*/%^!=<>~?:,;(){}[\]|$]))/;

/** A regular expression may stand where no value has just ended. */
function mayBeRegex(before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (['number', 'string', 'regex', 'name'].includes(before.type)) return false;
  return before.type !== 'operator' || ![')', ']', '$', '++', '--'].includes(before.text);
}

/** @throws UsageFailure */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let rest = text;
  while (rest !== '') {
    const skipped = /^(?:[ \t\r]|\\\n|#[^\n]*)+/.exec(rest)?.[0].length ?? 0;
    if (skipped > 0) {
      rest = rest.slice(skipped);
      continue;
    }
    if (rest.startsWith('\n')) {
      tokens.push({ type: 'newline', text: '\n' });
      rest = rest.slice(1);
      continue;
    }
    const regex = mayBeRegex(tokens.at(-1)) ? /^\/((?:[^/\\\n[]|\\.|\[\]?[^\]]*\])*)\//.exec(rest) : null;
    if (regex !== null) {
      tokens.push({ type: 'regex', text: (regex[1] ?? '').replaceAll('\\/', '/') });
      rest = rest.slice(regex[0].length);
      continue;
    }
    const match = TOKEN.exec(rest);
    if (match === null) throw new UsageFailure(`cmd. line:1: syntax error near ${rest.slice(0, 10)}`, 2);
    const [whole, number, string, name, parenthesis, operator] = match;
    if (number !== undefined) tokens.push({ type: 'number', text: number });
    else if (string !== undefined) tokens.push({ type: 'string', text: string });
    else if (operator !== undefined)
      tokens.push({ type: 'operator', text: { '**': '^', '**=': '^=' }[operator] ?? operator });
    else if (KEYWORDS.has(name ?? '')) tokens.push({ type: 'keyword', text: name ?? '' });
    else tokens.push({ type: parenthesis === undefined ? 'name' : 'function-name', text: name ?? '' });
    // The parenthesis itself is left for the parser.
    rest = rest.slice(whole.length - (parenthesis === undefined ? 0 : 1));
  }
  tokens.push({ type: 'end', text: '' });
  return tokens;
}
