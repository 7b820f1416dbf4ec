/** The tree that the parser makes of a script and the interpreter walks. */

export type WordPart =
  | { type: 'literal'; text: string; quoted: boolean }
  | { type: 'parameter'; name: string; operator?: string; argument?: Word; quoted: boolean }
  | { type: 'length'; name: string; quoted: boolean }
  | { type: 'command'; script: string; quoted: boolean }
  | { type: 'arithmetic'; expression: Word; quoted: boolean };

export type Word = WordPart[];

export interface Assignment {
  name: string;
  append: boolean;
  value: Word;
}

export type RedirectOperator = '<' | '>' | '>>' | '>|' | '<>' | '<&' | '>&' | '&>' | '&>>' | '<<' | '<<<';

export interface Redirect {
  /** The descriptor that changes; left out it is 0 for input and 1 for output. */
  descriptor: number | undefined;
  operator: RedirectOperator;
  /** A file, a descriptor's number, or the text of a here-document. */
  target: Word;
}

export interface SimpleCommand {
  type: 'simple';
  assignments: Assignment[];
  words: Word[];
  redirects: Redirect[];
}

export interface ListItem {
  command: Command;
  background: boolean;
}

export interface List {
  type: 'list';
  items: ListItem[];
}

/** What stands between `[[` and `]]`. */
export type Condition =
  | { type: 'word'; word: Word }
  | { type: 'unary'; operator: string; operand: Word }
  | { type: 'binary'; operator: string; left: Word; right: Word }
  | { type: 'not'; condition: Condition }
  | { type: 'and' | 'or'; left: Condition; right: Condition };

export type CompoundCommand = (
  | { type: 'if'; branches: { condition: List; body: List }[]; otherwise: List | undefined }
  | { type: 'for'; name: string; words: Word[] | undefined; body: List }
  /** bash's `((…))`, and `for ((…))`, whose three expressions it holds. */
  | { type: 'arithmetic'; expression: Word }
  | { type: 'arithmetic-for'; start: Word; test: Word; step: Word; body: List }
  /** bash's `[[ … ]]`. */
  | { type: 'test'; condition: Condition }
  | { type: 'while'; until: boolean; condition: List; body: List }
  | { type: 'case'; subject: Word; items: { patterns: Word[]; body: List }[] }
  | { type: 'group'; body: List }
  | { type: 'subshell'; body: List }
) & { redirects: Redirect[] };

export type Command =
  | SimpleCommand
  | CompoundCommand
  | List
  | { type: 'function'; name: string; body: Command }
  | { type: 'pipeline'; negated: boolean; commands: Command[] }
  | { type: 'and-or'; operator: '&&' | '||'; left: Command; right: Command };

/** A script that cannot be parsed, in ash's words. */
export class SyntaxFailure extends Error {
  /** The script ended in the middle of something: an interactive shell asks for more. */
  readonly incomplete: boolean;
  constructor(message: string, incomplete = false) {
    super(message);
    this.name = 'SyntaxFailure';
    this.incomplete = incomplete;
  }
}

/** A word part that stands for itself. */
export function literal(text: string): Word[number] {
  return { type: 'literal', text, quoted: false };
}

/** The assignment that a word is (`name=value`), if it is one. */
export function asAssignment(word: Word): Assignment | undefined {
  const [first, ...rest] = word;
  if (first?.type !== 'literal' || first.quoted) return undefined;
  const match = /^([A-Za-z_][A-Za-z0-9_]*)(\+?)=([^]*)$/.exec(first.text);
  if (match === null) return undefined;
  const [, name = '', plus, start = ''] = match;
  return { name, append: plus === '+', value: start === '' ? rest : [literal(start), ...rest] };
}
