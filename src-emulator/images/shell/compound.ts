import { evaluateArithmetic } from './arithmetic.ts';
import { evaluateCondition } from './evaluate-condition.ts';
import { expandPieces, expandText, expandWords } from './expansion.ts';
import { BreakLoop, ContinueLoop } from './flow.ts';
import type { Shell } from './interpreter.ts';
import { matchesPattern } from './pattern.ts';
import type { CompoundCommand, List, Word } from './syntax-tree.ts';
import { TestFailure } from './test-expression.ts';

/** Runs a group, a subshell, a loop or a choice. */
export async function runCompound(shell: Shell, command: CompoundCommand): Promise<number> {
  switch (command.type) {
    case 'group':
      return shell.execute(command.body);
    case 'subshell':
      return shell.checked(await shell.waitFor(shell.fork((child) => child.execute(command.body))));
    case 'if': {
      for (const branch of command.branches) {
        if ((await shell.guard(() => shell.execute(branch.condition))) === 0)
          return shell.execute(branch.body);
      }
      return command.otherwise === undefined ? (shell.lastStatus = 0) : shell.execute(command.otherwise);
    }
    case 'for': {
      const values =
        command.words === undefined ? [...shell.positional] : await expandWords(command.words, shell);
      shell.lastStatus = 0;
      for (const value of values) {
        shell.variables.set(command.name, value);
        if (await runLoopBody(shell, command.body)) break;
      }
      return shell.lastStatus;
    }
    case 'arithmetic':
      return shell.checked((await calculate(shell, command.expression)) === 0 ? 1 : 0);
    case 'arithmetic-for': {
      await calculate(shell, command.start);
      shell.lastStatus = 0;
      while (
        command.test.every((part) => part.type === 'literal' && part.text === '') ||
        (await calculate(shell, command.test)) !== 0
      ) {
        if (await runLoopBody(shell, command.body)) break;
        await calculate(shell, command.step);
      }
      return shell.lastStatus;
    }
    case 'test':
      try {
        return shell.checked((await evaluateCondition(shell, command.condition)) ? 0 : 1);
      } catch (error) {
        if (!(error instanceof TestFailure)) throw error;
        await shell.complain(`[[: ${error.message}`);
        return shell.checked(2);
      }
    case 'while': {
      let status = 0;
      for (;;) {
        const condition = await shell.guard(() => shell.execute(command.condition));
        if ((condition === 0) === command.until) break;
        const left = await runLoopBody(shell, command.body);
        status = shell.lastStatus;
        if (left) break;
      }
      return (shell.lastStatus = status);
    }
    case 'case': {
      const subject = await expandText(command.subject, shell);
      for (const item of command.items) {
        for (const pattern of item.patterns) {
          if (matchesPattern(await expandPieces(pattern, shell), subject)) return shell.execute(item.body);
        }
      }
      return (shell.lastStatus = 0);
    }
  }
}

/** The value of an arithmetic expression with its parameters expanded. */
async function calculate(shell: Shell, expression: Word): Promise<number> {
  const variables = { get: (name: string) => shell.parameter(name) ?? '', set: shell.assign.bind(shell) };
  return evaluateArithmetic(await expandText(expression, shell), variables);
}

/** Tells whether the loop is to be left. */
async function runLoopBody(shell: Shell, body: List): Promise<boolean> {
  try {
    await shell.execute(body);
    return false;
  } catch (error) {
    if (!(error instanceof BreakLoop) && !(error instanceof ContinueLoop)) throw error;
    shell.lastStatus = 0;
    if (error.levels > 1) {
      error.levels--;
      throw error;
    }
    return error instanceof BreakLoop;
  }
}
