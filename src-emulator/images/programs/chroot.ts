import { resolvePath } from '../path.ts';
import { ContainerContext } from '../process.ts';
import { FileError } from '../types.ts';
import { isBusybox, program, UsageFailure } from './support.ts';

/** chroot(8): runs a command, or a shell, whose root is a folder; `chroot /host` in a debugger of a node. */
export const chroot = program('chroot', async (context, args) => {
  const [folder, ...command] = args;
  if (folder === undefined) throw new UsageFailure('missing operand', 125);
  if (!(context instanceof ContainerContext)) throw new Error('chroot runs in a container only');
  const path = resolvePath(context.cwd, folder);
  if (!context.fs.exists(path) || context.fs.stat(path).type !== 'directory') {
    const how = isBusybox(context) ? "can't change root directory to" : 'cannot change root directory to';
    const why = context.fs.exists(path) ? 'Not a directory' : 'No such file or directory';
    throw new UsageFailure(`${how} '${folder}': ${why}`, isBusybox(context) ? 1 : 125);
  }
  const argv = command.length > 0 ? command : [context.env['SHELL'] ?? '/bin/sh', '-i'];
  try {
    return (await context.spawnIn(path, argv).exit).code;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const [name = ''] = argv;
    throw new UsageFailure(
      isBusybox(context)
        ? `can't execute '${name}': ${error.message}`
        : `failed to run command ‘${name}’: ${error.message}`,
      error.code === 'ENOENT' ? 127 : 126,
    );
  }
});
