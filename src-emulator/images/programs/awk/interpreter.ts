import { readAll } from '../../pipe.ts';
import { formatPrintf } from '../../shell/format.ts';
import { FileError, type ProcessContext } from '../../types.ts';
import type { ByteSource } from '../../../streams.ts';
import { lines, openInput, UsageFailure } from '../support.ts';
import { toRegExp } from '../text.ts';
import { callBuiltin, type BuiltinScope } from './builtins.ts';
import { arithmetic, Exit, LeaveLoop, NextRecord, Return } from './flow.ts';
import { Outputs } from './outputs.ts';
import type { AwkFunction, AwkProgram, Expression, Rule, Statement, Target } from './syntax.ts';
import { compare, isTrue, strnum, toNumber, toText, type Value } from './values.ts';

type Cell = Value | Map<string, Value>;

/** Runs an awk program over its input. */
export class AwkInterpreter implements BuiltinScope {
  readonly #context: ProcessContext;
  readonly #program: AwkProgram;
  readonly #globals = new Map<string, Cell>();
  readonly #outputs: Outputs;
  readonly #regexes = new Map<string, RegExp>();
  readonly #activeRanges = new Set<Rule>();
  readonly #files = new Map<string, AsyncGenerator<string, void>>();
  #frame: Map<string, Cell> | undefined;
  #record = '';
  #fields: string[] | undefined = [];
  #records: AsyncGenerator<string, void> | undefined;
  #exitCode = 0;
  #steps = 0;

  constructor(
    context: ProcessContext,
    program: AwkProgram,
    variables: readonly (readonly [string, string])[],
  ) {
    this.#context = context;
    this.#outputs = new Outputs(context);
    this.#program = program;
    for (const [name, value] of Object.entries({
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
    }))
      // prettier-ignore
      this.#globals.set(name, value);
    const environ = new Map<string, Value>(
      Object.entries(context.env).map(([name, value]) => [name, strnum(value)]),
    );
    this.#globals.set('ENVIRON', environ);
    for (const [name, value] of variables) this.#globals.set(name, strnum(value));
  }

