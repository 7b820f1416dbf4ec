import type { Dialect } from './dialect.ts';
import { SyntaxFailure, type Word, type WordPart } from './syntax-tree.ts';

export type Token =
  | { type: 'word'; word: Word; plain: string | undefined }
  | { type: 'operator'; text: string }
  | { type: 'number'; value: number }
  | { type: 'newline' }
  | { type: 'end' };

const OPERATORS = [
  '&>>', '<<<', '<<-', '&&', '||', ';;', '<<', '>>', '<&', '>&', '<>', '>|', '&>', '|', '&', ';', '<', '>', '(', ')',
]; // prettier-ignore

const SPECIAL_PARAMETERS = '@*#?-$!';

interface HereDocument {
  delimiter: string;
  stripTabs: boolean;
  expand: boolean;
  target: Word;
}

/** Cuts a script into tokens: POSIX shell command language, sections 2.2, 2.3, 2.6 and 2.7.4. */
export class Lexer {
  readonly #text: string;
  readonly #dialect: Dialect;
  #at = 0;
  #hereDocuments: HereDocument[] = [];
  #openHereDocument = false;

  constructor(text: string, dialect: Dialect = 'bash') {
    this.#text = text;
    this.#dialect = dialect;
  }

  /** The line that has been reached, counted from 1. */
  get line(): number {
    let line = 1;
    for (
      let at = this.#text.indexOf('\n');
      at !== -1 && at < this.#at - 1;
      at = this.#text.indexOf('\n', at + 1)
    )
      line++;
    return line;
  }

