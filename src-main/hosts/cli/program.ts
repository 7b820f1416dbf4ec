import { Command } from 'commander';
import { clusterCommand } from './cluster.ts';
import type { CliContext, ExitStatus } from './context.ts';
import { labCommand } from './lab.ts';
import { labsCommand } from './labs.ts';
import { reportError } from './output.ts';
import { preflightCommand } from './preflight.ts';
import { startCommand } from './start.ts';

/** Runs one command line (without `node` and the script) and resolves with the exit status. */
export async function runProgram(argv: readonly string[], context: CliContext): Promise<ExitStatus> {
  let status: ExitStatus = 0;
  const finish = (result: ExitStatus): void => {
    status = result;
  };
  const program = new Command('switchyard')
    .description('Learn Kubernetes Services by doing.')
    .version(context.version);
  for (const command of [
    startCommand(context, finish),
    clusterCommand(context, finish),
    labsCommand(context, finish),
    labCommand(context, finish),
    preflightCommand(context, finish),
  ])
    program.addCommand(command);
  exitByThrowing(program, context);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return status;
  } catch (error) {
    return reportError(error, context, argv.includes('--json'));
  }
}

/** Commander ends the process by itself unless each command is told not to. */
function exitByThrowing(command: Command, context: CliContext): void {
  command.exitOverride();
  command.configureOutput({
    writeOut: (text) => context.out(text.replace(/\n$/, '')),
    writeErr: (text) => context.err(text.replace(/\n$/, '')),
  });
  for (const sub of command.commands) exitByThrowing(sub, context);
}
