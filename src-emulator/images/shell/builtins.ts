import { resolvePath } from '../path.ts';
import { findCommandPath } from '../find-program.ts';
import { isTerminal } from '../process.ts';
import { FileError } from '../types.ts';
import type { Builtin } from './builtin.ts';
import { jobs, kill, trap, wait } from './builtin-jobs.ts';
import { getopts } from './builtin-getopts.ts';
import { read } from './builtin-read.ts';
import { BreakLoop, ContinueLoop, ExitShell, ReturnFromFunction } from './flow.ts';
import { formatEcho, formatPrintf } from './format.ts';
import type { Shell } from './interpreter.ts';
import { replaceShell } from './simple-command.ts';
import { evaluateTest, TestFailure } from './test-expression.ts';

const succeed: Builtin = () => Promise.resolve(0);

async function test(shell: Shell, words: readonly string[], name: string): Promise<number> {
  const world = {
    fs: shell.fs,
    cwd: shell.cwd,
    isTerminal: (number: number) =>
      (number === 0 || number === 1 || number === 2) && isTerminal(shell.context, number),
  };
  try {
    return evaluateTest(words, world) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TestFailure)) throw error;
    const [, word = ''] = /^(.*): bad number$/.exec(error.message) ?? [];
    const message =
      word === '' || shell.dialect === 'ash'
        ? error.message
        : shell.dialect === 'bash'
          ? `${word}: integer expression expected`
          : `Illegal number: ${word}`;
    await shell.complain(`${name}: ${message}`);
    return 2;
  }
}

const cd: Builtin = async (shell, args) => {
  const operand = args.find((arg) => arg !== '-P' && arg !== '-L' && arg !== '--');
  const target = operand === '-' ? shell.parameter('OLDPWD') : (operand ?? shell.parameter('HOME'));
  const path = resolvePath(shell.cwd, target ?? '/');
  if (!shell.fs.exists(path) || shell.fs.stat(path).type !== 'directory') {
    const reason = shell.fs.exists(path) ? 'Not a directory' : 'No such file or directory';
    if (shell.dialect === 'ash') await shell.complain(`cd: can't cd to ${target ?? ''}: ${reason}`);
    else
      await shell.complain(
        `cd: ${shell.dialect === 'dash' ? `can't cd to ${target ?? ''}` : `${target ?? ''}: ${reason}`}`,
      );
    return shell.dialect === 'dash' ? 2 : 1;
  }
  shell.variables.set('OLDPWD', shell.cwd);
  shell.cwd = path;
  shell.variables.set('PWD', path);
  if (operand === '-') await shell.out(`${path}\n`);
  return 0;
};

const exportVariables: Builtin = async (shell, args) => {
  if (args.length === 0 || args[0] === '-p') {
    for (const [name, value] of Object.entries(shell.variables.exported()).sort(([a], [b]) =>
      a < b ? -1 : 1,
    ))
      await shell.out(`export ${name}='${value.replaceAll("'", `'"'"'`)}'\n`);
    return 0;
  }
  for (const arg of args) {
    const at = arg.indexOf('=');
    const name = at === -1 ? arg : arg.slice(0, at);
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      await shell.complain(`export: ${arg}: bad variable name`);
      return 2;
    }
    shell.variables.export(name, at === -1 ? undefined : arg.slice(at + 1));
  }
  return 0;
};

const unset: Builtin = (shell, args) => {
  const functions = args[0] === '-f';
  for (const name of args.filter((arg) => !arg.startsWith('-'))) {
    if (functions) shell.functions.delete(name);
    else shell.variables.unset(name);
  }
  return Promise.resolve(0);
};

const local: Builtin = async (shell, args) => {
  if (!shell.inFunction) {
    await shell.complain(
      shell.dialect === 'bash' ? 'local: can only be used in a function' : 'local: not in a function',
    );
    if (shell.dialect !== 'bash') throw new ExitShell(2);
    return 1;
  }
  for (const arg of args) {
    const at = arg.indexOf('=');
    shell.variables.local(at === -1 ? arg : arg.slice(0, at), at === -1 ? undefined : arg.slice(at + 1));
  }
  return 0;
};

