import { arithmeticLoop, parseCondition } from './bash-grammar.ts';
import type { Dialect } from './dialect.ts';
import { Lexer, type Token } from './lexer.ts';
import {
  asAssignment,
  type Command,
  type CompoundCommand,
  type List,
  literal,
  type Redirect,
  type RedirectOperator,
  type SimpleCommand,
  SyntaxFailure,
  type Word,
} from './syntax-tree.ts';

const REDIRECTS = new Set(['<', '>', '>>', '>|', '<>', '<&', '>&', '&>', '&>>', '<<', '<<-', '<<<']);

/** Reserved words that end a list. */
const CLOSERS = new Set(['then', 'elif', 'else', 'fi', 'do', 'done', 'esac', '}']);

/** Parses a script command by command, so that what stands before a syntax error still runs. */
export class Parser {
  readonly #lexer: Lexer;
  readonly #dialect: Dialect;
  #token: Token;
  #line = 1;

  /** @throws SyntaxFailure */
  constructor(text: string, dialect: Dialect) {
    this.#dialect = dialect;
    this.#lexer = new Lexer(text, dialect);
    this.#token = this.#lexer.next();
  }

  /** The line on which the command that was read last began, or on which reading it failed. */
  get line(): number {
    return this.#line;
  }

  /** See {@link Lexer.openHereDocument}. */
  get openHereDocument(): boolean {
    return this.#lexer.openHereDocument;
  }

  /** The next complete line of commands, or undefined at the end. @throws SyntaxFailure */
  next(): List | undefined {
    try {
      this.#skipNewlines();
      this.#line = this.#lexer.line;
      return this.#token.type === 'end' ? undefined : this.#completeLine();
    } catch (error) {
      this.#line = this.#lexer.line;
      throw error;
    }
  }

  #completeLine(): List {
    const list: List = { type: 'list', items: [] };
    for (;;) {
      const more = this.#item(list);
      if (!more || this.#isEnd()) break;
    }
    if (!this.#isEnd()) this.#unexpected();
    return list;
  }

  /** At the end of a line or of the script. */
  #isEnd(): boolean {
    return this.#token.type === 'newline' || this.#token.type === 'end';
  }

