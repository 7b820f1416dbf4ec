import type { FileError } from '../types.ts';

/** Whose words and manners a shell has. */
export type Dialect = 'ash' | 'bash' | 'dash';

/** What a shell says of a command that it cannot start. */
export function notFound(dialect: Dialect, shell: string, command: string, error: FileError): string {
  if (error.code !== 'ENOENT') return `${shell}: ${command}: ${error.message}`;
  if (dialect === 'ash') return `${shell}: ${command}: not found`;
  if (dialect === 'dash') return `${shell}: 1: ${command}: not found`;
  return `${shell}: ${command}: ${command.includes('/') ? error.message : 'command not found'}`;
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
