/** What programs tell of the entries of folders. */
import type { FileStat, ProcessContext } from '../types.ts';

/** Of a folder: what is in it may only be removed by its owner. */
const STICKY = 0o1000;

/** `drwxr-xr-x` */
export function permissions(stat: FileStat): string {
  const bits = Array.from('rwxrwxrwx')
    .map((letter, index) => ((stat.mode >> (8 - index)) & 1 ? letter : '-'))
    .join('')
    .replace(/.$/, (last) => (stat.mode & STICKY ? (last === 'x' ? 't' : 'T') : last));
  return { directory: 'd', symlink: 'l', file: '-' }[stat.type] + bits;
}

/** What is known of an entry itself, also when it is a link. */
export function entryStat(context: ProcessContext, path: string): FileStat {
  const link = context.fs.readLink(path);
  if (link === undefined) return context.fs.stat(path);
  const mtimeMs = context.fs.exists(path) ? context.fs.stat(path).mtimeMs : context.clock.now();
  return { type: 'symlink', size: link.length, mode: 0o777, mtimeMs };
}
