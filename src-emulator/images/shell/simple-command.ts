import type { Shell } from './interpreter.ts';
import type { SimpleCommand } from './syntax-tree.ts';
import { FileError } from '../types.ts';
import { findCommandPath } from '../find-program.ts';
import { notFound } from './dialect.ts';
import { expandText, expandWords } from './expansion.ts';
import { ExitShell } from './flow.ts';
import { withRedirects } from './redirections.ts';

/** Runs a command of words: assignments, redirections, then a function, a builtin or a program. */
export async function runSimple(shell: Shell, command: SimpleCommand): Promise<number> {
  shell.lastStatus = command.words.length === 0 ? 0 : shell.lastStatus;
  const argv = await expandWords(command.words, shell);
  const substitutionStatus = shell.lastStatus;
  return withRedirects(shell, command.redirects, async () => {
    const env = await assignments(shell, command);
    if (shell.options.xtrace) await trace(shell, argv, env);
    if (argv.length === 0) {
      for (const [name, value] of Object.entries(env)) shell.variables.set(name, value);
      const substituted = command.assignments.some((each) =>
        each.value.some((part) => part.type === 'command'),
      );
      return substituted ? shell.lastStatus : command.words.length > 0 ? substitutionStatus : 0;
    }
    return shell.run(argv, env);
  });
}

/** The variables that are set for one command only. */
export async function assignments(shell: Shell, command: SimpleCommand): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const { name, append, value } of command.assignments) {
    const text = await expandText(value, shell);
    env[name] = append ? `${env[name] ?? shell.variables.get(name) ?? ''}${text}` : text;
    if (command.words.length === 0) shell.variables.set(name, env[name]);
  }
  return env;
}

async function trace(shell: Shell, argv: readonly string[], env: Record<string, string>): Promise<void> {
  const words = [...Object.entries(env).map(([name, value]) => `${name}=${value}`), ...argv];
  const quoted = words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`));
  await shell.descriptors.sink(2).write(`+ ${quoted.join(' ')}\n`);
}

/** Runs a program, or a script that has no program of its own, and waits for it. */
export async function runProgram(
  shell: Shell,
  argv: readonly string[],
  env: Record<string, string>,
): Promise<number> {
  const [name = ''] = argv;
  const fullEnv = { ...shell.variables.exported(), ...env };
  try {
    const process = shell.context.spawn(argv, {
      env: fullEnv,
      cwd: shell.cwd,
      ...shell.descriptors.streams(),
    });
    return await shell.waitFor(process);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    if (error.code === 'ENOEXEC') {
      const path = findCommandPath(shell.fs, name, fullEnv, shell.cwd) ?? name;
      const script = new TextDecoder().decode(shell.fs.readFile(path));
      const process = shell.fork((child) => {
        child.name = name;
        child.positional = argv.slice(1);
        return child.runScript(script);
      });
      return shell.waitFor(process);
    }
    await shell.complain(notFound(shell.dialect, name, error));
    return error.code === 'ENOENT' ? 127 : 126;
  }
}

/** Replaces the shell by a program (`exec`). Resolves with that program's code. */
export async function replaceShell(shell: Shell, argv: readonly string[]): Promise<number> {
  try {
    const env = shell.variables.exported();
    const status = await shell.context.exec(argv, { env, cwd: shell.cwd, ...shell.descriptors.streams() });
    throw new ExitShell(status);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    await shell.complain(`exec: ${argv[0] ?? ''}: ${error.code === 'ENOENT' ? 'not found' : error.message}`);
    throw new ExitShell(error.code === 'ENOENT' ? 127 : 126);
  }
}
