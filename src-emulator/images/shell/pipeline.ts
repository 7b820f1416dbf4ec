import { SharedSink, SharedSource, untilAborted } from '../descriptors.ts';
import { findCommandPath } from '../find-program.ts';
import { createPipe, sourceOf } from '../pipe.ts';
import type { Process } from '../types.ts';
import { builtins } from './builtins.ts';
import { expandWords } from './expansion.ts';
import type { Job, Shell } from './interpreter.ts';
import { assignments, replaceShell } from './simple-command.ts';
import type { Command } from './syntax-tree.ts';

/** Runs commands side by side, each reading what the one before it writes. */
export async function runPipeline(
  shell: Shell,
  commands: readonly Command[],
  negated: boolean,
): Promise<number> {
  if (commands.length === 1 && commands[0] !== undefined) {
    const only = commands[0];
    const status = await shell.guard(() => shell.execute(only));
    return (shell.lastStatus = negated ? Number(status === 0) : status);
  }
  const processes: Process[] = [];
  let stdin = shell.descriptors.stdin.retain();
  for (const [index, command] of commands.entries()) {
    const pipe = index < commands.length - 1 ? createPipe() : undefined;
    const stdout = pipe === undefined ? shell.descriptors.sink(1) : new SharedSink(pipe.sink);
    processes.push(shell.fork((child) => runForked(child, command), { stdin, stdout }));
    // The child holds its end now; the shell lets go, so that the pipe closes with the child.
    stdin.release();
    if (pipe !== undefined) stdin = new SharedSource(pipe.source).retain();
  }
  let status = 0;
  for (const [index, process] of processes.entries()) {
    const code =
      index === processes.length - 1
        ? await shell.waitFor(process)
        : (await untilAborted(process.exit, shell.context.ended)).code;
    if (!shell.options.pipefail || code !== 0) status = code;
  }
  if (negated) return (shell.lastStatus = Number(status === 0));
  return shell.checked(status);
}

/** Starts a command and does not wait for it (`&`). */
export function startBackground(shell: Shell, command: Command): void {
  const process = shell.fork((child) => runForked(child, command), {
    background: true,
    ...(shell.interactive ? {} : { stdin: new SharedSource(sourceOf('')) }),
  });
  const job: Job = { process, status: undefined, command: describeCommand(command) };
  shell.jobs.push(job);
  void process.exit.then((status) => (job.status = status));
  shell.lastBackground = process.pid;
  shell.lastStatus = 0;
}

/** In a child made for one command there is no need for the shell to stay around a program. */
async function runForked(shell: Shell, command: Command): Promise<number> {
  if (command.type !== 'simple' || command.redirects.length > 0 || shell.options.xtrace)
    return shell.execute(command);
  const argv = await expandWords(command.words, shell);
  const [name] = argv;
  if (name === undefined || name in builtins || shell.functions.has(name) || !isProgram(shell, name)) {
    const env = await assignments(shell, command);
    return name === undefined ? 0 : shell.run(argv, env);
  }
  for (const [variable, value] of Object.entries(await assignments(shell, command)))
    shell.variables.export(variable, value);
  return replaceShell(shell, argv);
}

function isProgram(shell: Shell, name: string): boolean {
  const path = findCommandPath(shell.fs, name, shell.variables.exported(), shell.cwd);
  return path !== undefined && shell.fs.programAt(path) !== undefined;
}

/** A word or two for `jobs`. */
function describeCommand(command: Command): string {
  if (command.type !== 'simple') return command.type === 'pipeline' ? 'pipeline' : '(…)';
  return command.words
    .map((word) => word.map((part) => (part.type === 'literal' ? part.text : '…')).join(''))
    .join(' ');
}
