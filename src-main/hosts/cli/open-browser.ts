import { spawn } from 'node:child_process';

/** The command that opens an address in the user's browser. */
export function openCommand(
  address: string,
  platform: NodeJS.Platform,
): [program: string, ...args: string[]] {
  if (platform === 'darwin') return ['open', address];
  // Through the shell's `start`, "&" in an address would begin another command.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', address];
  return ['xdg-open', address];
}

/** Tries to open the browser. That there is none is no error: the address has been printed. */
export function openBrowser(address: string): void {
  const [program, ...args] = openCommand(address, process.platform);
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
