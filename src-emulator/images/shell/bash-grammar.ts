import { Lexer, type Token } from './lexer.ts';
import type { CompoundCommand, Condition, List, Word } from './syntax-tree.ts';

/** What bash's grammar has and POSIX's has not. */

/** `for ((start; test; step))`. */
export function arithmeticLoop(head: string, body: List): CompoundCommand {
  const [start = [], test = [], step = []] = head.split(';').map((part) => Lexer.quotedText(part.trim()));
  return { type: 'arithmetic-for', start, test, step, body, redirects: [] };
}

/** What reading `[[ … ]]` needs of the parser. */
interface TokenStream {
  token(): Token;
  advance(): void;
  /** Reads the regular expression behind `=~`, which is the current token. */
  regex(): Word;
  fail(): never;
}

const BINARY = new Set(['=', '==', '!=', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-nt', '-ot']);

/** Reads up to the closing `]]` and over it. @throws SyntaxFailure */
export function parseCondition(stream: TokenStream): Condition {
  const condition = either(stream);
  if (plainOf(stream) !== ']]') stream.fail();
  stream.advance();
  return condition;
}

function plainOf(stream: TokenStream): string | undefined {
  const token = stream.token();
  return token.type === 'word' ? token.plain : undefined;
}

function isOperator(stream: TokenStream, text: string): boolean {
  const token = stream.token();
  return token.type === 'operator' && token.text === text;
}

function either(stream: TokenStream): Condition {
  let left = both(stream);
  while (isOperator(stream, '||')) {
    stream.advance();
    left = { type: 'or', left, right: both(stream) };
  }
  return left;
}

function both(stream: TokenStream): Condition {
  let left = single(stream);
  while (isOperator(stream, '&&')) {
    stream.advance();
    left = { type: 'and', left, right: single(stream) };
  }
  return left;
}

function takeWord(stream: TokenStream): Word {
  const token = stream.token();
  if (token.type !== 'word' || token.plain === ']]') return stream.fail();
  stream.advance();
  return token.word;
}

function single(stream: TokenStream): Condition {
  while (stream.token().type === 'newline') stream.advance();
  if (plainOf(stream) === '!') {
    stream.advance();
    return { type: 'not', condition: single(stream) };
  }
  if (isOperator(stream, '(')) {
    stream.advance();
    const inner = either(stream);
    if (!isOperator(stream, ')')) stream.fail();
    stream.advance();
    return inner;
  }
  const operator = plainOf(stream);
  if (operator !== undefined && /^-[a-zA-Z]$/.test(operator)) {
    stream.advance();
    return { type: 'unary', operator, operand: takeWord(stream) };
  }
  const left = takeWord(stream);
  const token = stream.token();
  const between = token.type === 'operator' ? token.text : token.type === 'word' ? token.plain : undefined;
  if (between === '=~') return { type: 'binary', operator: between, left, right: stream.regex() };
  if (between === '<' || between === '>' || (between !== undefined && BINARY.has(between))) {
    stream.advance();
    return { type: 'binary', operator: between, left, right: takeWord(stream) };
  }
  return { type: 'word', word: left };
}
