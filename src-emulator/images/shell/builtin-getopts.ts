import type { Builtin } from './builtin.ts';

/** `getopts`: the next option of the positional parameters (POSIX). A letter inside a cluster is counted in `_OPTPOS`. */
export const getopts: Builtin = async (shell, args) => {
  const [given = '', name = 'opt', ...own] = args;
  const words = own.length > 0 ? own : shell.positional;
  const silent = given.startsWith(':');
  let index = Number(shell.parameter('OPTIND') ?? 1) || 1;
  let position = Number(shell.parameter('_OPTPOS') ?? 1) || 1;
  const word = words[index - 1];
  const finish = (letter: string, value: string | undefined, status = 0): number => {
    shell.assign('OPTIND', String(index));
    shell.assign('_OPTPOS', String(position));
    shell.assign(name, letter);
    if (value === undefined) shell.variables.unset('OPTARG');
    else shell.assign('OPTARG', value);
    return status;
  };
  if (word === undefined || !/^-./.test(word)) return finish('?', undefined, 1);
  if (word === '--') {
    index++;
    return finish('?', undefined, 1);
  }
  const letter = word[position] ?? '';
  position++;
  const at = given.indexOf(letter, silent ? 1 : 0);
  const isLast = position >= word.length;
  const leave = (): void => {
    index++;
    position = 1;
  };
  if (at === -1 || letter === ':') {
    if (isLast) leave();
    if (!silent)
      await shell.complain(
        shell.dialect === 'bash' ? `illegal option -- ${letter}` : `Illegal option -${letter}`,
      );
    return finish('?', silent ? letter : undefined);
  }
  if (given[at + 1] !== ':') {
    if (isLast) leave();
    return finish(letter, undefined);
  }
  const inline = word.slice(position);
  leave();
  if (inline !== '') return finish(letter, inline);
  const value = words[index - 1];
  index++;
  if (value !== undefined) return finish(letter, value);
  if (!silent) await shell.complain(`No arg for -${letter} option`);
  return finish(silent ? ':' : '?', silent ? letter : undefined);
};
