import { untilAborted } from '../descriptors.ts';
import { resolvePath } from '../file-system.ts';
import { findCommandPath } from '../find-program.ts';
import { isTerminal, SIGNALS } from '../process.ts';
import { FileError } from '../types.ts';
import { BreakLoop, ContinueLoop, ExitShell, ReturnFromFunction } from './flow.ts';
import { formatEcho, formatPrintf } from './format.ts';
import type { Shell } from './interpreter.ts';
import { evaluateTest, TestFailure } from './test-expression.ts';

/** A command that the shell runs itself. Resolves with its status. */
type Builtin = (shell: Shell, args: readonly string[]) => Promise<number>;

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
    await shell.complain(`${name}: ${error.message}`);
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
        `${shell.dialect === 'dash' ? '1: ' : ''}cd: ${shell.dialect === 'dash' ? `can't cd to ${target ?? ''}` : `${target ?? ''}: ${reason}`}`,
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

const local: Builtin = (shell, args) => {
  for (const arg of args) {
    const at = arg.indexOf('=');
    shell.variables.local(at === -1 ? arg : arg.slice(0, at), at === -1 ? undefined : arg.slice(at + 1));
  }
  return Promise.resolve(0);
};

const read: Builtin = async (shell, args) => {
  let at = 0;
  let raw = false;
  let prompt = '';
  let timeoutMs: number | undefined;
  for (; args[at]?.startsWith('-') === true; at++) {
    const option = args[at] ?? '';
    if (option.includes('r')) raw = true;
    if (option.endsWith('p')) prompt = args[++at] ?? '';
    else if (option.endsWith('t')) timeoutMs = Number(args[++at] ?? 0) * 1000;
  }
  if (prompt !== '' && isTerminal(shell.context, 0)) await shell.context.stderr.write(prompt);
  const line = await readLine(shell, raw, timeoutMs);
  const names = args.length > at ? args.slice(at) : ['REPLY'];
  const ifs = shell.parameter('IFS') ?? ' \t\n';
  let rest = trimIfs(line.text, ifs);
  names.forEach((name, index) => {
    if (index === names.length - 1) {
      shell.assign(name, rest);
      return;
    }
    const end = [...rest].findIndex((char) => ifs.includes(char));
    shell.assign(name, end === -1 ? rest : rest.slice(0, end));
    rest = end === -1 ? '' : trimIfs(rest.slice(end + 1), ifs);
  });
  return line.complete ? 0 : 1;
};

function trimIfs(text: string, ifs: string): string {
  let start = 0;
  let end = text.length;
  const blank = (char: string | undefined): boolean =>
    char !== undefined && /\s/.test(char) && ifs.includes(char);
  while (start < end && blank(text[start])) start++;
  while (end > start && blank(text[end - 1])) end--;
  return text.slice(start, end);
}

/** Reads one line and leaves what follows it in the input. */
async function readLine(
  shell: Shell,
  raw: boolean,
  timeoutMs?: number,
): Promise<{ text: string; complete: boolean }> {
  const bytes: number[] = [];
  const timeout = new AbortController();
  const timer =
    timeoutMs === undefined
      ? undefined
      : shell.context.clock.setTimeout(() => timeout.abort(new Error('timeout')), timeoutMs);
  const signal = AbortSignal.any([shell.context.ended, timeout.signal]);
  let complete = false;
  try {
    for (;;) {
      const chunk = await shell.stdin.read(signal);
      if (chunk === undefined) break;
      const newline = chunk.indexOf(0x0a);
      if (newline === -1) {
        bytes.push(...chunk);
        continue;
      }
      shell.stdin.unread(chunk.subarray(newline + 1));
      bytes.push(...chunk.subarray(0, newline));
      if (!raw && bytes.at(-1) === 0x5c) {
        bytes.pop();
        continue;
      }
      complete = true;
      break;
    }
  } catch (error) {
    if (!timeout.signal.aborted) throw error;
  } finally {
    timer?.cancel();
  }
  const text = new TextDecoder().decode(Uint8Array.from(bytes));
  return { text: raw ? text : text.replace(/\\(.)/g, '$1'), complete };
}

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

const wait: Builtin = async (shell, args) => {
  const wanted =
    args.length === 0 ? shell.jobs : shell.jobs.filter((job) => args.includes(String(job.process.pid)));
  if (args.length > 0 && wanted.length === 0) return 127;
  let status = 0;
  for (const job of [...wanted]) {
    status = (await untilAborted(job.process.exit, shell.context.ended)).code;
    shell.jobs.splice(shell.jobs.indexOf(job), 1);
  }
  return args.length === 0 ? 0 : status;
};

const kill: Builtin = async (shell, args) => {
  if (args[0] === '-l') {
    await shell.out(`${SIGNALS.map(([name]) => name.slice(3)).join('\n')}\n`);
    return 0;
  }
  // `%1` names a job; the program knows process numbers only.
  const resolved = args.map((arg) =>
    /^%\d+$/.test(arg) ? String(shell.jobs[Number(arg.slice(1)) - 1]?.process.pid ?? arg) : arg,
  );
  const [first = ''] = resolved;
  const named = /^-(?:s$|n$)/.test(first) ? resolved[1] : /^-(\w+)$/.exec(first)?.[1];
  const wanted = (named ?? 'TERM').toUpperCase().replace(/^SIG/, '');
  const pids = resolved.slice(named === undefined ? 0 : /^-[sn]$/.test(first) ? 2 : 1);
  const signal = SIGNALS.find(([name, number]) => name === `SIG${wanted}` || String(number) === wanted)?.[0];
  if (signal === undefined && wanted !== '0') {
    await shell.complain(`kill: ${named ?? ''}: invalid signal specification`);
    return 1;
  }
  let status = 0;
  for (const pid of pids) {
    const process = shell.context.processes().find((each) => String(each.pid) === pid);
    if (process === undefined) {
      await shell.complain(`kill: can't kill pid ${pid}: No such process`);
      status = 1;
    } else if (signal !== undefined) process.signal(signal);
  }
  return status;
};

const trap: Builtin = (shell, args) => {
  const [action = '', ...names] = args;
  for (const name of names) {
    const key = name.toUpperCase().replace(/^SIG/, '');
    const signal = SIGNALS.find(([each, number]) => each === `SIG${key}` || String(number) === key)?.[0];
    if (action === '-') shell.traps.delete(key);
    else shell.traps.set(key === '0' ? 'EXIT' : key, action);
    if (signal !== undefined && signal !== 'SIGKILL' && action !== '-')
      shell.context.onSignal(signal, () => shell.pendingTraps.push(key));
  }
  return Promise.resolve(0);
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
    await shell.complain('[: missing ]');
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
      shell.keepRedirects();
      return 0;
    }
    return shell.replace(args);
  },
  exit: (shell, args) =>
    Promise.reject(new ExitShell(args[0] === undefined ? shell.lastStatus : Number(args[0]) & 255)),
  export: exportVariables,
  hash: succeed,
  jobs: async (shell) => {
    for (const [index, job] of shell.jobs.entries()) {
      const state = job.status === undefined ? 'Running' : 'Done';
      await shell.out(
        `[${index + 1}]${index === shell.jobs.length - 1 ? '+' : '-'}  ${state.padEnd(24)}${job.command}\n`,
      );
    }
    return 0;
  },
  kill,
  local,
  printf: async (shell, args) => {
    if (args.length === 0) {
      await shell.complain('printf: usage: printf format [arguments]');
      return 2;
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
  umask: succeed,
  unset,
  wait,
};
