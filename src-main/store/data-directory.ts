import { join } from 'node:path';

/** Where the app keeps what must survive: settings, progress, clusters. */
export interface DataDirectoryEnvironment {
  platform: NodeJS.Platform;
  home: string;
  env: Readonly<Record<string, string | undefined>>;
}

/**
 * The folder for the app's data. `SWITCHYARD_DATA` wins; otherwise the platform's own place: the XDG base
 * directory specification on Linux, `Application Support` on macOS, `%LOCALAPPDATA%` on Windows.
 */
export function dataDirectory({ platform, home, env }: DataDirectoryEnvironment): string {
  const chosen = env['SWITCHYARD_DATA'];
  if (chosen !== undefined && chosen !== '') return chosen;
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'switchyard');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'switchyard');
  const xdg = env['XDG_DATA_HOME'];
  // The specification says that a relative path is to be ignored.
  return join(xdg?.startsWith('/') === true ? xdg : join(home, '.local', 'share'), 'switchyard');
}
