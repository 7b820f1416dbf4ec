import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * True when a process with this id runs (or runs under another user). One that has ended and that its parent
 * has not asked after yet, a zombie, does not run: in a container nobody may ever ask.
 */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return process.platform !== 'linux' || !['Z', 'X'].includes(statFields(pid)[0] ?? '');
}

/** Fields 3 and on of /proc/<pid>/stat (proc_pid_stat(5)); none when it cannot be read. */
function statFields(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name, field 2, is in parentheses and may itself hold spaces and parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
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
      const ticks = statFields(pid)[19];
      if (ticks === undefined) return '';
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