  #advance(): void {
    this.#token = this.#lexer.next();
  }

  #isOperator(text: string): boolean {
    return this.#token.type === 'operator' && this.#token.text === text;
  }

  #isReserved(word: string): boolean {
    return this.#token.type === 'word' && this.#token.plain === word;
  }

  #skipNewlines(): void {
    while (this.#token.type === 'newline') this.#advance();
  }

  #unexpected(expecting?: string): never {
    const token = this.#token;
    const hint = expecting === undefined ? '' : ` (expecting "${expecting}")`;
    if (token.type === 'end') throw new SyntaxFailure(`unexpected end of file${hint}`, true);
    if (token.type === 'newline') throw new SyntaxFailure(`unexpected newline${hint}`);
    if (token.type === 'operator') throw new SyntaxFailure(`unexpected "${token.text}"${hint}`);
    if (token.type === 'word' && token.plain !== undefined && CLOSERS.has(token.plain))
      throw new SyntaxFailure(`unexpected "${token.plain}"${hint}`);
    if (token.type === 'word' && token.plain === 'in') throw new SyntaxFailure(`unexpected "in"${hint}`);
    throw new SyntaxFailure(`unexpected word${hint}`);
  }

  #expectReserved(word: string): void {
    if (!this.#isReserved(word)) this.#unexpected(word);
    this.#advance();
  }

  /** One and-or list with its separator. Tells whether another may follow on the same line. */
  #item(list: List): boolean {
    const command = this.#andOr();
    const background = this.#isOperator('&');
    list.items.push({ command, background });
    if (!background && !this.#isOperator(';')) return false;
    this.#advance();
    return true;
  }

  /** A list inside a compound command, up to one of its reserved words or a parenthesis. */
  #compoundList(): List {
    const list: List = { type: 'list', items: [] };
    this.#skipNewlines();
    // The caller knows which word is missing.
    if (this.#token.type === 'end') return list;
    for (;;) {
      const more = this.#item(list);
      const newline = this.#token.type === 'newline';
      this.#skipNewlines();
      if (!more && !newline) return list;
      if (this.#atClose()) return list;
    }
  }

  #atClose(): boolean {
    const token = this.#token;
    if (token.type === 'end') return true;
    if (token.type === 'operator') return token.text === ')' || token.text === ';;';
    return token.type === 'word' && token.plain !== undefined && CLOSERS.has(token.plain);
  }

  #andOr(): Command {
    let left = this.#pipeline();
    for (;;) {
      const operator = this.#isOperator('&&') ? '&&' : this.#isOperator('||') ? '||' : undefined;
      if (operator === undefined) return left;
      this.#advance();
      this.#skipNewlines();
      left = { type: 'and-or', operator, left, right: this.#pipeline() };
    }
  }

  #pipeline(): Command {
    let negated = false;
    while (this.#isReserved('!')) {
      negated = !negated;
      this.#advance();
    }
    const commands = [this.#command()];
    while (this.#isOperator('|') || this.#isOperator('|&')) {
      const last = commands.at(-1);
      if (this.#isOperator('|&') && last !== undefined && 'redirects' in last)
        last.redirects.push({ descriptor: 2, operator: '>&', target: [literal('1')] });
      this.#advance();
      this.#skipNewlines();
      commands.push(this.#command());
    }
    const [only] = commands;
    return commands.length === 1 && !negated && only !== undefined
      ? only
      : { type: 'pipeline', negated, commands };
  }

  #command(): Command {
    const token = this.#token;
    if (token.type === 'operator' && token.text === '(') {
      const expression = this.#lexer.arithmeticCommand();
      this.#advance();
      if (expression !== undefined)
        return this.#withRedirects({
          type: 'arithmetic',
          expression: Lexer.quotedText(expression),
          redirects: [],
        });
      const body = this.#compoundList();
      if (!this.#isOperator(')')) this.#unexpected(')');
      this.#advance();
      return this.#withRedirects({ type: 'subshell', body, redirects: [] });
    }
    if (token.type === 'word' && token.plain !== undefined) {
      switch (token.plain) {
        case 'if':
          return this.#if();
        case 'for':
          return this.#for();
        case 'while':
        case 'until':
          return this.#while(token.plain === 'until');
        case 'case':
          return this.#case();
        case '{': {
          this.#advance();
          const body = this.#compoundList();
          this.#expectReserved('}');
          return this.#withRedirects({ type: 'group', body, redirects: [] });
        }
        case '[[':
          if (this.#dialect !== 'bash') break;
          return this.#test();
        case 'function':
          return this.#functionKeyword();
        default:
          if (CLOSERS.has(token.plain)) this.#unexpected();
      }
    }
    return this.#simple();
  }

  #withRedirects(command: CompoundCommand): Command {
    for (let redirect = this.#redirect(); redirect !== undefined; redirect = this.#redirect())
      command.redirects.push(redirect);
    return command;
  }

  #if(): Command {
    const branches: { condition: List; body: List }[] = [];
    let otherwise: List | undefined;
    do {
      this.#advance();
      const condition = this.#compoundList();
      this.#expectReserved('then');
      branches.push({ condition, body: this.#compoundList() });
    } while (this.#isReserved('elif'));
    if (this.#isReserved('else')) {
      this.#advance();
      otherwise = this.#compoundList();
    }
    this.#expectReserved('fi');
    return this.#withRedirects({ type: 'if', branches, otherwise, redirects: [] });
  }

  #test(): Command {
    this.#advance();
    const condition = parseCondition({
      token: () => this.#token,
      advance: () => this.#advance(),
      regex: () => {
        const word = this.#lexer.nextRegex();
        this.#advance();
        return word;
      },
      fail: () => this.#unexpected(),
    });
    return this.#withRedirects({ type: 'test', condition, redirects: [] });
  }

  #for(): Command {
    this.#advance();
    const head = this.#isOperator('(') ? this.#lexer.arithmeticCommand() : undefined;
    if (head !== undefined) {
      this.#advance();
      if (this.#isOperator(';')) this.#advance();
      return this.#withRedirects(arithmeticLoop(head, this.#doGroup()));
    }
    const name = this.#token.type === 'word' ? this.#token.plain : undefined;
    if (name === undefined || !/^[A-Za-z_]\w*$/.test(name)) throw new SyntaxFailure('bad for loop variable');
    this.#advance();
    this.#skipNewlines();
    let words: Word[] | undefined;
    if (this.#isReserved('in')) {
      this.#advance();
      words = [];
      while (this.#token.type === 'word') {
        words.push(this.#token.word);
        this.#advance();
      }
      if (!this.#isOperator(';') && this.#token.type !== 'newline') this.#unexpected();
      this.#advance();
    } else if (this.#isOperator(';')) this.#advance();
    return this.#withRedirects({ type: 'for', name, words, body: this.#doGroup(), redirects: [] });
  }

  #while(until: boolean): Command {
    this.#advance();
    const condition = this.#compoundList();
    return this.#withRedirects({ type: 'while', until, condition, body: this.#doGroup(), redirects: [] });
  }

  #doGroup(): List {
    this.#skipNewlines();
    this.#expectReserved('do');
    const body = this.#compoundList();
    this.#expectReserved('done');
    return body;
  }

  /** The word that must stand here. */
  #takeWord(): Word {
    const token = this.#token;
    if (token.type !== 'word') this.#unexpected();
    this.#advance();
    return token.word;
  }

  #case(): Command {
    this.#advance();
    const subject = this.#takeWord();
    this.#skipNewlines();
    this.#expectReserved('in');
    this.#skipNewlines();
    const items: { patterns: Word[]; body: List }[] = [];
    while (!this.#isReserved('esac')) {
      if (this.#isOperator('(')) this.#advance();
      const patterns: Word[] = [];
      for (;;) {
        patterns.push(this.#takeWord());
        if (!this.#isOperator('|')) break;
        this.#advance();
      }
      if (!this.#isOperator(')')) this.#unexpected(')');
      this.#advance();
      this.#skipNewlines();
      const empty = this.#isOperator(';;') || this.#isReserved('esac');
      items.push({ patterns, body: empty ? { type: 'list', items: [] } : this.#compoundList() });
      if (!this.#isOperator(';;')) break;
      this.#advance();
      this.#skipNewlines();
    }
    this.#expectReserved('esac');
    return this.#withRedirects({ type: 'case', subject, items, redirects: [] });
  }

  #functionKeyword(): Command {
    this.#advance();
    const name = this.#token.type === 'word' ? this.#token.plain : undefined;
    if (name === undefined) this.#unexpected();
    this.#advance();
    if (this.#isOperator('(')) {
      this.#advance();
      if (!this.#isOperator(')')) this.#unexpected(')');
      this.#advance();
    }
    this.#skipNewlines();
    return { type: 'function', name, body: this.#command() };
  }

  #simple(): Command {
    const command: SimpleCommand = { type: 'simple', assignments: [], words: [], redirects: [] };
    for (;;) {
      const redirect = this.#redirect();
      if (redirect !== undefined) {
        command.redirects.push(redirect);
        continue;
      }
      const token = this.#token;
      if (token.type === 'operator' && token.text === '(' && command.words.length === 1) {
        const [first] = command.words[0] ?? [];
        if (first?.type !== 'literal' || first.quoted || command.assignments.length > 0) this.#unexpected();
        this.#advance();
        if (!this.#isOperator(')')) this.#unexpected(')');
        this.#advance();
        this.#skipNewlines();
        return { type: 'function', name: first.text, body: this.#command() };
      }
      if (token.type !== 'word') break;
      const assignment = command.words.length === 0 ? asAssignment(token.word) : undefined;
      if (assignment === undefined) command.words.push(token.word);
      else command.assignments.push(assignment);
      this.#advance();
    }
    if (command.words.length === 0 && command.assignments.length === 0 && command.redirects.length === 0)
      this.#unexpected();
    return command;
  }

  #redirect(): Redirect | undefined {
    const token = this.#token;
    let descriptor: number | undefined;
    if (token.type === 'number') {
      descriptor = token.value;
      this.#advance();
    } else if (token.type !== 'operator' || !REDIRECTS.has(token.text)) return undefined;
    const operator = this.#token.type === 'operator' ? this.#token.text : '';
    this.#advance();
    const after = this.#token;
    if (after.type === 'number') {
      // `2>&1>file`: the number belongs to the redirection before it.
      this.#advance();
      return { descriptor, operator: operator as RedirectOperator, target: [literal(String(after.value))] };
    }
    if (after.type !== 'word') this.#unexpected();
    if (operator === '<<' || operator === '<<-') {
      const target: Word = [];
      this.#lexer.expectHereDocument(after.word, operator === '<<-', target);
      this.#advance();
      return { descriptor, operator: '<<', target };
    }
    this.#advance();
    return { descriptor, operator: operator as RedirectOperator, target: after.word };
  }
}
