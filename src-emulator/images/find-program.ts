import type { ContainerFileSystem } from './container-file-system.ts';
import { fileError } from './file-error.ts';
import { resolvePath } from './path.ts';
import type { Program } from './types.ts';

/** Where programs are sought when PATH is not set. */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export interface FoundProgram {
  program: Program;
  /** The command line that it gets: longer than what was asked for when the file is a script with `#!`. */
  argv: readonly string[];
}

/** The absolute path that a command name stands for, by PATH; undefined when there is none. */
export function findCommandPath(
  fs: ContainerFileSystem,
  name: string,
  env: Readonly<Record<string, string>>,
  cwd: string,
): string | undefined {
  if (name.includes('/')) {
    const path = resolvePath(cwd, name);
    return fs.exists(path) ? path : undefined;
  }
  for (const folder of (env['PATH'] ?? DEFAULT_PATH).split(':')) {
    const path = resolvePath(cwd, `${folder}/${name}`);
    if (!fs.exists(path)) continue;
    const stat = fs.stat(path);
    if (stat.type === 'file' && (stat.mode & 0o111) !== 0) return path;
  }
  return undefined;
}

/**
 * The program behind a command line. A script is run by the interpreter that its first line names.
 *
 * @throws FileError ENOENT, EACCES or ENOEXEC, as execve(2) gives them.
 */
export function findProgram(
  fs: ContainerFileSystem,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
): FoundProgram {
  const path = findCommandPath(fs, argv[0] ?? '', env, cwd);
  if (path === undefined) throw fileError('ENOENT');
  const stat = fs.stat(path);
  if (stat.type !== 'file' || (stat.mode & 0o111) === 0) throw fileError('EACCES');
  const program = fs.programAt(path);
  if (program !== undefined) return { program, argv };
  const firstLine = /^#![ \t]*([^\n]*)/.exec(
    new TextDecoder().decode(fs.readFile(path).subarray(0, 256)),
  )?.[1];
  if (firstLine === undefined) throw fileError('ENOEXEC');
  const [interpreter = '', ...argument] = firstLine.trim().split(/[ \t]+/);
  const interpreterPath = findCommandPath(fs, interpreter, env, cwd);
  const interpreterProgram = interpreterPath === undefined ? undefined : fs.programAt(interpreterPath);
  if (interpreterProgram === undefined) throw fileError('ENOENT');
  return { program: interpreterProgram, argv: [interpreter, ...argument, path, ...argv.slice(1)] };
}
