import { isWide } from '../character-width.ts';
import type { ContainerContext } from '../process.ts';

const BELL = '\x07';

/** How a line ended. */
export type EditedLine = { type: 'line'; text: string } | { type: 'interrupt' } | { type: 'end' };

export interface LineEditorOptions {
  /** Lines entered before, oldest first. */
  history: readonly string[];
  /** What could stand in place of the word that ends at the cursor. */
  complete(line: string): { start: number; candidates: string[] };
}

/** Reads lines from a raw terminal with the usual keys (readline(3)'s Emacs mode, as busybox has it too). */
export class LineEditor {
  readonly #context: ContainerContext;
  readonly #options: LineEditorOptions;
  #prompt = '';
  #line: string[] = [];
  #cursor = 0;
  #historyAt = 0;
  #draft = '';
  #killed = '';
  /** The key before was Tab and left several ways to go on: the next one lists them. */
  #listsNext = false;
  /** Rows below the first one that the cursor is on, when the line is longer than the terminal is wide. */
  #cursorRow = 0;

  constructor(context: ContainerContext, options: LineEditorOptions) {
    this.#context = context;
    this.#options = options;
  }

  async read(prompt: string): Promise<EditedLine> {
    this.#prompt = prompt;
    this.#line = [];
    this.#cursor = 0;
    this.#cursorRow = 0;
    this.#historyAt = this.#options.history.length;
    this.#draft = '';
    await this.#write(prompt);
    const decoder = new TextDecoder();
    const terminal = this.#context.terminal;
    let pending = '';
    for (;;) {
      const chunk = await this.#context.stdin.read();
      if (chunk === undefined) return { type: 'end' };
      pending += decoder.decode(chunk, { stream: true });
      for (;;) {
        const match = /^(?:\x1b(?:\[[0-9;]*[A-Za-z~]|O[A-Za-z]|[^[O])|[^\x1b])/u.exec(pending);
        if (match === null) break;
        const [key] = match;
        pending = pending.slice(key.length);
        const result = await this.#key(key, terminal?.size.columns ?? 80);
        if (result === undefined) continue;
        // What was typed ahead belongs to whoever reads next.
        if (pending !== '') this.#context.stdin.shared.unread(new TextEncoder().encode(pending));
        return result;
      }
    }
  }

  async #key(key: string, columns: number): Promise<EditedLine | undefined> {
    const lists = this.#listsNext;
    this.#listsNext = false;
    switch (key) {
      case '\r':
      case '\n':
        await this.#moveToEnd(columns);
        await this.#write('\n');
        return { type: 'line', text: this.#line.join('') };
      case '\x03':
        await this.#moveToEnd(columns);
        await this.#write('^C\n');
        return { type: 'interrupt' };
      case '\x04':
        if (this.#line.length === 0) return { type: 'end' };
        this.#remove(this.#cursor, this.#cursor + 1);
        break;
      case '\x7f':
      case '\b':
        if (this.#cursor > 0) this.#remove(this.#cursor - 1, this.#cursor);
        break;
      case '\x1b[3~':
        this.#remove(this.#cursor, this.#cursor + 1);
        break;
      case '\x1b[D':
      case '\x1bOD':
      case '\x02':
        this.#cursor = Math.max(0, this.#cursor - 1);
        break;
      case '\x1b[C':
      case '\x1bOC':
      case '\x06':
        this.#cursor = Math.min(this.#line.length, this.#cursor + 1);
        break;
      case '\x1b[H':
      case '\x1bOH':
      case '\x1b[1~':
      case '\x01':
        this.#cursor = 0;
        break;
      case '\x1b[F':
      case '\x1bOF':
      case '\x1b[4~':
      case '\x05':
        this.#cursor = this.#line.length;
        break;
      case '\x1b[1;5D':
      case '\x1bb':
        this.#cursor = this.#wordStart();
        break;
      case '\x1b[1;5C':
      case '\x1bf':
        this.#cursor = this.#wordEnd();
        break;
      case '\x1b[A':
      case '\x1bOA':
      case '\x10':
        this.#recall(this.#historyAt - 1);
        break;
      case '\x1b[B':
      case '\x1bOB':
      case '\x0e':
        this.#recall(this.#historyAt + 1);
        break;
      case '\x15':
        this.#kill(0, this.#cursor);
        break;
      case '\x0b':
        this.#kill(this.#cursor, this.#line.length);
        break;
      case '\x17':
        this.#kill(this.#wordStart(), this.#cursor);
        break;
      case '\x19':
        this.#insert(this.#killed);
        break;
      case '\x0c':
        this.#cursorRow = 0;
        await this.#write('\x1b[H\x1b[2J');
        break;
      case '\t':
        await this.#complete(columns, lists);
        break;
      default:
        if (key < ' ' || key.startsWith('\x1b')) return undefined;
        // The common case, typing at the end, needs no redrawing.
        if (this.#cursor === this.#line.length && this.#width() % columns < columns - 2 && !isWide(key)) {
          this.#insert(key);
          await this.#write(key);
          this.#cursorRow = Math.floor(this.#width() / columns);
          return undefined;
        }
        this.#insert(key);
    }
    await this.#redraw(columns);
    return undefined;
  }

  #insert(text: string): void {
    const characters = Array.from(text);
    this.#line.splice(this.#cursor, 0, ...characters);
    this.#cursor += characters.length;
  }

  #remove(from: number, to: number): void {
    this.#line.splice(from, to - from);
    this.#cursor = from;
  }

  #kill(from: number, to: number): void {
    this.#killed = this.#line.slice(from, to).join('');
    this.#remove(from, to);
  }

  #wordStart(): number {
    let at = this.#cursor;
    while (at > 0 && this.#line[at - 1] === ' ') at--;
    while (at > 0 && this.#line[at - 1] !== ' ') at--;
    return at;
  }

  #wordEnd(): number {
    let at = this.#cursor;
    while (at < this.#line.length && this.#line[at] === ' ') at++;
    while (at < this.#line.length && this.#line[at] !== ' ') at++;
    return at;
  }

  #recall(index: number): void {
    const { history } = this.#options;
    if (index < 0 || index > history.length) return;
    if (this.#historyAt === history.length) this.#draft = this.#line.join('');
    this.#historyAt = index;
    this.#line = Array.from(history[index] ?? this.#draft);
    this.#cursor = this.#line.length;
  }

  /** @param lists whether to list what there is when the word could go on in several ways. */
  async #complete(columns: number, lists: boolean): Promise<void> {
    const before = this.#line.slice(0, this.#cursor).join('');
    const { start, candidates } = this.#options.complete(before);
    const [first] = candidates;
    if (first === undefined) {
      await this.#write(BELL);
      return;
    }
    let common = first;
    for (const candidate of candidates) {
      while (!candidate.startsWith(common)) common = common.slice(0, -1);
    }
    const typed = before.slice(start);
    if (candidates.length > 1 && common === typed) {
      if (!lists) {
        this.#listsNext = true;
        await this.#write(BELL);
        return;
      }
      const names = candidates.map((candidate) => /[^/]*\/?$/.exec(candidate)?.[0] ?? candidate);
      const width = Math.max(...names.map((name) => name.length)) + 2;
      const perRow = Math.max(1, Math.floor(columns / width));
      let text = '';
      names.forEach((name, index) => {
        text += (index + 1) % perRow === 0 || index === names.length - 1 ? `${name}\n` : name.padEnd(width);
      });
      await this.#moveToEnd(columns);
      await this.#write(`\n${text}`);
      this.#cursorRow = 0;
      return;
    }
    const ending = candidates.length === 1 && !common.endsWith('/') ? ' ' : '';
    this.#insert(common.slice(typed.length) + ending);
  }

  #width(upTo = this.#line.length): number {
    let width = this.#prompt.replace(/\x1b\[[0-9;]*m/g, '').length;
    for (const character of this.#line.slice(0, upTo)) width += isWide(character) ? 2 : 1;
    return width;
  }

  async #moveToEnd(columns: number): Promise<void> {
    if (this.#cursor === this.#line.length) return;
    this.#cursor = this.#line.length;
    await this.#redraw(columns);
  }

  /** Draws prompt and line anew from the row that the prompt is on, and puts the cursor where it belongs. */
  async #redraw(columns: number): Promise<void> {
    const up = this.#cursorRow > 0 ? `\x1b[${this.#cursorRow}A` : '';
    const total = this.#width();
    const at = this.#width(this.#cursor);
    // At the right margin a terminal waits with wrapping: a space and a return bring the cursor to the next row.
    const wrap = total > 0 && total % columns === 0 ? ' \r' : '';
    const rowsUp = Math.floor(total / columns) - Math.floor(at / columns);
    const column = at % columns;
    await this.#write(
      `${up}\r\x1b[J${this.#prompt}${this.#line.join('')}${wrap}` +
        (at === total
          ? ''
          : `${rowsUp > 0 ? `\x1b[${rowsUp}A` : ''}\r${column > 0 ? `\x1b[${column}C` : ''}`),
    );
    this.#cursorRow = Math.floor(at / columns);
  }

  async #write(text: string): Promise<void> {
    await this.#context.stdout.write(text);
  }
}
