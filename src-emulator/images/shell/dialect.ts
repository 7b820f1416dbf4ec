import type { FileError } from '../types.ts';

/** Whose words and manners a shell has. */
export type Dialect = 'ash' | 'bash' | 'dash';

/** Where a shell is when it complains. */
export interface ShellPlace {
  dialect: Dialect;
  /** The shell's own name, or that of the script. */
  name: string;
  line: number;
  /** `prompt`: at a terminal; `string`: -c; `script`: a file. */
  source: 'prompt' | 'string' | 'script';
}

/** What a shell's messages start with. */
export function messagePrefix({ dialect, name, line, source }: ShellPlace): string {
  if (dialect === 'dash') return `${name}: ${line}: `;
  return source === 'script' || (dialect === 'bash' && source === 'string')
    ? `${name}: line ${line}: `
    : `${name}: `;
}

/** What a shell says of a command that it cannot start. */
export function notFound(dialect: Dialect, command: string, error: FileError): string {
  if (error.code !== 'ENOENT') return `${command}: ${error.message}`;
  if (dialect !== 'bash') return `${command}: not found`;
  return `${command}: ${command.includes('/') ? error.message : 'command not found'}`;
}

/** A syntax error, which the parser words as ash does, in the words of the others. */
export function describeSyntaxError(dialect: Dialect, message: string): string {
  const [, token = '', hint = ''] = /^unexpected (.*?)( \(expecting .*\))?$/.exec(message) ?? [];
  if (dialect === 'ash') return `syntax error: ${message}`;
  if (dialect === 'dash') {
    if (token === '' && message === 'bad substitution') return 'Bad substitution';
    if (token === '') return `Syntax error: ${message.charAt(0).toUpperCase()}${message.slice(1)}`;
    return `Syntax error: ${token} unexpected${hint}`;
  }
  if (token === 'end of file') return 'syntax error: unexpected end of file';
  if (token !== '') return `syntax error near unexpected token \`${token.replaceAll('"', '')}'`;
  return message;
}

/** What a shell says of a redirection that it cannot open. */
export function describeOpenFailure(
  dialect: Dialect,
  target: string,
  reading: boolean,
  error: FileError,
): string {
  if (dialect === 'bash') return `${target}: ${error.message}`;
  const missing = reading ? 'no such file' : 'nonexistent directory';
  const reason = error.code === 'ENOENT' ? missing : error.message;
  return `can't ${reading ? 'open' : 'create'} ${target}: ${reason}`;
}
