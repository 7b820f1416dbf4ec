import type { FileSystem } from '../images/types.ts';
import { VolumeError } from './volume-content.ts';

/**
 * Checks a hostPath against its type, and makes what its type wants made.
 * @returns the path on the node.
 * @throws VolumeError in the kubelet's words.
 */
export function hostPathFiles(
  node: FileSystem,
  { path, type = '' }: { path: string; type?: string },
): string {
  const found = node.exists(path) ? node.stat(path).type : undefined;
  const refuse = (what: string): never => {
    throw new VolumeError(`hostPath type check failed: ${path} is not a ${what}`);
  };
  switch (type) {
    case '':
      // containerd makes the directory where nothing is there to mount.
      if (found === undefined) node.mkdir(path, { recursive: true });
      break;
    case 'DirectoryOrCreate':
      if (found === undefined) node.mkdir(path, { recursive: true });
      else if (found !== 'directory') refuse('directory');
      break;
    case 'Directory':
      if (found !== 'directory') refuse('directory');
      break;
    case 'FileOrCreate':
      if (found === undefined) node.writeFile(path, '', { mode: 0o644 });
      else if (found !== 'file') refuse('file');
      break;
    case 'File':
      if (found !== 'file') refuse('file');
      break;
    default:
      refuse(SPECIAL_FILES[type] ?? type);
  }
  return path;
}

/** What no emulated node has. */
const SPECIAL_FILES: Record<string, string> = {
  Socket: 'socket file',
  CharDevice: 'character device',
  BlockDevice: 'block device',
};