  /**
   * The expression of `((…))`, when one follows the parenthesis that was just read; undefined, and nothing read, when
   * that opens a subshell.
   */
  arithmeticCommand(): string | undefined {
    if (this.#dialect !== 'bash' || this.#text[this.#at] !== '(') return undefined;
    const start = this.#at;
    const text = this.#balanced();
    if (this.#text[this.#at] === ')') {
      this.#at++;
      return text;
    }
    this.#at = start;
    return undefined;
  }

  /** The regular expression behind `=~`: parentheses and bars in it are its own. */
  nextRegex(): Word {
    this.#skipBlanks();
    let depth = 0;
    return this.#word((char) => {
      if (char === '(') depth++;
      else if (char === ')' && depth > 0) depth--;
      else return /\s/.test(char) && depth === 0;
      return false;
    });
  }

  /** The text ended inside a here-document: an interactive shell asks for the rest. */
  get openHereDocument(): boolean {
    return this.#openHereDocument;
  }

  next(): Token {
    this.#skipBlanks();
    const char = this.#text[this.#at];
    if (char === undefined) {
      if (this.#hereDocuments.length > 0) this.#readHereDocuments();
      return { type: 'end' };
    }
    if (char === '\n') {
      this.#at++;
      this.#readHereDocuments();
      return { type: 'newline' };
    }
    const number = /^\d+(?=[<>])/.exec(this.#text.slice(this.#at, this.#at + 8))?.[0];
    if (number !== undefined) {
      this.#at += number.length;
      return { type: 'number', value: Number(number) };
    }
    if (this.#dialect === 'bash' && this.#text.startsWith('|&', this.#at)) {
      this.#at += 2;
      return { type: 'operator', text: '|&' };
    }
    for (const operator of OPERATORS) {
      if (this.#text.startsWith(operator, this.#at)) {
        this.#at += operator.length;
        return { type: 'operator', text: operator };
      }
    }
    const word = this.#word((next) => /[\s|&;<>()]/.test(next));
    const plain = word.every((part) => part.type === 'literal' && !part.quoted)
      ? word.map((part) => (part.type === 'literal' ? part.text : '')).join('')
      : undefined;
    return { type: 'word', word, plain };
  }

  /** Registers a here-document whose text follows the current line; its words are put into `target` then. */
  expectHereDocument(delimiter: Word, stripTabs: boolean, target: Word): void {
    const expand = delimiter.every((part) => part.type === 'literal' && !part.quoted);
    const text = delimiter.map((part) => (part.type === 'literal' ? part.text : '')).join('');
    this.#hereDocuments.push({ delimiter: text, stripTabs, expand, target });
  }

  #skipBlanks(): void {
    for (;;) {
      const char = this.#text[this.#at];
      if (char === ' ' || char === '\t' || char === '\r') this.#at++;
      else if (char === '\\' && this.#text[this.#at + 1] === '\n') this.#at += 2;
      else if (char === '#') {
        while (this.#at < this.#text.length && this.#text[this.#at] !== '\n') this.#at++;
      } else return;
    }
  }

  #readHereDocuments(): void {
    const documents = this.#hereDocuments;
    this.#hereDocuments = [];
    for (const document of documents) {
      let body = '';
      for (;;) {
        if (this.#at >= this.#text.length) {
          this.#openHereDocument = true;
          break;
        }
        const newline = this.#text.indexOf('\n', this.#at);
        const end = newline === -1 ? this.#text.length : newline;
        let line = this.#text.slice(this.#at, end);
        this.#at = end + 1;
        if (document.stripTabs) line = line.replace(/^\t+/, '');
        if (line === document.delimiter) {
          document.target.push(...hereDocumentParts(body, document.expand));
          body = '';
          break;
        }
        body += `${line}\n`;
      }
      // Shells take the end of the script for the end of the document.
      if (body !== '') document.target.push(...hereDocumentParts(body, document.expand));
    }
  }

  /** Reads parts until `stop` says so for a character that is not quoted, or the text ends. */
  #word(stop: (char: string) => boolean): Word {
    const parts: Word = [];
    let literal = '';
    const flush = (): void => {
      if (literal !== '') parts.push({ type: 'literal', text: literal, quoted: false });
      literal = '';
    };
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined || stop(char)) break;
      if (char === '\\') {
        const next = this.#text[this.#at + 1];
        this.#at += 2;
        if (next === '\n') continue;
        flush();
        parts.push({ type: 'literal', text: next ?? '\\', quoted: true });
      } else if (char === "'") {
        flush();
        parts.push({ type: 'literal', text: this.#singleQuoted(), quoted: true });
      } else if (char === '"') {
        flush();
        this.#at++;
        parts.push(...this.#doubleQuoted('"'));
      } else if (char === '$' || char === '`') {
        const part = this.#dollar(false);
        if (part === undefined) literal += '$';
        else {
          flush();
          parts.push(part);
        }
      } else {
        literal += char;
        this.#at++;
      }
    }
    flush();
    return parts;
  }

  #singleQuoted(): string {
    const end = this.#text.indexOf("'", this.#at + 1);
    if (end === -1) throw new SyntaxFailure('unterminated quoted string', true);
    const text = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    return text;
  }

  /** Reads after the opening quote, up to and with `close`; to the end of the text when `close` is undefined. */
  #doubleQuoted(close: '"' | undefined): Word {
    const parts: Word = [];
    let literal = '';
    const flush = (): void => {
      if (literal !== '') parts.push({ type: 'literal', text: literal, quoted: true });
      literal = '';
    };
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) {
        if (close === undefined) break;
        throw new SyntaxFailure('unterminated quoted string', true);
      }
      if (char === close) {
        this.#at++;
        break;
      }
      if (char === '\\') {
        const next = this.#text[this.#at + 1] ?? '';
        this.#at += 2;
        if (next === '\n') continue;
        literal += '$`\\'.includes(next) || (next === '"' && close === '"') ? next : `\\${next}`;
      } else if (char === '$' || char === '`') {
        const part = this.#dollar(true);
        if (part === undefined) literal += '$';
        else {
          flush();
          parts.push(part);
        }
      } else {
        literal += char;
        this.#at++;
      }
    }
    flush();
    if (parts.length === 0) parts.push({ type: 'literal', text: '', quoted: true });
    return parts;
  }

  /** Reads what starts with `$` or a backquote; undefined when the `$` stands for itself. */
  #dollar(quoted: boolean): WordPart | undefined {
    if (this.#text[this.#at] === '`') return { type: 'command', script: this.#backquoted(), quoted };
    this.#at++;
    const char = this.#text[this.#at] ?? '';
    if (this.#text.startsWith('((', this.#at)) {
      const start = this.#at;
      const text = this.#balanced();
      if (text.startsWith('(') && text.endsWith(')'))
        return {
          type: 'arithmetic',
          expression: new Lexer(text.slice(1, -1)).#doubleQuoted(undefined),
          quoted,
        };
      this.#at = start;
    }
    if (char === '(') return { type: 'command', script: this.#balanced(), quoted };
    if (char === '{') return this.#braced(quoted);
    if (char === "'" && !quoted)
      return { type: 'literal', text: ansiEscapes(this.#singleQuoted()), quoted: true };
    const name = /^([A-Za-z_][A-Za-z0-9_]*|[0-9])/.exec(this.#text.slice(this.#at, this.#at + 256))?.[0];
    if (name !== undefined) {
      this.#at += name.length;
      return { type: 'parameter', name, quoted };
    }
    if (char !== '' && SPECIAL_PARAMETERS.includes(char)) {
      this.#at++;
      return { type: 'parameter', name: char, quoted };
    }
    return undefined;
  }

  #backquoted(): string {
    let script = '';
    this.#at++;
    for (;;) {
      const char = this.#text[this.#at++];
      if (char === undefined) throw new SyntaxFailure('EOF in backquote substitution', true);
      if (char === '`') return script;
      if (char === '\\' && '$`\\'.includes(this.#text[this.#at] ?? ' '))
        script += this.#text[this.#at++] ?? '';
      else script += char;
    }
  }

  /** The text between the parenthesis here and the one that matches it, quotes and nesting minded. */
  #balanced(): string {
    const start = ++this.#at;
    let depth = 1;
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) throw new SyntaxFailure('unexpected end of file (expecting ")")', true);
      if (char === '\\') this.#at += 2;
      else if (char === "'") this.#singleQuoted();
      else if (char === '"') {
        this.#at++;
        this.#doubleQuoted('"');
      } else {
        this.#at++;
        if (char === '(') depth++;
        if (char === ')' && --depth === 0) return this.#text.slice(start, this.#at - 1);
      }
    }
  }

  #braced(quoted: boolean): WordPart {
    const bash = this.#dialect === 'bash';
    const indirect = bash ? /^\{!([A-Za-z_]\w*)\}/.exec(this.#text.slice(this.#at, this.#at + 256)) : null;
    if (indirect !== null) {
      this.#at += indirect[0].length;
      return { type: 'parameter', name: indirect[1] ?? '', operator: '!', quoted };
    }
    const match =
      /^\{(#?)([A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-])(:?[-=?+]|##?|%%?|\/\/?|:|\^\^?|,,?)?/.exec(
        this.#text.slice(this.#at, this.#at + 256),
      );
    const [whole, hash, name = '', operator] = match ?? ['', '', undefined, undefined];
    if (match === null) {
      // `${#}` has no name besides the hash.
      if (this.#text.startsWith('{#}', this.#at)) {
        this.#at += 3;
        return { type: 'parameter', name: '#', quoted };
      }
      throw new SyntaxFailure('bad substitution', !this.#text.includes('}', this.#at));
    }
    if (operator !== undefined && '^^,,'.includes(operator) && !bash)
      throw new SyntaxFailure('bad substitution');
    this.#at += whole.length;
    if (hash === '#' && operator === undefined && this.#text[this.#at] === '}') {
      this.#at++;
      return { type: 'length', name, quoted };
    }
    if (operator === undefined) {
      if (this.#text[this.#at] !== '}')
        throw new SyntaxFailure('bad substitution', this.#at >= this.#text.length);
      this.#at++;
      return { type: 'parameter', name, quoted };
    }
    const argument = this.#word((char) => char === '}');
    if (this.#text[this.#at] !== '}') throw new SyntaxFailure('missing }', true);
    this.#at++;
    return { type: 'parameter', name, operator, argument, quoted };
  }

  /** A whole text read as if it stood between double quotes. */
  static quotedText(text: string): Word {
    return new Lexer(text).#doubleQuoted(undefined);
  }
}

function hereDocumentParts(body: string, expand: boolean): Word {
  return expand ? Lexer.quotedText(body) : [{ type: 'literal', text: body, quoted: true }];
}

/** The escapes of `$'…'`. */
function ansiEscapes(text: string): string {
  const simple: Record<string, string> = {
    n: '\n',
    t: '\t',
    r: '\r',
    e: '\x1b',
    a: '\x07',
    b: '\b',
    '0': '\0',
  };
  return text.replace(/\\(x[0-9a-fA-F]{1,2}|.)/g, (_, escape: string) =>
    escape.length > 1 ? String.fromCharCode(parseInt(escape.slice(1), 16)) : (simple[escape] ?? escape),
  );
}
