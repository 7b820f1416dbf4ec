import { Command } from 'commander';
import { clusterCommand } from './cluster.ts';
import { resolve } from 'node:path';
import type { CliContext, ExitStatus } from './context.ts';
import { doctorCommand } from './doctor.ts';
import { labCommand } from './lab.ts';
import { labsCommand } from './labs.ts';
import { reportError } from './output.ts';
import { packCommand } from './pack.ts';
import { preflightCommand } from './preflight.ts';
import { startCommand } from './start.ts';

/** Runs one command line (without `node` and the script) and resolves with the exit status. */
export async function runProgram(argv: readonly string[], given: CliContext): Promise<ExitStatus> {
  const context = { ...given, paths: { ...given.paths } };
  let status: ExitStatus = 0;
  const finish = (result: ExitStatus): void => {
    status = result;
  };
  const program = new Command('switchyard')
    .description('Learn Kubernetes Services by doing.')
    .version(context.version)
    .option('--labs <folder>', 'take the labs from this folder (also: environment variable SWITCHYARD_LABS)')
    .hook('preAction', () => {
      const { labs } = program.opts<{ labs?: string }>();
      if (labs !== undefined) context.paths.labs = resolve(labs);
    });
  for (const command of [
    startCommand(context, finish),
    clusterCommand(context, finish),
    labsCommand(context, finish),
    labCommand(context, finish),
    doctorCommand(context, finish),
    preflightCommand(context, finish),
    packCommand(context, finish),
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
  command.configureHelp({ showGlobalOptions: true });
  command.configureOutput({
    writeOut: (text) => context.out(text.replace(/\n$/, '')),
    writeErr: (text) => context.err(text.replace(/\n$/, '')),
  });
  for (const sub of command.commands) exitByThrowing(sub, context);
}
