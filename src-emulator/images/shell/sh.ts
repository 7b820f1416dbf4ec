import { readAll } from '../pipe.ts';
import { resolvePath } from '../path.ts';
import { ContainerContext, isTerminal } from '../process.ts';
import { FileError, type Program } from '../types.ts';
import type { Dialect } from './dialect.ts';
import { Shell } from './interpreter.ts';
import { runInteractively } from './interactive.ts';

/** The shell as a program: `sh`, `sh -c script [name [argument…]]`, `sh file [argument…]`, `sh -s`. */
export function shellProgram(dialect: Dialect): Program {
  return async (context) => {
    if (!(context instanceof ContainerContext)) throw new Error('the shell runs in a container only');
    const args = context.argv.slice(1);
    const name = (context.argv[0] ?? 'sh').replace(/^-/, '');
    const flags = { c: false, i: false, s: false };
    const shellOptions: string[] = [];
    while (/^[-+]./.test(args[0] ?? '') && !(flags.c && args[0] === '-')) {
      const option = args.shift() ?? '';
      if (option === '--') break;
      if (option.startsWith('--')) continue;
      for (const letter of option.slice(1)) {
        if (letter === 'c' || letter === 'i' || letter === 's') flags[letter] = true;
        else if (letter === 'o') shellOptions.push(args.shift() ?? '');
        else shellOptions.push(letter);
      }
    }
    const script = flags.c ? args.shift() : undefined;
    if (flags.c && script === undefined) {
      await context.stderr.write(`${name}: -c requires an argument\n`);
      return 2;
    }
    const file = flags.c || flags.s ? undefined : args.shift();
    const shellName = flags.c ? (args.shift() ?? name) : (file ?? name);
    const interactive = flags.i || (script === undefined && file === undefined && isTerminal(context, 0));
    const shell = new Shell(context, dialect, shellName, args, undefined, interactive);
    shell.isScript = file !== undefined;
    shell.options.errexit = shellOptions.some((option) => option === 'e' || option === 'errexit');
    shell.options.xtrace = shellOptions.some((option) => option === 'x' || option === 'xtrace');
    shell.options.nounset = shellOptions.some((option) => option === 'u' || option === 'nounset');
    shell.options.pipefail = shellOptions.includes('pipefail');
    if (interactive && isTerminal(context, 0)) return runInteractively(shell);

    let text = script;
    if (file !== undefined) {
      try {
        text = new TextDecoder().decode(context.fs.readFile(resolvePath(context.cwd, file)));
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        const reason =
          dialect === 'bash' ? `${file}: ${error.message}` : `can't open '${file}': ${error.message}`;
        await context.stderr.write(`${name}: ${reason}\n`);
        return dialect === 'bash' ? 127 : 2;
      }
    }
    const status = await shell.runScript(text ?? new TextDecoder().decode(await readAll(context.stdin)));
    await shell.runExitTrap();
    return status;
  };
}
