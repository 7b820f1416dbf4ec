import { expandPieces, expandText, expandWords } from './expansion.ts';
import { BreakLoop, ContinueLoop } from './flow.ts';
import type { Shell } from './interpreter.ts';
import { matchesPattern } from './pattern.ts';
import type { CompoundCommand, List } from './syntax-tree.ts';

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
