import { UsageFailure } from '../support.ts';
import type { Regexes } from './regexes.ts';
import { strnum, toNumber, toText, type Value } from './values.ts';

/** What a name stands for: a value or an array. */
export type Cell = Value | Map<string, Value>;

/** What POSIX awk's variables are before anything is read or assigned. */
const INITIAL: Readonly<Record<string, Value>> = {
  FS: ' ',
  OFS: ' ',
  ORS: '\n',
  RS: '\n',
  SUBSEP: '\x1c',
  CONVFMT: '%.6g',
  OFMT: '%.6g',
  NR: 0,
  FNR: 0,
  NF: 0,
  RSTART: 0,
  RLENGTH: -1,
  FILENAME: '',
};

/** The variables of a running program, and the record with its fields: NF, FS and OFS tie the two together. */
export class Variables {
  readonly #globals = new Map<string, Cell>(Object.entries(INITIAL));
  readonly #regexes: Regexes;
  /** Parameters of the function that is running. */
  #frame: Map<string, Cell> | undefined;
  #record = '';
  #fields: string[] | undefined = [];

  /** @param assigned what the command line sets before the program starts */
  constructor(
    regexes: Regexes,
    env: Readonly<Record<string, string>>,
    assigned: readonly (readonly [string, string])[],
  ) {
    this.#regexes = regexes;
    const environ = new Map<string, Value>(Object.entries(env).map(([name, value]) => [name, strnum(value)]));
    this.#globals.set('ENVIRON', environ);
    for (const [name, value] of assigned) this.setGlobal(name, strnum(value));
  }

  /** `$0`. */
  get record(): string {
    return this.#record;
  }

  setRecord(text: string): void {
    this.#record = text;
    this.#fields = undefined;
  }

  /** A record of the input, which NR and FNR count. */
  setNextRecord(text: string): void {
    this.setRecord(text);
    for (const name of ['NR', 'FNR']) this.setGlobal(name, toNumber(this.#globals.get(name) as Value) + 1);
  }

  /** The fields of the record, split when they are first asked for. */
  #split(): string[] {
    this.#fields ??= this.#regexes.split(this.#record, this.text('FS'));
    return this.#fields;
  }

  /** `$index`: empty behind the last one. */
  field(index: number): string {
    return index === 0 ? this.#record : (this.#split()[index - 1] ?? '');
  }

  /** Assigns to `$index`, and puts the record together anew. @throws UsageFailure for an index below 0 */
  setField(index: number, text: string): void {
    if (index < 0) throw new UsageFailure(`cmd. line:1: attempt to access field ${index}`, 2);
    if (index === 0) {
      this.setRecord(text);
      return;
    }
    const fields = this.#split();
    while (fields.length < index) fields.push('');
    fields[index - 1] = text;
    this.#record = fields.join(this.text('OFS'));
  }

  /** What a name stands for, a parameter before a variable of the same name. */
  cell(name: string): Cell | undefined {
    return this.#frame?.get(name) ?? this.#globals.get(name);
  }

  value(name: string): Value {
    if (name === 'NF') return this.#split().length;
    const cell = this.cell(name);
    return cell === undefined || cell instanceof Map ? strnum('') : cell;
  }

  /** The text of a variable that awk itself goes by, like OFS. */
  text(name: string): string {
    const value = this.#globals.get(name);
    return value === undefined || value instanceof Map ? '' : toText(value);
  }

  /** Assigns to a parameter or variable; to NF cuts the record or makes it longer. */
  set(name: string, value: Value): void {
    const scope = this.#scopeOf(name);
    scope.set(name, value);
    if (name !== 'NF' || scope !== this.#globals) return;
    const fields = this.#split();
    const count = toNumber(value);
    while (fields.length < count) fields.push('');
    fields.length = count;
    this.#record = fields.join(this.text('OFS'));
  }

  /** Sets a variable from outside of the program, whatever parameters hide it. */
  setGlobal(name: string, value: Value): void {
    this.#globals.set(name, value);
  }

  /** The array of a name, which is made when there is none. */
  array(name: string): Map<string, Value> {
    const scope = this.#scopeOf(name);
    const cell = scope.get(name);
    if (cell instanceof Map) return cell;
    const made = new Map<string, Value>();
    scope.set(name, made);
    return made;
  }

  /** Runs something with the parameters of a function in place of those of its caller. */
  async within<T>(parameters: Map<string, Cell>, run: () => Promise<T>): Promise<T> {
    const outer = this.#frame;
    this.#frame = parameters;
    try {
      return await run();
    } finally {
      this.#frame = outer;
    }
  }

  #scopeOf(name: string): Map<string, Cell> {
    return this.#frame?.has(name) === true ? this.#frame : this.#globals;
  }
}
