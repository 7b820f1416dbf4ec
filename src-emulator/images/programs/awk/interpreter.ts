import type { ProcessContext } from '../../types.ts';
import { Executor } from './executor.ts';
import { Exit, NextRecord } from './flow.ts';
import { Input } from './input.ts';
import { Regexes } from './regexes.ts';
import type { AwkProgram, Rule } from './syntax.ts';
import { isTrue } from './values.ts';
import { Variables } from './variables.ts';

/** Runs an awk program over its input. */
export class AwkInterpreter {
  readonly #context: ProcessContext;
  readonly #program: AwkProgram;
  readonly #variables: Variables;
  readonly #input: Input;
  readonly #executor: Executor;
  readonly #activeRanges = new Set<Rule>();
  #exitCode = 0;

  /** @param assigned variables that the command line sets */
  constructor(
    context: ProcessContext,
    program: AwkProgram,
    assigned: readonly (readonly [string, string])[],
  ) {
    this.#context = context;
    this.#program = program;
    const regexes = new Regexes();
    const variables = new Variables(regexes, context.env, assigned);
    const input = new Input(context, variables, regexes, () => {
      this.#exitCode = 2;
    });
    this.#variables = variables;
    this.#input = input;
    this.#executor = new Executor(context, program.functions, { variables, regexes, input });
  }

  /** Runs BEGIN, the rules for each record, and END. @returns the exit code */
  async run(operands: readonly string[]): Promise<number> {
    const { rules } = this.#program;
    try {
      try {
        for (const rule of rules.filter((each) => each.pattern === 'BEGIN'))
          await this.#executor.execute(rule.body);
        if (rules.some((each) => each.pattern !== 'BEGIN')) {
          this.#input.start(operands);
          while (await this.#input.next()) await this.#applyRules();
        }
      } catch (error) {
        this.#leave(error);
      }
      try {
        for (const rule of rules.filter((each) => each.pattern === 'END'))
          await this.#executor.execute(rule.body);
      } catch (error) {
        this.#leave(error);
      }
    } finally {
      await this.#executor.closeOutputs();
    }
    return this.#exitCode;
  }

  /** Takes the code of an exit statement. @throws what else an error is */
  #leave(error: unknown): void {
    if (!(error instanceof Exit)) throw error;
    this.#exitCode = error.code ?? this.#exitCode;
  }

  async #applyRules(): Promise<void> {
    try {
      for (const rule of this.#program.rules) {
        if (rule.pattern === 'BEGIN' || rule.pattern === 'END' || !(await this.#matches(rule))) continue;
        if (rule.body === undefined)
          await this.#context.stdout.write(this.#variables.record + this.#variables.text('ORS'));
        else await this.#executor.execute(rule.body);
      }
    } catch (error) {
      if (!(error instanceof NextRecord)) throw error;
    }
  }

  async #matches(rule: Rule): Promise<boolean> {
    const { pattern } = rule;
    if (pattern === undefined || typeof pattern === 'string') return true;
    if (!Array.isArray(pattern)) return isTrue(await this.#executor.evaluate(pattern));
    const active = this.#activeRanges.has(rule) || isTrue(await this.#executor.evaluate(pattern[0]));
    if (!active) return false;
    if (isTrue(await this.#executor.evaluate(pattern[1]))) this.#activeRanges.delete(rule);
    else this.#activeRanges.add(rule);
    return true;
  }
}
