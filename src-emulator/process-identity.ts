import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** True when a process with this id runs (or runs under another user). */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * When a process was started, as an opaque text that is the same for its whole life: tells a process from
 * another one that was given the same id later. Linux: field 22 of /proc/<pid>/stat (proc_pid_stat(5)), with
 * the boot that it counts from. macOS and BSD: `ps -o lstart`. Windows has no cheap answer: an empty text.
 */
export function processStart(pid: number): string {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The command name, field 2, is in parentheses and may itself hold spaces and parentheses.
      const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
      return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${ticks}`;
    }
    if (process.platform === 'win32') return '';
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      timeout: 5000,
    }).trim();
  } catch {
    return '';
  }
}

/** True when the process that once had this id and start still runs. */
export function isSameProcess(pid: number, start: string): boolean {
  return isProcessAlive(pid) && processStart(pid) === start;
}
