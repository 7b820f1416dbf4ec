import type { Clock } from '../clock.ts';
import type { NetworkStack } from '../network/types.ts';
import { fileError } from './file-error.ts';
import { resolvePath } from './path.ts';
import { toBytes } from './pipe.ts';
import { SOCKET_FILES, socketFile } from './proc-net.ts';
import type { FileStat, FileSystem, ProcessEntry } from './types.ts';

/** A small read-only /proc: proc(5)'s entries that people look at in a container. */
export class ProcFileSystem implements FileSystem {
  readonly #processes: () => ProcessEntry[];
  readonly #clock: Clock;
  readonly #network: Pick<NetworkStack, 'listeners' | 'udpPorts'>;
  readonly #startedMs: number;

  constructor(
    processes: () => ProcessEntry[],
    clock: Clock,
    network: Pick<NetworkStack, 'listeners' | 'udpPorts'>,
  ) {
    this.#processes = processes;
    this.#clock = clock;
    this.#network = network;
    this.#startedMs = clock.now();
  }

  readFile(path: string): Uint8Array {
    const text = this.#text(path);
    if (text !== undefined) return toBytes(text);
    throw fileError(this.exists(path) ? 'EISDIR' : 'ENOENT');
  }

  exists(path: string): boolean {
    const normal = resolvePath('/', path);
    if (normal === '/' || normal === '/net' || this.#text(normal) !== undefined) return true;
    return this.#processes().some((process) => normal === `/${process.pid}`);
  }

  stat(path: string): FileStat {
    if (!this.exists(path)) throw fileError('ENOENT');
    const isFile = this.#text(path) !== undefined;
    return {
      type: isFile ? 'file' : 'directory',
      size: 0,
      mode: isFile ? 0o444 : 0o555,
      mtimeMs: this.#startedMs,
    };
  }

  list(path: string): string[] {
    const normal = resolvePath('/', path);
    if (normal === '/')
      return [
        ...this.#processes().map((process) => String(process.pid)),
        ...Object.keys(this.#global()),
        'net',
      ];
    if (normal === '/net') return [...SOCKET_FILES];
    if (this.#text(normal) !== undefined) throw fileError('ENOTDIR');
    if (!this.exists(normal)) throw fileError('ENOENT');
    return ['cmdline', 'comm', 'environ', 'status'];
  }

  writeFile(): void {
    throw fileError('EACCES');
  }

  mkdir(): void {
    throw fileError('EACCES');
  }

  remove(): void {
    throw fileError('EACCES');
  }

  rename(): void {
    throw fileError('EACCES');
  }

  readLink(): undefined {
    return undefined;
  }

  symlink(): void {
    throw fileError('EACCES');
  }

  #global(): Record<string, string> {
    const seconds = ((this.#clock.now() - this.#startedMs) / 1000).toFixed(2);
    return {
      loadavg: '0.08 0.05 0.01 1/120 42\n',
      uptime: `${seconds} ${seconds}\n`,
      version: 'Linux version 6.12.0 (emulated) #1 SMP\n',
    };
  }

  #text(path: string): string | undefined {
    const [, first = '', second, third] = resolvePath('/', path).split('/');
    if (second === undefined) return this.#global()[first];
    if (first === 'net') return third === undefined ? socketFile(second, this.#network) : undefined;
    const process = this.#processes().find((each) => String(each.pid) === first);
    if (process === undefined || third !== undefined) return undefined;
    const name = (process.argv[0] ?? '').split('/').at(-1) ?? '';
    switch (second) {
      case 'cmdline':
        return process.argv.map((word) => `${word}\0`).join('');
      case 'comm':
        return `${name}\n`;
      case 'environ':
        return Object.entries(process.env)
          .map(([key, value]) => `${key}=${value}\0`)
          .join('');
      case 'status':
        return `Name:\t${name}\nState:\tS (sleeping)\nPid:\t${process.pid}\nPPid:\t${process.parentPid}\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n`;
      default:
        return undefined;
    }
  }
}
