import { randomBytes } from 'node:crypto';
import type { ByteSink, ByteSource } from '../streams.ts';
import { fileError } from './file-error.ts';
import type { FileSystem } from './types.ts';

const CHUNK_BYTES = 65_536;

/**
 * Opens a file for reading; the devices of /dev behave as such. `path` is absolute.
 *
 * @throws FileError
 */
export function openSource(fs: FileSystem, path: string): ByteSource {
  switch (path) {
    case '/dev/null':
    case '/dev/tty':
      return { read: () => Promise.resolve(undefined), cancel: () => undefined };
    case '/dev/zero':
      return endless(() => new Uint8Array(CHUNK_BYTES));
    case '/dev/random':
    case '/dev/urandom':
      return endless(() => randomBytes(4096));
    default: {
      const data = fs.readFile(path);
      let at = 0;
      return {
        read: () => {
          const chunk = data.subarray(at, at + CHUNK_BYTES);
          at += chunk.length;
          return Promise.resolve(chunk.length === 0 ? undefined : chunk);
        },
        cancel: () => undefined,
      };
    }
  }
}

function endless(make: () => Uint8Array): ByteSource {
  return {
    // A turn of the event loop between chunks: an endless file must not hold up everybody else.
    read: () => new Promise((resolve) => setImmediate(() => resolve(make()))),
    cancel: () => undefined,
  };
}

/**
 * Opens a file for writing, made or emptied at once unless `append`. `path` is absolute.
 *
 * @throws FileError
 */
export function openSink(fs: FileSystem, path: string, append: boolean): ByteSink {
  if (path === '/dev/null' || path === '/dev/zero' || path === '/dev/tty')
    return { write: () => Promise.resolve(), end: () => undefined };
  const parent = path.slice(0, path.lastIndexOf('/')) || '/';
  if (!fs.exists(parent)) throw fileError('ENOENT');
  fs.writeFile(path, '', { append });
  return {
    write: async (data) => fs.writeFile(path, data, { append: true }),
    end: () => undefined,
  };
}
