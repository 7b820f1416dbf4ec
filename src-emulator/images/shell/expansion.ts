import { evaluateArithmetic } from './arithmetic.ts';
import { expandPathnames, hasWildcard, matchesPattern, type Piece, patternSource } from './pattern.ts';
import type { Word, WordPart } from './syntax-tree.ts';
import type { FileSystem } from '../types.ts';

/** What expansion needs of the shell. */
export interface ExpansionScope {
  readonly fs: FileSystem;
  readonly cwd: string;
  readonly braces: boolean;
  readonly positional: readonly string[];
  /** The value of a variable or special parameter; undefined when it is not set. */
  parameter(name: string): string | undefined;
  assign(name: string, value: string): void;
  /** Runs a script in a subshell and gives its output. */
  substitute(script: string): Promise<string>;
  /** Whether using an unset parameter is an error (`set -u`). */
  readonly nounset: boolean;
}

/** An expansion that cannot be made; the shell prints the message and gives up the command. */
export class ExpansionFailure extends Error {
  override readonly name = 'ExpansionFailure';
}

type Field = Piece[];

/** Expands words into the fields of a command line: POSIX shell 2.6. */
export async function expandWords(words: readonly Word[], scope: ExpansionScope): Promise<string[]> {
  const result: string[] = [];
  for (const word of words) {
    for (const alternative of scope.braces ? expandBraces(word) : [word]) {
      for (const field of await expandFields(alternative, scope)) {
        const paths = hasWildcard(field) ? expandPathnames(scope.fs, scope.cwd, field) : [];
        if (paths.length > 0) result.push(...paths);
        else result.push(textOf(field));
      }
    }
  }
  return result;
}

/** Expands one word without splitting it: assignments, redirection targets, `case` subjects. */
export async function expandText(word: Word, scope: ExpansionScope): Promise<string> {
  return textOf(await expandPieces(word, scope));
}

/** Expands a word that is used as a pattern. */
export async function expandPieces(word: Word, scope: ExpansionScope): Promise<Piece[]> {
  const pieces: Piece[] = [];
  for (const [index, part] of word.entries()) {
    if (part.type === 'literal') {
      const text = index === 0 && !part.quoted ? tilde(part.text, scope) : part.text;
      pieces.push({ text, quoted: part.quoted });
      continue;
    }
    const value = await partValue(part, scope);
    pieces.push({ text: Array.isArray(value) ? value.join(' ') : value, quoted: part.quoted });
  }
  return pieces;
}

function textOf(pieces: readonly Piece[]): string {
  return pieces.map((piece) => piece.text).join('');
}

async function expandFields(word: Word, scope: ExpansionScope): Promise<Field[]> {
  const fields: Field[] = [];
  let current: Field | undefined;
  const add = (piece: Piece): void => {
    current ??= [];
    current.push(piece);
  };
  const close = (): void => {
    if (current !== undefined) fields.push(current);
    current = undefined;
  };
  const ifs = scope.parameter('IFS') ?? ' \t\n';
  for (const [index, part] of word.entries()) {
    if (part.type === 'literal') {
      add({ text: index === 0 && !part.quoted ? tilde(part.text, scope) : part.text, quoted: part.quoted });
      continue;
    }
    const value = await partValue(part, scope);
    if (Array.isArray(value)) {
      value.forEach((each, at) => {
        if (at > 0) close();
        if (part.quoted) add({ text: each, quoted: true });
        else splitInto(each, ifs, add, close);
      });
    } else if (part.quoted) add({ text: value, quoted: true });
    else splitInto(value, ifs, add, close);
  }
  close();
  return fields;
}

/** Field splitting: white space in IFS collapses, other separators each end a field. */
function splitInto(text: string, ifs: string, add: (piece: Piece) => void, close: () => void): void {
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (!ifs.includes(char)) continue;
    if (at > start) add({ text: text.slice(start, at), quoted: false });
    else if (!/\s/.test(char)) add({ text: '', quoted: false });
    close();
    start = at + 1;
  }
  if (start < text.length) add({ text: text.slice(start), quoted: false });
}

function tilde(text: string, scope: ExpansionScope): string {
  return /^~(?=\/|$)/.test(text) ? `${scope.parameter('HOME') ?? '/root'}${text.slice(1)}` : text;
}

/** A list when the part is `$@` (or `$*` outside quotes), which makes a field of each. */
async function partValue(
  part: Exclude<WordPart, { type: 'literal' }>,
  scope: ExpansionScope,
): Promise<string | string[]> {
  switch (part.type) {
    case 'command':
      return (await scope.substitute(part.script)).replace(/\n+$/, '');
    case 'arithmetic': {
      const expression = await expandText(part.expression, scope);
      const variables = { get: (name: string) => scope.parameter(name) ?? '', set: scope.assign.bind(scope) };
      return String(evaluateArithmetic(expression, variables));
    }
    case 'length':
      if (part.name === '@' || part.name === '*') return String(scope.positional.length);
      return String(Array.from(scope.parameter(part.name) ?? '').length);
    case 'parameter':
      return parameterValue(part, scope);
  }
}

