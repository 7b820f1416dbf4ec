import { FileError } from './types.ts';

const MESSAGES = {
  ENOENT: 'No such file or directory',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  EEXIST: 'File exists',
  ENOTEMPTY: 'Directory not empty',
  EROFS: 'Read-only file system',
  EXDEV: 'Invalid cross-device link',
  EACCES: 'Permission denied',
  EBUSY: 'Device or resource busy',
  EINVAL: 'Invalid argument',
  ELOOP: 'Too many levels of symbolic links',
  ENOEXEC: 'Exec format error',
} as const;

/** A FileError in libc's words. */
export function fileError(code: keyof typeof MESSAGES): FileError {
  return new FileError(code, MESSAGES[code]);
}