const set: Builtin = async (shell, args) => {
  if (args.length === 0) {
    for (const [name, value] of shell.variables.all())
      await shell.out(`${name}='${value.replaceAll("'", `'"'"'`)}'\n`);
    return 0;
  }
  const named = { errexit: 'errexit', xtrace: 'xtrace', nounset: 'nounset', pipefail: 'pipefail' } as const;
  const lettered = { e: 'errexit', x: 'xtrace', u: 'nounset' } as const;
  let at = 0;
  for (; /^[-+]./.test(args[at] ?? ''); at++) {
    const option = args[at] ?? '';
    if (option === '--') {
      shell.positional = args.slice(at + 1);
      return 0;
    }
    const on = option.startsWith('-');
    for (const letter of option.slice(1)) {
      const name =
        letter === 'o' ? named[args[++at] as keyof typeof named] : lettered[letter as keyof typeof lettered];
      if ((name as string | undefined) !== undefined) shell.options[name] = on;
    }
  }
  if (at < args.length) shell.positional = args.slice(at);
  return 0;
};

const source: Builtin = async (shell, args) => {
  const [file = '', ...rest] = args;
  let text: string;
  try {
    text = new TextDecoder().decode(shell.fs.readFile(resolvePath(shell.cwd, file)));
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    await shell.complain(
      shell.dialect === 'bash' ? `${file}: ${error.message}` : `.: can't open '${file}': ${error.message}`,
    );
    return shell.dialect === 'bash' ? 1 : 2;
  }
  const positional = shell.positional;
  if (rest.length > 0) shell.positional = rest;
  try {
    return await shell.runScript(text);
  } finally {
    shell.positional = positional;
  }
};

async function describe(
  shell: Shell,
  name: string,
  form: 'type' | 'command -v' | 'command -V',
): Promise<number> {
  const kind = shell.functions.has(name) ? 'function' : name in builtins ? 'builtin' : 'program';
  const path =
    kind === 'program' ? findCommandPath(shell.fs, name, shell.variables.exported(), shell.cwd) : undefined;
  if (kind === 'program' && path === undefined) {
    if (form === 'command -v') return 127;
    if (shell.dialect === 'bash')
      await shell.complain(`${form === 'type' ? 'type' : 'command'}: ${name}: not found`);
    else await shell.out(`${name}: not found\n`);
    return 127;
  }
  if (form === 'command -v') await shell.out(`${path ?? name}\n`);
  else if (path !== undefined) await shell.out(`${name} is ${path}\n`);
  else await shell.out(`${name} is a ${kind === 'function' ? 'function' : 'shell builtin'}\n`);
  return 0;
}

const command: Builtin = async (shell, args) => {
  const [option, name = ''] = args;
  if (option === '-v' || option === '-V')
    return describe(shell, name, option === '-v' ? 'command -v' : 'command -V');
  return args.length === 0 ? 0 : shell.run(args, {}, false);
};

function loopLevels(args: readonly string[]): number {
  return Math.max(1, Number(args[0] ?? 1) || 1);
}

/** The shell's own commands by name. */
export const builtins: Readonly<Record<string, Builtin>> = {
  ':': succeed,
  true: succeed,
  false: () => Promise.resolve(1),
  '.': source,
  source,
  '[': async (shell, args) => {
    if (args.at(-1) === ']') return test(shell, args.slice(0, -1), '[');
    await shell.complain(shell.dialect === 'bash' ? "[: missing `]'" : '[: missing ]');
    return 2;
  },
  '[[': (shell, args) => test(shell, args.at(-1) === ']]' ? args.slice(0, -1) : args, '[['),
  test: (shell, args) => test(shell, args, 'test'),
  break: (_, args) => Promise.reject(new BreakLoop(loopLevels(args))),
  cd,
  command,
  continue: (_, args) => Promise.reject(new ContinueLoop(loopLevels(args))),
  echo: async (shell, args) => {
    await shell.out(formatEcho(args, shell.dialect === 'dash'));
    return 0;
  },
  eval: (shell, args) => shell.evaluate(args.join(' ')),
  exec: async (shell, args) => {
    if (args.length === 0) {
      shell.descriptors.kept = true;
      return 0;
    }
    return replaceShell(shell, args);
  },
  exit: (shell, args) =>
    Promise.reject(new ExitShell(args[0] === undefined ? shell.lastStatus : Number(args[0]) & 255)),
  export: exportVariables,
  hash: succeed,
  history: async (shell) => {
    for (const [index, line] of shell.history.entries())
      await shell.out(`${String(index + (shell.dialect === 'bash' ? 1 : 0)).padStart(5)}  ${line}\n`);
    return 0;
  },
  jobs,
  kill,
  local,
  printf: async (shell, args) => {
    if (args.length === 0) {
      await shell.complain('printf: usage: printf format [arguments]');
      return 2;
    }
    if (args[0] === '-v' && shell.dialect === 'bash') {
      shell.assign(args[1] ?? '', formatPrintf(args[2] ?? '', args.slice(3)));
      return 0;
    }
    await shell.out(formatPrintf(args[0] ?? '', args.slice(1)));
    return 0;
  },
  pwd: async (shell) => {
    await shell.out(`${shell.cwd}\n`);
    return 0;
  },
  read,
  readonly: exportVariables,
  return: (shell, args) =>
    Promise.reject(new ReturnFromFunction(args[0] === undefined ? shell.lastStatus : Number(args[0]) & 255)),
  set,
  shift: (shell, args) => {
    const count = Number(args[0] ?? 1);
    if (count > shell.positional.length) return Promise.resolve(1);
    shell.positional = shell.positional.slice(count);
    return Promise.resolve(0);
  },
  trap,
  type: async (shell, args) => {
    let status = 0;
    for (const name of args) status = (await describe(shell, name, 'type')) || status;
    return status;
  },
  umask: async (shell, args) => {
    if (args.length === 0) await shell.out('0022\n');
    return 0;
  },
  ulimit: async (shell, args) => {
    await shell.out(args.includes('-n') ? '1048576\n' : 'unlimited\n');
    return 0;
  },
  getopts,
  unset,
  wait,
};