  async run(operands: readonly string[]): Promise<number> {
    const { rules } = this.#program;
    try {
      try {
        for (const rule of rules.filter((each) => each.pattern === 'BEGIN')) await this.#execute(rule.body);
        if (rules.some((each) => each.pattern !== 'BEGIN')) {
          this.#records = this.#input(operands);
          while (await this.#nextRecord()) await this.#applyRules();
        }
      } catch (error) {
        if (!(error instanceof Exit)) throw error;
      }
      try {
        for (const rule of rules.filter((each) => each.pattern === 'END')) await this.#execute(rule.body);
      } catch (error) {
        if (!(error instanceof Exit)) throw error;
      }
    } finally {
      await this.#outputs.closeAll();
    }
    return this.#exitCode;
  }

  async #applyRules(): Promise<void> {
    try {
      for (const rule of this.#program.rules) {
        if (rule.pattern === 'BEGIN' || rule.pattern === 'END' || !(await this.#matches(rule))) continue;
        if (rule.body === undefined) await this.#context.stdout.write(this.#record + this.text('ORS'));
        else await this.#execute(rule.body);
      }
    } catch (error) {
      if (!(error instanceof NextRecord)) throw error;
    }
  }

  async #matches(rule: Rule): Promise<boolean> {
    const { pattern } = rule;
    if (pattern === undefined || typeof pattern === 'string') return true;
    if (!Array.isArray(pattern)) return isTrue(await this.#evaluate(pattern));
    const active = this.#activeRanges.has(rule) || isTrue(await this.#evaluate(pattern[0]));
    if (!active) return false;
    if (isTrue(await this.#evaluate(pattern[1]))) this.#activeRanges.delete(rule);
    else this.#activeRanges.add(rule);
    return true;
  }

  /** The records of the operands, or of standard input; `name=value` among them sets a variable on the way. */
  async *#input(operands: readonly string[]): AsyncGenerator<string, void> {
    let read = false;
    for (const operand of operands) {
      const assignment = /^([A-Za-z_]\w*)=([^]*)$/.exec(operand);
      if (assignment !== null) {
        this.#globals.set(assignment[1] ?? '', strnum(assignment[2] ?? ''));
        continue;
      }
      read = true;
      this.#globals.set('FILENAME', operand);
      this.#globals.set('FNR', 0);
      let source;
      try {
        source = openInput(this.#context, operand);
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        await this.#context.stderr.write(`awk: ${operand}: ${error.message}\n`);
        this.#exitCode = 2;
        continue;
      }
      yield* this.#split(source);
    }
    if (!read) yield* this.#split(this.#context.stdin);
  }

  async *#split(source: ByteSource): AsyncGenerator<string, void> {
    const separator = this.text('RS');
    if (separator === '\n') {
      yield* lines(source);
      return;
    }
    const text = new TextDecoder().decode(await readAll(source));
    const parts =
      separator === '' ? text.trim().split(/\n{2,}/) : text.replace(/\n$/, '').split(separator.length === 1 ? separator : this.regex(separator)); // prettier-ignore
    for (const part of parts) if (part !== '' || separator !== '') yield part;
  }

  async #nextRecord(): Promise<boolean> {
    const next = await this.#records?.next();
    if (next === undefined || next.done === true) return false;
    this.setRecord(next.value);
    for (const name of ['NR', 'FNR']) this.#globals.set(name, toNumber(this.#globals.get(name) as Value) + 1);
    return true;
  }

  setRecord(text: string): void {
    this.#record = text;
    this.#fields = undefined;
  }

  get record(): string {
    return this.#record;
  }

  /** The fields of the record, split when they are first asked for. */
  #split0(): string[] {
    this.#fields ??= this.split(this.#record, this.text('FS'));
    return this.#fields;
  }

  split(text: string, separator: string): string[] {
    if (text === '') return [];
    if (separator === ' ') return text.trim().split(/[ \t\n]+/).filter((each) => each !== ''); // prettier-ignore
    if (separator === '') return Array.from(text);
    return text.split(separator.length === 1 && separator !== '\\' ? separator : this.regex(separator));
  }

  regex(source: string, flags = ''): RegExp {
    const key = `${flags}/${source}`;
    let regex = this.#regexes.get(key);
    if (regex === undefined) this.#regexes.set(key, (regex = toRegExp(source, true, flags)));
    regex.lastIndex = 0;
    return regex;
  }

  text(name: string): string {
    const value = this.#globals.get(name);
    return value === undefined || value instanceof Map ? '' : toText(value);
  }

  setVariable(name: string, value: Value): void {
    const scope = this.#frame?.has(name) === true ? this.#frame : this.#globals;
    scope.set(name, value);
    if (name === 'NF' && scope === this.#globals) {
      const fields = this.#split0();
      const count = toNumber(value);
      while (fields.length < count) fields.push('');
      fields.length = count;
      this.#record = fields.join(this.text('OFS'));
    }
  }

  array(name: string): Map<string, Value> {
    const scope = this.#frame?.has(name) === true ? this.#frame : this.#globals;
    const cell = scope.get(name);
    if (cell instanceof Map) return cell;
    const made = new Map<string, Value>();
    scope.set(name, made);
    return made;
  }

  now(): number {
    return this.#context.clock.now();
  }

  async flush(name: string): Promise<number> {
    return (await this.#outputs.close(name)) || this.#files.delete(name) ? 0 : -1;
  }

  async system(command: string): Promise<number> {
    const process = this.#context.spawn(['sh', '-c', command]);
    return (await process.exit).code;
  }

  async #execute(statement: Statement | undefined): Promise<void> {
    if (statement === undefined) return;
    // An endless loop must not hold up everybody else.
    if (++this.#steps % 4096 === 0) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      this.#context.ended.throwIfAborted();
    }
    switch (statement.type) {
      case 'block':
        for (const each of statement.statements) await this.#execute(each);
        return;
      case 'expression':
        await this.#evaluate(statement.value);
        return;
      case 'print':
      case 'printf':
        return this.#print(statement);
      case 'if':
        return this.#execute(
          isTrue(await this.#evaluate(statement.test)) ? statement.then : statement.otherwise,
        );
      case 'while':
        while (isTrue(await this.#evaluate(statement.test)))
          if (!(await this.#loopBody(statement.body))) return;
        return;
      case 'do':
        do {
          if (!(await this.#loopBody(statement.body))) return;
        } while (isTrue(await this.#evaluate(statement.test)));
        return;
      case 'for':
        await this.#execute(statement.start);
        while (statement.test === undefined || isTrue(await this.#evaluate(statement.test))) {
          if (!(await this.#loopBody(statement.body))) return;
          await this.#execute(statement.step);
        }
        return;
      case 'for-in':
        for (const key of [...this.array(statement.array).keys()]) {
          this.setVariable(statement.variable, strnum(key));
          if (!(await this.#loopBody(statement.body))) return;
        }
        return;
      case 'next':
        throw new NextRecord();
      case 'break':
        throw new LeaveLoop(false);
      case 'continue':
        throw new LeaveLoop(true);
      case 'exit':
        if (statement.value !== undefined) this.#exitCode = toNumber(await this.#evaluate(statement.value));
        throw new Exit();
      case 'return':
        throw new Return(statement.value === undefined ? '' : await this.#evaluate(statement.value));
      case 'delete':
        if (statement.keys === undefined) this.array(statement.array).clear();
        else this.array(statement.array).delete(await this.#key(statement.keys));
    }
  }

  /** False when the loop is left. */
  async #loopBody(body: Statement): Promise<boolean> {
    try {
      await this.#execute(body);
      return true;
    } catch (error) {
      if (!(error instanceof LeaveLoop)) throw error;
      return error.goesOn;
    }
  }

  async #print({ type, values, to }: Extract<Statement, { type: 'print' | 'printf' }>): Promise<void> {
    const evaluated: Value[] = [];
    for (const value of values) evaluated.push(await this.#evaluate(value));
    let text: string;
    if (type === 'printf')
      text = formatPrintf(toText(evaluated[0] ?? ''), evaluated.slice(1).map((each) => toText(each)), false); // prettier-ignore
    else if (values.length === 0) text = this.#record + this.text('ORS');
    else text = evaluated.map((each) => toText(each)).join(this.text('OFS')) + this.text('ORS');
    if (to === undefined) return this.#context.stdout.write(text);
    const target = toText(await this.#evaluate(to.target));
    await this.#outputs.open(to.operator, target).write(text);
  }

  async #key(keys: readonly Expression[]): Promise<string> {
    const parts: string[] = [];
    for (const key of keys) parts.push(toText(await this.#evaluate(key)));
    return parts.join(this.text('SUBSEP'));
  }

  async #assign(target: Target, value: Value): Promise<Value> {
    if (target.type === 'variable') this.setVariable(target.name, value);
    else if (target.type === 'element') this.array(target.name).set(await this.#key(target.keys), value);
    else await this.#setField(toNumber(await this.#evaluate(target.index)), toText(value));
    return value;
  }

  async #setField(index: number, text: string): Promise<void> {
    if (index < 0) throw new UsageFailure(`cmd. line:1: attempt to access field ${index}`, 2);
    if (index === 0) {
      this.setRecord(text);
      return;
    }
    const fields = this.#split0();
    while (fields.length < index) fields.push('');
    fields[index - 1] = text;
    this.#record = fields.join(this.text('OFS'));
    return Promise.resolve();
  }

  /** Assigns to what a built-in function was given: the string that sub() changes. */
  assignTo(target: Expression, value: Value): Promise<unknown> {
    return target.type === 'variable' || target.type === 'element' || target.type === 'field'
      ? this.#assign(target, value)
      : Promise.resolve();
  }

  evaluate(expression: Expression): Promise<Value> {
    return this.#evaluate(expression);
  }

  async #evaluate(expression: Expression): Promise<Value> {
    switch (expression.type) {
      case 'number':
      case 'string':
        return expression.value;
      case 'regex':
        return this.regex(expression.source).test(this.#record) ? 1 : 0;
      case 'group': {
        let value: Value = '';
        for (const each of expression.values) value = await this.#evaluate(each);
        return value;
      }
      case 'variable': {
        if (expression.name === 'NF') return this.#split0().length;
        const cell = this.#frame?.get(expression.name) ?? this.#globals.get(expression.name);
        return cell === undefined || cell instanceof Map ? strnum('') : cell;
      }
      case 'element': {
        const array = this.array(expression.name);
        const key = await this.#key(expression.keys);
        const value = array.get(key);
        if (value === undefined) array.set(key, strnum(''));
        return value ?? strnum('');
      }
      case 'field': {
        const index = toNumber(await this.#evaluate(expression.index));
        return strnum(index === 0 ? this.#record : (this.#split0()[index - 1] ?? ''));
      }
      case 'unary': {
        const value = await this.#evaluate(expression.value);
        if (expression.operator === '!') return isTrue(value) ? 0 : 1;
        return expression.operator === '-' ? -toNumber(value) : toNumber(value);
      }
      case 'binary':
        return this.#binary(expression);
      case 'conditional':
        return this.#evaluate(
          isTrue(await this.#evaluate(expression.test)) ? expression.then : expression.otherwise,
        );
      case 'assign': {
        const value = await this.#evaluate(expression.value);
        if (expression.operator === '=') return this.#assign(expression.target, value);
        const old = toNumber(await this.#evaluate(expression.target));
        return this.#assign(
          expression.target,
          arithmetic(expression.operator.slice(0, -1), old, toNumber(value)),
        );
      }
      case 'step': {
        const old = toNumber(await this.#evaluate(expression.target));
        await this.#assign(expression.target, old + expression.by);
        return expression.prefix ? old + expression.by : old;
      }
      case 'in':
        return this.array(expression.array).has(await this.#key(expression.keys)) ? 1 : 0;
      case 'getline':
        return this.#getline(expression);
      case 'call': {
        const own = this.#program.functions.get(expression.name);
        return own === undefined
          ? callBuiltin(expression.name, expression.args, this)
          : this.#call(own, expression.args);
      }
    }
  }

  async #binary({ operator, left, right }: Extract<Expression, { type: 'binary' }>): Promise<Value> {
    const first = await this.#evaluate(left);
    if (operator === '&&') return isTrue(first) && isTrue(await this.#evaluate(right)) ? 1 : 0;
    if (operator === '||') return isTrue(first) || isTrue(await this.#evaluate(right)) ? 1 : 0;
    if (operator === '~' || operator === '!~') {
      const source = right.type === 'regex' ? right.source : toText(await this.#evaluate(right));
      return this.regex(source).test(toText(first)) === (operator === '~') ? 1 : 0;
    }
    const second = await this.#evaluate(right);
    if (operator === ' ') return toText(first) + toText(second);
    const order = ['<', '<=', '==', '!=', '>', '>='].includes(operator) ? compare(first, second) : undefined;
    if (order === undefined) return arithmetic(operator, toNumber(first), toNumber(second));
    const holds = { '<': order < 0, '<=': order <= 0, '==': order === 0, '!=': order !== 0, '>': order > 0, '>=': order >= 0 }[operator]; // prettier-ignore
    return holds === true ? 1 : 0;
  }

  async #getline({ target, file }: Extract<Expression, { type: 'getline' }>): Promise<Value> {
    let line: string;
    if (file === undefined) {
      const saved = this.#record;
      if (!(await this.#nextRecord())) return 0;
      if (target === undefined) return 1;
      line = this.#record;
      this.setRecord(saved);
    } else {
      const name = toText(await this.#evaluate(file));
      try {
        let source = this.#files.get(name);
        if (source === undefined) this.#files.set(name, (source = lines(openInput(this.#context, name))));
        const next = await source.next();
        if (next.done === true) return 0;
        line = next.value;
      } catch (error) {
        if (error instanceof FileError) return -1;
        throw error;
      }
    }
    if (target === undefined) this.setRecord(line);
    else await this.#assign(target, strnum(line));
    return 1;
  }

  async #call({ parameters, body }: AwkFunction, args: readonly Expression[]): Promise<Value> {
    const frame = new Map<string, Cell>();
    for (const [index, name] of parameters.entries()) {
      const arg = args[index];
      // Arrays are handed over themselves, values are copied.
      const cell =
        arg?.type === 'variable' ? (this.#frame?.get(arg.name) ?? this.#globals.get(arg.name)) : undefined;
      frame.set(
        name,
        cell instanceof Map ? cell : arg === undefined ? strnum('') : await this.#evaluate(arg),
      );
    }
    const outer = this.#frame;
    this.#frame = frame;
    try {
      await this.#execute(body);
      return strnum('');
    } catch (error) {
      if (!(error instanceof Return)) throw error;
      return error.value;
    } finally {
      this.#frame = outer;
    }
  }
}
