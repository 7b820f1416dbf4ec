import { unescape } from '../../shell/format.ts';
import { UsageFailure } from '../support.ts';
import {
  type AwkProgram,
  type Expression,
  type Rule,
  type Statement,
  type Target,
  type Token,
  tokenize,
} from './syntax.ts';

/** Reads an awk program. @throws UsageFailure */
export function parseAwk(text: string): AwkProgram {
  return new Parser(tokenize(text)).program();
}

const ASSIGNMENTS = new Set(['=', '+=', '-=', '*=', '/=', '%=', '^=']);
const COMPARISONS = new Set(['<', '<=', '==', '!=', '>', '>=']);

function isTarget(expression: Expression): expression is Target {
  return expression.type === 'variable' || expression.type === 'element' || expression.type === 'field';
}

class Parser {
  readonly #tokens: Token[];
  #at = 0;
  /** In the list of a print statement `>` redirects. */
  #noGreater = false;

  constructor(tokens: Token[]) {
    this.#tokens = tokens;
  }

  get #token(): Token {
    return this.#tokens[this.#at] ?? { type: 'end', text: '' };
  }

  program(): AwkProgram {
    const program: AwkProgram = { rules: [], functions: new Map() };
    this.#skipEnds();
    while (this.#token.type !== 'end') {
      if (this.#skipKeyword('function') || this.#skipKeyword('func')) {
        const name = this.#take(['name', 'function-name']);
        this.#expect('(');
        const parameters: string[] = [];
        while (!this.#skip(')')) {
          parameters.push(this.#take(['name']));
          this.#skip(',');
        }
        this.#skipNewlines();
        program.functions.set(name, { parameters, body: this.#block() });
      } else program.rules.push(this.#rule());
      this.#skipEnds();
    }
    return program;
  }

  #rule(): Rule {
    let pattern: Rule['pattern'];
    if (this.#skipKeyword('BEGIN')) pattern = 'BEGIN';
    else if (this.#skipKeyword('END')) pattern = 'END';
    else if (!this.#is('{')) {
      const first = this.#expression();
      pattern = this.#skip(',') ? [first, this.#expression()] : first;
    }
    return { pattern, body: this.#is('{') ? this.#block() : undefined };
  }

  #fail(): never {
    const { type, text } = this.#token;
    throw new UsageFailure(
      `cmd. line:1: syntax error at ${type === 'end' ? 'the end' : text === '\n' ? 'the end of the line' : text}`,
      2,
    );
  }

  #is(text: string): boolean {
    return this.#token.type === 'operator' && this.#token.text === text;
  }

  #skip(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#skip(text)) this.#fail();
  }

  #skipKeyword(text: string): boolean {
    if (this.#token.type !== 'keyword' || this.#token.text !== text) return false;
    this.#at++;
    return true;
  }

  #take(types: Token['type'][]): string {
    if (!types.includes(this.#token.type)) this.#fail();
    return this.#tokens[this.#at++]?.text ?? '';
  }

  #skipNewlines(): void {
    while (this.#token.type === 'newline') this.#at++;
  }

  #skipEnds(): void {
    while (this.#token.type === 'newline' || this.#is(';')) this.#at++;
  }

  #block(): Statement {
    this.#expect('{');
    const statements: Statement[] = [];
    this.#skipEnds();
    while (!this.#skip('}')) {
      statements.push(this.#statement());
      this.#skipEnds();
    }
    return { type: 'block', statements };
  }

  /** The body of a loop or condition: newlines may stand before it. */
  #body(): Statement {
    this.#skipNewlines();
    if (this.#skip(';')) return { type: 'block', statements: [] };
    return this.#statement();
  }

  #statement(): Statement {
    if (this.#is('{')) return this.#block();
    if (this.#token.type !== 'keyword') return this.#simple();
    const { text } = this.#token;
    switch (text) {
      case 'if': {
        const test = this.#condition();
        const then = this.#body();
        const before = this.#at;
        this.#skipEnds();
        if (this.#skipKeyword('else')) return { type: 'if', test, then, otherwise: this.#body() };
        this.#at = before;
        return { type: 'if', test, then, otherwise: undefined };
      }
      case 'while':
        return { type: 'while', test: this.#condition(), body: this.#body() };
      case 'do': {
        this.#at++;
        const body = this.#body();
        this.#skipEnds();
        if (this.#token.text !== 'while') this.#fail();
        return { type: 'do', test: this.#condition(), body };
      }
      case 'for':
        return this.#for();
      default:
        return this.#simple();
    }
  }

  #condition(): Expression {
    this.#at++;
    this.#expect('(');
    const test = this.#expression();
    this.#expect(')');
    return test;
  }

  #for(): Statement {
    this.#at++;
    this.#expect('(');
    const [name, keyword, array, close] = this.#tokens.slice(this.#at, this.#at + 4);
    if (name?.type === 'name' && keyword?.text === 'in' && array?.type === 'name' && close?.text === ')') {
      this.#at += 4;
      return { type: 'for-in', variable: name.text, array: array.text, body: this.#body() };
    }
    const start = this.#is(';') ? undefined : this.#simple();
    this.#expect(';');
    this.#skipNewlines();
    const test = this.#is(';') ? undefined : this.#expression();
    this.#expect(';');
    this.#skipNewlines();
    const step = this.#is(')') ? undefined : this.#simple();
    this.#expect(')');
    return { type: 'for', start, test, step, body: this.#body() };
  }

  #atEnd(): boolean {
    const { type } = this.#token;
    return type === 'newline' || type === 'end' || this.#is(';') || this.#is('}');
  }

  #simple(): Statement {
    if (this.#token.type === 'keyword') {
      const { text } = this.#token;
      if (text === 'next' || text === 'break' || text === 'continue') {
        this.#at++;
        return { type: text };
      }
      if (text === 'exit' || text === 'return') {
        this.#at++;
        return { type: text, value: this.#atEnd() ? undefined : this.#expression() };
      }
      if (text === 'delete') {
        this.#at++;
        const array = this.#take(['name']);
        if (!this.#skip('[')) return { type: 'delete', array, keys: undefined };
        const keys = this.#list(']');
        return { type: 'delete', array, keys };
      }
      if (text === 'print' || text === 'printf') return this.#print(text);
    }
    return { type: 'expression', value: this.#expression() };
  }

  #print(type: 'print' | 'printf'): Statement {
    this.#at++;
    const outer = this.#noGreater;
    this.#noGreater = true;
    let values: Expression[] = [];
    if (!this.#atEnd() && !this.#is('>') && !this.#is('>>') && !this.#is('|')) {
      values.push(this.#expression());
      while (this.#skip(',')) {
        this.#skipNewlines();
        values.push(this.#expression());
      }
    }
    // `print(a, b)` is a list, not one value.
    const [only] = values;
    if (values.length === 1 && only?.type === 'group') values = only.values;
    let to: Extract<Statement, { type: 'print' | 'printf' }>['to'];
    for (const operator of ['>>', '>', '|'] as const) {
      if (to === undefined && this.#skip(operator)) to = { operator, target: this.#concatenation() };
    }
    this.#noGreater = outer;
    return { type, values, to };
  }

  #list(close: string): Expression[] {
    const outer = this.#noGreater;
    this.#noGreater = false;
    const values: Expression[] = [];
    this.#skipNewlines();
    while (!this.#skip(close)) {
      values.push(this.#expression());
      this.#skipNewlines();
      if (!this.#is(close)) this.#expect(',');
      this.#skipNewlines();
    }
    this.#noGreater = outer;
    return values;
  }

  #expression(): Expression {
    const left = this.#conditional();
    const { type, text } = this.#token;
    if (type !== 'operator' || !ASSIGNMENTS.has(text) || !isTarget(left)) return left;
    this.#at++;
    this.#skipNewlines();
    return { type: 'assign', operator: text, target: left, value: this.#expression() };
  }

  #conditional(): Expression {
    const test = this.#binary(0);
    if (!this.#skip('?')) return test;
    this.#skipNewlines();
    const then = this.#expression();
    this.#skipNewlines();
    this.#expect(':');
    this.#skipNewlines();
    return { type: 'conditional', test, then, otherwise: this.#expression() };
  }

  /** `||`, `&&`, `in`, `~`, comparison: the loosest first. */
  #binary(level: 0 | 1 | 2 | 3 | 4): Expression {
    const next = (): Expression =>
      level === 4 ? this.#concatenation() : this.#binary((level + 1) as 1 | 2 | 3 | 4);
    let left = next();
    for (;;) {
      const { text } = this.#token;
      if (level === 2 && text === 'in' && this.#token.type === 'keyword') {
        this.#at++;
        left = {
          type: 'in',
          keys: left.type === 'group' ? left.values : [left],
          array: this.#take(['name']),
        };
        continue;
      }
      const fits =
        this.#token.type === 'operator' &&
        [text === '||', text === '&&', false, text === '~' || text === '!~', COMPARISONS.has(text)][level];
      if (fits !== true || (text === '>' && this.#noGreater)) return left;
      this.#at++;
      this.#skipNewlines();
      left = { type: 'binary', operator: text, left, right: next() };
    }
  }

  #concatenation(): Expression {
    let left = this.#additive();
    for (;;) {
      const { type, text } = this.#token;
      const starts =
        ['number', 'string', 'name', 'function-name', 'regex'].includes(type) ||
        (type === 'operator' && ['$', '!', '(', '-', '+', '++', '--'].includes(text));
      if (!starts || (type === 'operator' && text === '!')) return left;
      left = { type: 'binary', operator: ' ', left, right: this.#additive() };
    }
  }

  #additive(): Expression {
    let left = this.#multiplicative();
    while (this.#is('+') || this.#is('-')) {
      const operator = this.#take(['operator']);
      left = { type: 'binary', operator, left, right: this.#multiplicative() };
    }
    return left;
  }

  #multiplicative(): Expression {
    let left = this.#unary();
    while (this.#is('*') || this.#is('/') || this.#is('%')) {
      const operator = this.#take(['operator']);
      left = { type: 'binary', operator, left, right: this.#unary() };
    }
    return left;
  }

  #unary(): Expression {
    for (const operator of ['!', '-', '+']) {
      if (this.#skip(operator)) return { type: 'unary', operator, value: this.#unary() };
    }
    const base = this.#postfix();
    return this.#skip('^') ? { type: 'binary', operator: '^', left: base, right: this.#unary() } : base;
  }

  #postfix(): Expression {
    const value = this.#primary();
    if (!isTarget(value)) return value;
    if (this.#skip('++')) return { type: 'step', by: 1, prefix: false, target: value };
    if (this.#skip('--')) return { type: 'step', by: -1, prefix: false, target: value };
    return value;
  }

  #primary(): Expression {
    const { type, text } = this.#token;
    switch (type) {
      case 'number':
        this.#at++;
        return { type: 'number', value: Number(text) };
      case 'string':
        this.#at++;
        return { type: 'string', value: unescape(text.replaceAll('\\"', '"').replaceAll('\\/', '/')) };
      case 'regex':
        this.#at++;
        return { type: 'regex', source: text };
      case 'name':
        this.#at++;
        if (this.#skip('[')) return { type: 'element', name: text, keys: this.#list(']') };
        if (text === 'length') return { type: 'call', name: text, args: [] };
        return { type: 'variable', name: text };
      case 'function-name':
        this.#at++;
        this.#expect('(');
        return { type: 'call', name: text, args: this.#list(')') };
      case 'keyword':
        if (!this.#skipKeyword('getline')) return this.#fail();
        return this.#getline();
      default:
        break;
    }
    if (this.#skip('$')) {
      for (const by of [1, -1] as const)
        if (this.#skip(by === 1 ? '++' : '--')) {
          const target = this.#primary();
          if (!isTarget(target)) this.#fail();
          return { type: 'field', index: { type: 'step', by, prefix: true, target } };
        }
      return { type: 'field', index: this.#primary() };
    }
    for (const by of [1, -1] as const) {
      if (!this.#skip(by === 1 ? '++' : '--')) continue;
      const target = this.#primary();
      if (!isTarget(target)) this.#fail();
      return { type: 'step', by, prefix: true, target };
    }
    if (this.#skip('-')) return { type: 'unary', operator: '-', value: this.#primary() };
    this.#expect('(');
    const values = this.#list(')');
    return { type: 'group', values };
  }

  #getline(): Expression {
    const { type } = this.#token;
    const target = type === 'name' || this.#is('$') ? this.#primary() : undefined;
    const file = this.#skip('<') ? this.#primary() : undefined;
    return { type: 'getline', target: target !== undefined && isTarget(target) ? target : undefined, file };
  }
}
