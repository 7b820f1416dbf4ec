import { isTerminal } from '../process.ts';
import { expandPieces, expandText } from './expansion.ts';
import type { Shell } from './interpreter.ts';
import { matchesPattern } from './pattern.ts';
import type { Condition } from './syntax-tree.ts';
import { evaluateTest } from './test-expression.ts';

/** Whether a condition of `[[ … ]]` holds: no splitting, patterns on the right of `==`. @throws TestFailure */
export async function evaluateCondition(shell: Shell, condition: Condition): Promise<boolean> {
  const holds = (words: readonly string[]): boolean =>
    evaluateTest(words, {
      fs: shell.fs,
      cwd: shell.cwd,
      isTerminal: (number) =>
        (number === 0 || number === 1 || number === 2) && isTerminal(shell.context, number),
    });
  switch (condition.type) {
    case 'word':
      return (await expandText(condition.word, shell)) !== '';
    case 'not':
      return !(await evaluateCondition(shell, condition.condition));
    case 'and':
      return (await evaluateCondition(shell, condition.left)) && evaluateCondition(shell, condition.right);
    case 'or':
      return (await evaluateCondition(shell, condition.left)) || evaluateCondition(shell, condition.right);
    case 'unary': {
      const operand = await expandText(condition.operand, shell);
      if (condition.operator === '-v') return shell.variables.get(operand) !== undefined;
      return holds([condition.operator, operand]);
    }
    case 'binary': {
      const left = await expandText(condition.left, shell);
      const pieces = await expandPieces(condition.right, shell);
      if (condition.operator === '=~') {
        const source = pieces
          .map(({ text, quoted }) => (quoted ? text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : text))
          .join('')
          .replaceAll('[:space:]', '\\s')
          .replaceAll('[:digit:]', '0-9')
          .replaceAll('[:alpha:]', 'a-zA-Z')
          .replaceAll('[:alnum:]', 'a-zA-Z0-9');
        const match = new RegExp(source).exec(left);
        shell.variables.set('BASH_REMATCH', match?.[0] ?? '');
        return match !== null;
      }
      if (['=', '==', '!='].includes(condition.operator))
        return matchesPattern(pieces, left) === (condition.operator !== '!=');
      return holds([left, condition.operator, pieces.map(({ text }) => text).join('')]);
    }
  }
}
