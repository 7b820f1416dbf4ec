import type { ByteSource } from '../../../streams.ts';
import { readAll } from '../../pipe.ts';
import { FileError, type ProcessContext } from '../../types.ts';
import { lines, openInput } from '../support.ts';
import type { Regexes } from './regexes.ts';
import { strnum } from './values.ts';
import type { Variables } from './variables.ts';

/** What a program reads: the records of its operands, and the files that getline names. */
export class Input {
  readonly #context: ProcessContext;
  readonly #variables: Variables;
  readonly #regexes: Regexes;
  readonly #unreadable: () => void;
  readonly #files = new Map<string, AsyncGenerator<string, void>>();
  #records: AsyncGenerator<string, void> | undefined;

  /** @param unreadable is told of each operand that cannot be opened, after standard error was */
  constructor(context: ProcessContext, variables: Variables, regexes: Regexes, unreadable: () => void) {
    this.#context = context;
    this.#variables = variables;
    this.#regexes = regexes;
    this.#unreadable = unreadable;
  }

  /** Begins with the operands, or with standard input when they name no file. */
  start(operands: readonly string[]): void {
    this.#records = this.#read(operands);
  }

  /** Makes the next record the current one. False at the end, and before the start. */
  async next(): Promise<boolean> {
    const next = await this.#records?.next();
    if (next === undefined || next.done === true) return false;
    this.#variables.setNextRecord(next.value);
    return true;
  }

  /** The next line of a file that getline reads; undefined at its end. @throws FileError */
  async lineOf(name: string): Promise<string | undefined> {
    let source = this.#files.get(name);
    if (source === undefined) this.#files.set(name, (source = lines(openInput(this.#context, name))));
    const next = await source.next();
    return next.done === true ? undefined : next.value;
  }

  /** The file is read from its start the next time. Tells whether it was open. */
  close(name: string): boolean {
    return this.#files.delete(name);
  }

  /** `name=value` among the operands sets a variable on the way. */
  async *#read(operands: readonly string[]): AsyncGenerator<string, void> {
    let read = false;
    for (const operand of operands) {
      const assignment = /^([A-Za-z_]\w*)=([^]*)$/.exec(operand);
      if (assignment !== null) {
        this.#variables.setGlobal(assignment[1] ?? '', strnum(assignment[2] ?? ''));
        continue;
      }
      read = true;
      this.#variables.setGlobal('FILENAME', operand);
      this.#variables.setGlobal('FNR', 0);
      let source;
      try {
        source = openInput(this.#context, operand);
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        await this.#context.stderr.write(`awk: ${operand}: ${error.message}\n`);
        this.#unreadable();
        continue;
      }
      yield* this.#split(source);
    }
    if (!read) yield* this.#split(this.#context.stdin);
  }

  /** Records as RS says: lines, paragraphs when it is empty, else what stands between its matches. */
  async *#split(source: ByteSource): AsyncGenerator<string, void> {
    const separator = this.#variables.text('RS');
    if (separator === '\n') {
      yield* lines(source);
      return;
    }
    const text = new TextDecoder().decode(await readAll(source));
    const parts =
      separator === '' ? text.trim().split(/\n{2,}/) : text.replace(/\n$/, '').split(separator.length === 1 ? separator : this.#regexes.of(separator)); // prettier-ignore
    for (const part of parts) if (part !== '' || separator !== '') yield part;
  }
}
