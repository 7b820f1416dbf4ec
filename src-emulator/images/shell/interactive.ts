import { resolvePath } from '../path.ts';
import { DEFAULT_PATH } from '../find-program.ts';
import { reportEndedJobs } from './builtin-jobs.ts';
import { builtins } from './builtins.ts';
import type { Dialect } from './dialect.ts';
import { ExitShell } from './flow.ts';
import type { Shell } from './interpreter.ts';
import { LineEditor } from './line-editor.ts';
import { Parser } from './parser.ts';
import { type List, SyntaxFailure } from './syntax-tree.ts';

/** Reads commands from the terminal and runs them until `exit` or Ctrl+D. Resolves with the exit code. */
export async function runInteractively(shell: Shell): Promise<number> {
  const { context } = shell;
  const { history } = shell;
  const editor = new LineEditor(context, { history, complete: (line) => complete(shell, line) });
  context.onSignal('SIGINT', () => shell.interrupt());
  context.onSignal('SIGQUIT', () => undefined);
  context.onSignal('SIGTERM', () => undefined);
  let script = '';
  for (;;) {
    if (script === '') await reportEndedJobs(shell);
    context.terminal?.setRaw(true);
    const edited = await editor.read(script === '' ? prompt(shell) : (shell.parameter('PS2') ?? '> '));
    context.terminal?.setRaw(false);
    if (edited.type === 'interrupt') {
      script = '';
      shell.lastStatus = 130;
      continue;
    }
    if (edited.type === 'end') {
      if (script === '') {
        if (shell.dialect === 'bash') await context.stdout.write('exit\n');
        else await context.stdout.write('\n');
        break;
      }
      await shell.complain('syntax error: unexpected end of file');
      script = '';
      continue;
    }
    if (edited.text.trim() !== '' && edited.text !== history.at(-1)) history.push(edited.text);
    script += script === '' ? edited.text : `\n${edited.text}`;
    const lists = parse(script, shell.dialect);
    if (lists === 'incomplete') continue;
    script = '';
    try {
      if (lists instanceof SyntaxFailure) throw lists;
      for (const list of lists) await shell.execute(list);
    } catch (error) {
      if (error instanceof ExitShell) {
        shell.lastStatus = error.status;
        break;
      }
      const status = await shell.handleFailure(error);
      if (status === undefined && context.ended.aborted) throw error;
      shell.lastStatus = status ?? 141;
      if (status === 130) await context.stdout.write('\n');
    }
  }
  await shell.runExitTrap();
  return shell.lastStatus;
}

function parse(script: string, dialect: Dialect): List[] | SyntaxFailure | 'incomplete' {
  try {
    const parser = new Parser(script, dialect);
    const lists: List[] = [];
    for (let list = parser.next(); list !== undefined; list = parser.next()) lists.push(list);
    return parser.openHereDocument || /(^|[^\\])(\\\\)*\\$/.test(script) ? 'incomplete' : lists;
  } catch (error) {
    if (!(error instanceof SyntaxFailure)) throw error;
    return error.incomplete ? 'incomplete' : error;
  }
}

/** PS1 with its escapes filled in; busybox shows the folder, Debian's bash user and host too. */
function prompt(shell: Shell): string {
  const home = shell.parameter('HOME') ?? '/root';
  const folder =
    shell.cwd === home && home !== '/'
      ? '~'
      : shell.cwd.startsWith(`${home}/`) && home !== '/'
        ? `~${shell.cwd.slice(home.length)}`
        : shell.cwd;
  const defaults = { ash: '\\w # ', bash: '\\u@\\h:\\w# ', dash: '# ' };
  const escapes: Record<string, string> = {
    w: folder,
    W: folder.split('/').at(-1) || '/',
    u: 'root',
    h: shell.context.hostname.split('.')[0] ?? '',
    H: shell.context.hostname,
    $: '#',
    s: shell.name,
    n: '\n',
    '[': '',
    ']': '',
    e: '\x1b',
    '\\': '\\',
  };
  return (shell.parameter('PS1') ?? defaults[shell.dialect]).replace(
    /\\(033|[^])/g,
    (whole, letter: string) => (letter === '033' ? '\x1b' : (escapes[letter] ?? whole)),
  );
}

/** Commands for the first word, paths for the others. */
function complete(shell: Shell, line: string): { start: number; candidates: string[] } {
  const start =
    Math.max(...[' ', '|', ';', '&', '(', '>', '<', '='].map((separator) => line.lastIndexOf(separator))) + 1;
  const word = line.slice(start);
  const isCommand = /(^|[|;&(]|\b(?:do|then|else|exec|if|while)\s)\s*$/.test(line.slice(0, start));
  if (isCommand && !word.includes('/')) {
    const names = new Set([...Object.keys(builtins), ...shell.functions.keys()]);
    for (const folder of (shell.parameter('PATH') ?? DEFAULT_PATH).split(':')) {
      if (shell.fs.exists(folder)) for (const name of shell.fs.list(folder)) names.add(name);
    }
    return { start, candidates: [...names].filter((name) => name.startsWith(word)).sort() };
  }
  if (word.startsWith('$')) {
    const names = shell.variables.all().map(([name]) => `$${name}`);
    return { start, candidates: names.filter((name) => name.startsWith(word)) };
  }
  const slash = word.lastIndexOf('/');
  const folder = word.slice(0, slash + 1);
  const path = resolvePath(shell.cwd, folder.replace(/^~(?=\/)/, shell.parameter('HOME') ?? '/root') || '.');
  if (!shell.fs.exists(path) || shell.fs.stat(path).type !== 'directory') return { start, candidates: [] };
  const partial = word.slice(slash + 1);
  const candidates = shell.fs
    .list(path)
    .filter((name) => name.startsWith(partial) && (partial.startsWith('.') || !name.startsWith('.')))
    .map((name) => folder + name + (shell.fs.stat(resolvePath(path, name)).type === 'directory' ? '/' : ''));
  return { start, candidates };
}
