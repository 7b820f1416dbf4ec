import { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { reportError } from '../output.ts';
import { workshopCommands, type WorkshopMachine } from '../workshop.ts';

/** Runs a workshop command as the program does, errors and all. @returns its exit status */
export async function runWorkshop(
  args: string[],
  machine: WorkshopMachine,
  { labs, ...surroundings }: Pick<CliContext, 'dataDirectory' | 'locale' | 'out' | 'err'> & { labs: string },
): Promise<number> {
  const context: CliContext = {
    version: '1.2.3',
    paths: { root: '', labs, renderer: '', clusterProcess: '' },
    launchCluster: () => Promise.reject(new Error('no cluster of its own in this test')),
    ...surroundings,
  };
  let status = 0;
  const program = new Command().exitOverride();
  for (const command of workshopCommands(context, (result) => (status = result), machine))
    program.addCommand(command.exitOverride());
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    return reportError(error, context, args.includes('--json'));
  }
}