async function parameterValue(
  part: Extract<WordPart, { type: 'parameter' }>,
  scope: ExpansionScope,
): Promise<string | string[]> {
  const { name, operator } = part;
  const isList = name === '@' || name === '*';
  const value = isList ? scope.positional.join(' ') : scope.parameter(name);
  const argument = part.argument ?? [];
  if (operator === undefined) {
    if (isList && (name === '@' || !part.quoted)) return [...scope.positional];
    if (value === undefined && scope.nounset)
      throw new ExpansionFailure(`${name}: ${scope.braces ? 'unbound variable' : 'parameter not set'}`);
    return value ?? '';
  }
  const missing = isList
    ? scope.positional.length === 0
    : value === undefined || (operator.startsWith(':') && value === '');
  switch (operator) {
    case '-':
    case ':-':
      return missing ? expandText(argument, scope) : (value ?? '');
    case '=':
    case ':=': {
      if (!missing) return value ?? '';
      const assigned = await expandText(argument, scope);
      scope.assign(name, assigned);
      return assigned;
    }
    case '+':
    case ':+':
      return missing ? '' : expandText(argument, scope);
    case '?':
    case ':?': {
      if (!missing) return value ?? '';
      const message = await expandText(argument, scope);
      throw new ExpansionFailure(`${name}: ${message === '' ? 'parameter not set or null' : message}`);
    }
    case ':':
      return substring(value ?? '', await expandText(argument, scope), scope);
    case '!':
      return scope.parameter(value ?? '') ?? '';
    case '^':
      return (value ?? '').slice(0, 1).toUpperCase() + (value ?? '').slice(1);
    case '^^':
      return (value ?? '').toUpperCase();
    case ',':
      return (value ?? '').slice(0, 1).toLowerCase() + (value ?? '').slice(1);
    case ',,':
      return (value ?? '').toLowerCase();
    case '/':
    case '//':
      return replaceIn(value ?? '', operator === '//', argument, scope);
    default:
      return strip(value ?? '', operator, await expandPieces(argument, scope));
  }
}

function substring(value: string, argument: string, scope: ExpansionScope): string {
  const variables = { get: (name: string) => scope.parameter(name) ?? '', set: scope.assign.bind(scope) };
  const [offsetText = '', lengthText] = argument.split(':');
  const offset = evaluateArithmetic(offsetText, variables);
  const start = offset < 0 ? Math.max(0, value.length + offset) : offset;
  if (lengthText === undefined) return value.slice(start);
  const length = evaluateArithmetic(lengthText, variables);
  return length < 0 ? value.slice(start, value.length + length) : value.slice(start, start + length);
}

/** `${x/pattern/text}`: the argument holds both, parted by the first slash that is not quoted. */
async function replaceIn(
  value: string,
  all: boolean,
  argument: Word,
  scope: ExpansionScope,
): Promise<string> {
  const pattern: Word = [];
  const replacement: Word = [];
  let into = pattern;
  for (const part of argument) {
    const slash = into === pattern && part.type === 'literal' && !part.quoted ? part.text.indexOf('/') : -1;
    if (slash === -1 || part.type !== 'literal') into.push(part);
    else {
      pattern.push({ ...part, text: part.text.slice(0, slash) });
      into = replacement;
      replacement.push({ ...part, text: part.text.slice(slash + 1) });
    }
  }
  const text = await expandText(replacement, scope);
  const source = patternSource(await expandPieces(pattern, scope));
  return source === '' ? value : value.replace(new RegExp(source, all ? 'gu' : 'u'), () => text);
}

/** `${x#p}`, `${x##p}`, `${x%p}`, `${x%%p}`. */
function strip(value: string, operator: string, pattern: readonly Piece[]): string {
  const ends = Array.from({ length: value.length + 1 }, (_, index) => index);
  const longest = operator.length === 2;
  if (operator.startsWith('#')) {
    const end = (longest ? ends.reverse() : ends).find((at) => matchesPattern(pattern, value.slice(0, at)));
    return end === undefined ? value : value.slice(end);
  }
  const start = (longest ? ends : ends.reverse()).find((at) => matchesPattern(pattern, value.slice(at)));
  return start === undefined ? value : value.slice(0, start);
}

/** bash's `{a,b}` and `{1..5}`, in words whose braces are not quoted. */
function expandBraces(word: Word): Word[] {
  for (const [index, part] of word.entries()) {
    if (part.type !== 'literal' || part.quoted) continue;
    const match = /^([^]*?)\{([^{}]*(?:,|\.\.)[^{}]*)\}([^]*)$/.exec(part.text);
    if (match === null) continue;
    const [, before = '', inside = '', after = ''] = match;
    const alternatives = braceAlternatives(inside);
    if (alternatives === undefined) continue;
    return alternatives.flatMap((text) => {
      const middle: WordPart = { type: 'literal', text: before + text + after, quoted: false };
      return expandBraces([...word.slice(0, index), middle, ...word.slice(index + 1)]);
    });
  }
  return [word];
}

function braceAlternatives(inside: string): string[] | undefined {
  const range = /^(-?\d+)\.\.(-?\d+)(?:\.\.(-?\d+))?$/.exec(inside);
  if (range !== null) {
    const [from, to] = [Number(range[1]), Number(range[2])];
    const step = Math.max(1, Math.abs(Number(range[3] ?? 1)));
    const count = Math.min(100_000, Math.floor(Math.abs(to - from) / step) + 1);
    return Array.from({ length: count }, (_, index) => String(from + (to < from ? -index : index) * step));
  }
  const letters = /^([a-zA-Z])\.\.([a-zA-Z])$/.exec(inside);
  if (letters !== null) {
    const [from, to] = [(letters[1] ?? '').charCodeAt(0), (letters[2] ?? '').charCodeAt(0)];
    return Array.from({ length: Math.abs(to - from) + 1 }, (_, index) =>
      String.fromCharCode(from + (to < from ? -index : index)),
    );
  }
  return inside.includes(',') ? inside.split(',') : undefined;
}
