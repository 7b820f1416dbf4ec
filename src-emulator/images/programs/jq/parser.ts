import { type Filter, JqSyntax } from './syntax.ts';

interface Token {
  type: 'number' | 'string' | 'field' | 'name' | 'variable' | 'format' | 'operator' | 'end';
  text: string;
  parts?: (string | Filter)[];
}

const IDENTITY: Filter = { type: 'identity' };
const WORD_OPERATORS = new Set(['and', 'or']);
/** Binary operators, the loosest first. */
const LEVELS: readonly (readonly string[])[] = [
  ['//'],
  ['=', '|=', '+=', '-=', '*=', '/=', '%=', '//='],
  ['or'],
  ['and'],
  ['==', '!=', '<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];

/** @throws JqSyntax */
export function parseJq(text: string): Filter {
  const parser = new Parser(tokenize(text));
  const filter = parser.pipe();
  parser.expectEnd();
  return filter;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const blank = /^(?:\s|#[^\n]*)+/.exec(rest);
    if (blank !== null) {
      at += blank[0].length;
      continue;
    }
    if (rest.startsWith('"')) {
      const { parts, end } = readString(text, at + 1);
      tokens.push({ type: 'string', text: '', parts });
      at = end;
      continue;
    }
    const match =
      /^(?:(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+)|\.([A-Za-z_]\w*)|\$(__loc__|[A-Za-z_]\w*)|(@\w+)|([A-Za-z_]\w*(?:::\w+)*)|(\?\/\/|\/\/=|\.\.|\/\/|[=!<>|+\-*/%]=|[.|,()[\]{}:;?+\-*/%<>=]))/.exec(
        rest,
      );
    if (match === null)
      throw new JqSyntax(`syntax error: unexpected INVALID_CHARACTER at ${rest.slice(0, 10)}`);
    const [whole, number, field, variable, format, name, operator] = match;
    if (number !== undefined) tokens.push({ type: 'number', text: number });
    else if (field !== undefined) tokens.push({ type: 'field', text: field });
    else if (variable !== undefined) tokens.push({ type: 'variable', text: variable });
    else if (format !== undefined) tokens.push({ type: 'format', text: format });
    else if (name !== undefined) tokens.push({ type: 'name', text: name });
    else tokens.push({ type: 'operator', text: operator ?? '' });
    at += whole.length;
  }
  tokens.push({ type: 'end', text: '' });
  return tokens;
}

/** Reads a string after its opening quote, with what is interpolated into it. */
function readString(text: string, start: number): { parts: (string | Filter)[]; end: number } {
  const parts: (string | Filter)[] = [];
  let literal = '';
  for (let at = start; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === '"') {
      parts.push(literal);
      return { parts, end: at + 1 };
    }
    if (char !== '\\') {
      literal += char;
      continue;
    }
    const next = text[++at] ?? '';
    if (next === '(') {
      let depth = 1;
      let end = at + 1;
      for (; depth > 0 && end < text.length; end++) {
        if (text[end] === '(') depth++;
        else if (text[end] === ')') depth--;
        else if (text[end] === '"') end = readString(text, end + 1).end - 1;
      }
      parts.push(literal, parseJq(text.slice(at + 1, end - 1)));
      literal = '';
      at = end - 1;
    } else if (next === 'u') {
      literal += String.fromCharCode(parseInt(text.slice(at + 1, at + 5), 16));
      at += 4;
    } else literal += { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }[next] ?? next;
  }
  throw new JqSyntax('syntax error: unexpected end of file, unterminated string');
}

class Parser {
  readonly #tokens: Token[];
  #at = 0;

  constructor(tokens: Token[]) {
    this.#tokens = tokens;
  }

  get #token(): Token {
    return this.#tokens[this.#at] ?? { type: 'end', text: '' };
  }

  #fail(): never {
    const { type, text } = this.#token;
    throw new JqSyntax(
      type === 'end' ? 'syntax error: unexpected end of file' : `syntax error: unexpected '${text}'`,
    );
  }

  expectEnd(): void {
    if (this.#token.type !== 'end') this.#fail();
  }

  #is(text: string): boolean {
    return (this.#token.type === 'operator' || this.#token.type === 'name') && this.#token.text === text;
  }

  #skip(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#skip(text)) this.#fail();
  }

  #take(type: Token['type']): string {
    if (this.#token.type !== type) this.#fail();
    return this.#tokens[this.#at++]?.text ?? '';
  }

  pipe(): Filter {
    if (this.#skip('def')) {
      const name = this.#take('name');
      const parameters: string[] = [];
      if (this.#skip('(')) {
        do
          parameters.push(
            this.#token.type === 'variable' ? `$${this.#take('variable')}` : this.#take('name'),
          );
        while (this.#skip(';'));
        this.#expect(')');
      }
      this.#expect(':');
      const body = this.pipe();
      this.#expect(';');
      return { type: 'define', name, parameters, body, rest: this.pipe() };
    }
    const left = this.#comma();
    if (this.#skip('as')) {
      const { names, keys } = this.#pattern();
      this.#expect('|');
      return { type: 'bind', source: left, names, keys, body: this.pipe() };
    }
    return this.#skip('|') ? { type: 'pipe', left, right: this.pipe() } : left;
  }

  /** `$x`, `[$a, $b]` or `{a: $x, $b}`. */
  #pattern(): { names: string[]; keys: (string | undefined)[] } {
    if (this.#skip('[')) {
      const names = [this.#take('variable')];
      while (this.#skip(',')) names.push(this.#take('variable'));
      this.#expect(']');
      return { names, keys: names.map((_, index) => String(index)) };
    }
    if (this.#skip('{')) {
      const names: string[] = [];
      const keys: string[] = [];
      do {
        const plain = this.#token.type === 'variable';
        const key = plain ? this.#take('variable') : this.#take('name');
        keys.push(key);
        if (plain) names.push(key);
        else {
          this.#expect(':');
          names.push(this.#take('variable'));
        }
      } while (this.#skip(','));
      this.#expect('}');
      return { names, keys };
    }
    return { names: [this.#take('variable')], keys: [undefined] };
  }

  #comma(): Filter {
    let left = this.#binary(0);
    while (this.#skip(',')) left = { type: 'comma', left, right: this.#binary(0) };
    return left;
  }

  #binary(level: number): Filter {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    const left = this.#binary(level + 1);
    const { type, text } = this.#token;
    if (!operators.includes(text) || (type !== 'operator' && !(type === 'name' && WORD_OPERATORS.has(text))))
      return left;
    // `//` groups to the right, assignments and comparisons do not group, the rest groups to the left.
    if (level === 0) {
      this.#at++;
      return { type: 'binary', operator: text, left, right: this.#binary(0) };
    }
    let result = left;
    for (
      let token = this.#token;
      operators.includes(token.text) && token.type !== 'string';
      token = this.#token
    ) {
      this.#at++;
      result = {
        type: 'binary',
        operator: token.text,
        left: result,
        right: this.#binary(level === 1 ? 0 : level + 1),
      };
      if (level === 1 || level === 4) break;
    }
    return result;
  }

  #unary(): Filter {
    if (this.#skip('-')) return { type: 'negate', body: this.#postfix() };
    if (this.#skip('try')) {
      const body = this.#postfix();
      return { type: 'try', body, handler: this.#skip('catch') ? this.#postfix() : undefined };
    }
    if (this.#skip('reduce') || this.#tokens[this.#at]?.text === 'foreach') return this.#fold();
    if (this.#skip('if')) return this.#if();
    return this.#postfix();
  }

  #fold(): Filter {
    const isReduce = this.#tokens[this.#at - 1]?.text === 'reduce';
    if (!isReduce) this.#at++;
    const source = this.#postfix();
    this.#expect('as');
    const name = this.#take('variable');
    this.#expect('(');
    const start = this.pipe();
    this.#expect(';');
    const update = this.pipe();
    const extract = !isReduce && this.#skip(';') ? this.pipe() : undefined;
    this.#expect(')');
    return isReduce
      ? { type: 'reduce', source, name, start, update }
      : { type: 'foreach', source, name, start, update, extract };
  }

  #if(): Filter {
    const branches: [Filter, Filter][] = [];
    do {
      const test = this.pipe();
      this.#expect('then');
      branches.push([test, this.pipe()]);
    } while (this.#skip('elif'));
    const otherwise = this.#skip('else') ? this.pipe() : undefined;
    this.#expect('end');
    return { type: 'if', branches, otherwise };
  }

  #postfix(): Filter {
    let filter = this.#primary();
    for (;;) {
      if (this.#skip('?')) filter = { type: 'try', body: filter, handler: undefined };
      else if (this.#token.type === 'field')
        filter = { type: 'index', of: filter, key: { type: 'literal', value: this.#take('field') } };
      else if (this.#is('.') && ['string'].includes(this.#tokens[this.#at + 1]?.type ?? '')) {
        this.#at++;
        filter = { type: 'index', of: filter, key: this.#string(undefined) };
      } else if (this.#is('.') && this.#tokens[this.#at + 1]?.text === '[') this.#at++;
      else if (this.#skip('[')) filter = this.#bracket(filter);
      else return filter;
    }
  }

  #bracket(of: Filter): Filter {
    if (this.#skip(']')) return { type: 'iterate', of };
    if (this.#skip(':')) {
      const to = this.pipe();
      this.#expect(']');
      return { type: 'slice', of, from: undefined, to };
    }
    const key = this.pipe();
    if (this.#skip(':')) {
      const to = this.#is(']') ? undefined : this.pipe();
      this.#expect(']');
      return { type: 'slice', of, from: key, to };
    }
    this.#expect(']');
    return { type: 'index', of, key };
  }

  #string(format: string | undefined): Filter {
    const { parts = [] } = this.#token;
    this.#take('string');
    const [only] = parts;
    return parts.length === 1 && typeof only === 'string'
      ? { type: 'literal', value: only }
      : { type: 'string', parts, format };
  }

  #primary(): Filter {
    const { type, text } = this.#token;
    switch (type) {
      case 'number':
        this.#at++;
        return { type: 'literal', value: Number(text) };
      case 'string':
        return this.#string(undefined);
      case 'format':
        this.#at++;
        return this.#token.type === 'string' ? this.#string(text) : { type: 'format', name: text };
      case 'field':
        this.#at++;
        return { type: 'index', of: IDENTITY, key: { type: 'literal', value: text } };
      case 'variable':
        this.#at++;
        return { type: 'variable', name: text };
      case 'name':
        return this.#call();
      default:
        break;
    }
    if (this.#skip('..')) return { type: 'recurse' };
    if (this.#skip('.')) {
      if (this.#token.type === 'string') return { type: 'index', of: IDENTITY, key: this.#string(undefined) };
      return IDENTITY;
    }
    if (this.#skip('(')) {
      const inner = this.pipe();
      this.#expect(')');
      return inner;
    }
    if (this.#skip('[')) {
      if (this.#skip(']')) return { type: 'array', body: undefined };
      const body = this.pipe();
      this.#expect(']');
      return { type: 'array', body };
    }
    if (this.#skip('{')) return this.#object();
    if (this.#skip('-')) return { type: 'negate', body: this.#postfix() };
    return this.#fail();
  }

  #call(): Filter {
    const constants: Record<string, null | boolean> = { null: null, true: true, false: false };
    if (this.#is('if') || this.#is('try') || this.#is('reduce') || this.#is('foreach')) return this.#unary();
    if (this.#is('def')) return this.pipe();
    const name = this.#take('name');
    if (Object.hasOwn(constants, name)) return { type: 'literal', value: constants[name] ?? null };
    const args: Filter[] = [];
    if (this.#skip('(')) {
      do args.push(this.pipe());
      while (this.#skip(';'));
      this.#expect(')');
    }
    return { type: 'call', name, args };
  }

  #object(): Filter {
    const entries: [Filter, Filter][] = [];
    while (!this.#skip('}')) {
      const { type, text } = this.#token;
      let key: Filter;
      let value: Filter | undefined;
      if (type === 'variable') {
        this.#at++;
        key = { type: 'literal', value: text };
        value = { type: 'variable', name: text };
      } else if (type === 'string' || type === 'format') key = this.#primary();
      else if (type === 'name' || type === 'number') {
        this.#at++;
        key = { type: 'literal', value: text };
      } else {
        this.#expect('(');
        key = this.pipe();
        this.#expect(')');
      }
      if (this.#skip(':')) value = this.#objectValue();
      entries.push([key, value ?? { type: 'index', of: IDENTITY, key }]);
      if (!this.#is('}')) this.#expect(',');
    }
    return { type: 'object', entries };
  }

  #objectValue(): Filter {
    let value = this.#binary(0);
    while (this.#skip('|')) value = { type: 'pipe', left: value, right: this.#binary(0) };
    return value;
  }
}
