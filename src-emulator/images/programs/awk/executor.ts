import { formatPrintf } from '../../shell/format.ts';
import { FileError, type ProcessContext } from '../../types.ts';
import { callBuiltin, type BuiltinScope } from './builtins.ts';
import { Exit, LeaveLoop, NextRecord, Return } from './flow.ts';
import type { Input } from './input.ts';
import { applyOperator, arithmetic } from './operators.ts';
import { Outputs } from './outputs.ts';
import type { Regexes } from './regexes.ts';
import type { AwkFunction, Expression, Statement, Target } from './syntax.ts';
import { isTrue, strnum, toNumber, toText, type Value } from './values.ts';
import type { Cell, Variables } from './variables.ts';

/** Carries out the statements of a program and finds the values of its expressions. */
export class Executor implements BuiltinScope {
  readonly variables: Variables;
  readonly regexes: Regexes;
  readonly #context: ProcessContext;
  readonly #functions: ReadonlyMap<string, AwkFunction>;
  readonly #input: Input;
  readonly #outputs: Outputs;
  #steps = 0;

  /** @param functions those that the program defines, by their names */
  constructor(
    context: ProcessContext,
    functions: ReadonlyMap<string, AwkFunction>,
    state: { variables: Variables; regexes: Regexes; input: Input },
  ) {
    this.#context = context;
    this.#functions = functions;
    this.variables = state.variables;
    this.regexes = state.regexes;
    this.#input = state.input;
    this.#outputs = new Outputs(context);
  }

  /** Ends what print statements write to, and waits for the commands among it. */
  async closeOutputs(): Promise<void> {
    await this.#outputs.closeAll();
  }

  now(): number {
    return this.#context.clock.now();
  }

  async close(name: string): Promise<number> {
    return (await this.#outputs.close(name)) || this.#input.close(name) ? 0 : -1;
  }

  async system(command: string): Promise<number> {
    const process = this.#context.spawn(['sh', '-c', command]);
    return (await process.exit).code;
  }

  /** @throws NextRecord, LeaveLoop, Exit, Return, UsageFailure, FileError */
  async execute(statement: Statement | undefined): Promise<void> {
    if (statement === undefined) return;
    // An endless loop must not hold up everybody else.
    if (++this.#steps % 4096 === 0) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      this.#context.ended.throwIfAborted();
    }
    switch (statement.type) {
      case 'block':
        for (const each of statement.statements) await this.execute(each);
        return;
      case 'expression':
        await this.evaluate(statement.value);
        return;
      case 'print':
      case 'printf':
        return this.#print(statement);
      case 'if':
        return this.execute(
          isTrue(await this.evaluate(statement.test)) ? statement.then : statement.otherwise,
        );
      case 'while':
        while (isTrue(await this.evaluate(statement.test)))
          if (!(await this.#loopBody(statement.body))) return;
        return;
      case 'do':
        do {
          if (!(await this.#loopBody(statement.body))) return;
        } while (isTrue(await this.evaluate(statement.test)));
        return;
      case 'for':
        await this.execute(statement.start);
        while (statement.test === undefined || isTrue(await this.evaluate(statement.test))) {
          if (!(await this.#loopBody(statement.body))) return;
          await this.execute(statement.step);
        }
        return;
      case 'for-in':
        for (const key of [...this.variables.array(statement.array).keys()]) {
          this.variables.set(statement.variable, strnum(key));
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
        throw new Exit(
          statement.value === undefined ? undefined : toNumber(await this.evaluate(statement.value)),
        );
      case 'return':
        throw new Return(statement.value === undefined ? '' : await this.evaluate(statement.value));
      case 'delete':
        if (statement.keys === undefined) this.variables.array(statement.array).clear();
        else this.variables.array(statement.array).delete(await this.#key(statement.keys));
    }
  }

  /** False when the loop is left. */
  async #loopBody(body: Statement): Promise<boolean> {
    try {
      await this.execute(body);
      return true;
    } catch (error) {
      if (!(error instanceof LeaveLoop)) throw error;
      return error.goesOn;
    }
  }

  async #print({ type, values, to }: Extract<Statement, { type: 'print' | 'printf' }>): Promise<void> {
    const evaluated: Value[] = [];
    for (const value of values) evaluated.push(await this.evaluate(value));
    let text: string;
    if (type === 'printf')
      text = formatPrintf(toText(evaluated[0] ?? ''), evaluated.slice(1).map((each) => toText(each)), false); // prettier-ignore
    else if (values.length === 0) text = this.variables.record + this.variables.text('ORS');
    else
      text =
        evaluated.map((each) => toText(each)).join(this.variables.text('OFS')) + this.variables.text('ORS');
    if (to === undefined) return this.#context.stdout.write(text);
    const target = toText(await this.evaluate(to.target));
    await this.#outputs.open(to.operator, target).write(text);
  }

  async #key(keys: readonly Expression[]): Promise<string> {
    const parts: string[] = [];
    for (const key of keys) parts.push(toText(await this.evaluate(key)));
    return parts.join(this.variables.text('SUBSEP'));
  }

  async #assign(target: Target, value: Value): Promise<Value> {
    if (target.type === 'variable') this.variables.set(target.name, value);
    else if (target.type === 'element')
      this.variables.array(target.name).set(await this.#key(target.keys), value);
    else this.variables.setField(toNumber(await this.evaluate(target.index)), toText(value));
    return value;
  }

  /** Assigns to what a built-in function was given: the string that sub() changes. */
  assignTo(target: Expression, value: Value): Promise<unknown> {
    return target.type === 'variable' || target.type === 'element' || target.type === 'field'
      ? this.#assign(target, value)
      : Promise.resolve();
  }

  async evaluate(expression: Expression): Promise<Value> {
    switch (expression.type) {
      case 'number':
      case 'string':
        return expression.value;
      case 'regex':
        return this.regexes.of(expression.source).test(this.variables.record) ? 1 : 0;
      case 'group': {
        let value: Value = '';
        for (const each of expression.values) value = await this.evaluate(each);
        return value;
      }
      case 'variable':
        return this.variables.value(expression.name);
      case 'element': {
        const array = this.variables.array(expression.name);
        const key = await this.#key(expression.keys);
        const value = array.get(key);
        if (value === undefined) array.set(key, strnum(''));
        return value ?? strnum('');
      }
      case 'field':
        return strnum(this.variables.field(toNumber(await this.evaluate(expression.index))));
      case 'unary': {
        const value = await this.evaluate(expression.value);
        if (expression.operator === '!') return isTrue(value) ? 0 : 1;
        return expression.operator === '-' ? -toNumber(value) : toNumber(value);
      }
      case 'binary':
        return this.#binary(expression);
      case 'conditional':
        return this.evaluate(
          isTrue(await this.evaluate(expression.test)) ? expression.then : expression.otherwise,
        );
      case 'assign': {
        const value = await this.evaluate(expression.value);
        if (expression.operator === '=') return this.#assign(expression.target, value);
        const old = toNumber(await this.evaluate(expression.target));
        return this.#assign(
          expression.target,
          arithmetic(expression.operator.slice(0, -1), old, toNumber(value)),
        );
      }
      case 'step': {
        const old = toNumber(await this.evaluate(expression.target));
        await this.#assign(expression.target, old + expression.by);
        return expression.prefix ? old + expression.by : old;
      }
      case 'in':
        return this.variables.array(expression.array).has(await this.#key(expression.keys)) ? 1 : 0;
      case 'getline':
        return this.#getline(expression);
      case 'call': {
        const own = this.#functions.get(expression.name);
        return own === undefined
          ? callBuiltin(expression.name, expression.args, this)
          : this.#call(own, expression.args);
      }
    }
  }

  async #binary({ operator, left, right }: Extract<Expression, { type: 'binary' }>): Promise<Value> {
    const first = await this.evaluate(left);
    if (operator === '&&') return isTrue(first) && isTrue(await this.evaluate(right)) ? 1 : 0;
    if (operator === '||') return isTrue(first) || isTrue(await this.evaluate(right)) ? 1 : 0;
    if (operator === '~' || operator === '!~') {
      const source = right.type === 'regex' ? right.source : toText(await this.evaluate(right));
      return this.regexes.of(source).test(toText(first)) === (operator === '~') ? 1 : 0;
    }
    return applyOperator(operator, first, await this.evaluate(right));
  }

  async #getline({ target, file }: Extract<Expression, { type: 'getline' }>): Promise<Value> {
    let line: string;
    if (file === undefined) {
      const saved = this.variables.record;
      if (!(await this.#input.next())) return 0;
      if (target === undefined) return 1;
      line = this.variables.record;
      this.variables.setRecord(saved);
    } else {
      const name = toText(await this.evaluate(file));
      try {
        const next = await this.#input.lineOf(name);
        if (next === undefined) return 0;
        line = next;
      } catch (error) {
        if (error instanceof FileError) return -1;
        throw error;
      }
    }
    if (target === undefined) this.variables.setRecord(line);
    else await this.#assign(target, strnum(line));
    return 1;
  }

  async #call({ parameters, body }: AwkFunction, args: readonly Expression[]): Promise<Value> {
    const frame = new Map<string, Cell>();
    for (const [index, name] of parameters.entries()) {
      const arg = args[index];
      // Arrays are handed over themselves, values are copied.
      const cell = arg?.type === 'variable' ? this.variables.cell(arg.name) : undefined;
      frame.set(name, cell instanceof Map ? cell : arg === undefined ? strnum('') : await this.evaluate(arg));
    }
    try {
      await this.variables.within(frame, () => this.execute(body));
      return strnum('');
    } catch (error) {
      if (!(error instanceof Return)) throw error;
      return error.value;
    }
  }
}
