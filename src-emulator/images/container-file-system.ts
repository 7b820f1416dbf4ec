import { fileError } from './file-error.ts';
import { MemoryFileSystem } from './memory-file-system.ts';
import { resolvePath } from './path.ts';
import type { FileStat, FileSystem, Mount, Program } from './types.ts';

/** The links that a path may lead through, as Linux counts them. */
const MAX_LINKS = 40;

/** What a container sees: its own files, with volumes mounted over them. */
export class ContainerFileSystem implements FileSystem {
  readonly #own: MemoryFileSystem;
  readonly #mounts: Mount[];

  constructor(own: MemoryFileSystem, mounts: readonly Mount[]) {
    this.#own = own;
    this.#mounts = mounts
      .map((mount) => ({ ...mount, path: resolvePath('/', mount.path) }))
      .sort((a, b) => b.path.length - a.path.length);
    for (const mount of this.#mounts) this.#makeMountPoint(mount);
  }

  readFile(path: string): Uint8Array {
    const { fs, inner } = this.#route(path);
    return fs.readFile(inner);
  }

  writeFile(path: string, data: Uint8Array | string, options?: { append?: boolean; mode?: number }): void {
    const { fs, inner } = this.#routeForChange(path);
    fs.writeFile(inner, data, options);
  }

  exists(path: string): boolean {
    const { fs, inner } = this.#route(path);
    return fs.exists(inner);
  }

  stat(path: string): FileStat {
    const { fs, inner } = this.#route(path);
    return fs.stat(inner);
  }

  list(path: string): string[] {
    const normal = resolvePath('/', path);
    const { fs, inner } = this.#route(normal);
    const names = new Set(fs.list(inner));
    const prefix = normal === '/' ? '/' : `${normal}/`;
    for (const mount of this.#mounts) {
      if (mount.path.startsWith(prefix)) {
        const rest = mount.path.slice(prefix.length);
        if (rest !== '' && !rest.includes('/')) names.add(rest);
      }
    }
    return [...names].sort();
  }

  mkdir(path: string, options?: { recursive?: boolean }): void {
    if (this.exists(path)) {
      if (options?.recursive === true && this.stat(path).type === 'directory') return;
      throw fileError('EEXIST');
    }
    const { fs, inner } = this.#routeForChange(path);
    fs.mkdir(inner, options);
  }

  remove(path: string, options?: { recursive?: boolean }): void {
    const normal = resolvePath('/', path);
    if (this.#mounts.some((mount) => mount.path === normal || mount.path.startsWith(`${normal}/`)))
      throw fileError('EBUSY');
    const { fs, inner } = this.#routeForChange(normal, false);
    fs.remove(inner, options);
  }

  rename(from: string, to: string): void {
    const source = this.#routeForChange(from, false);
    const target = this.#routeForChange(to, false);
    if (source.fs !== target.fs) throw fileError('EXDEV');
    source.fs.rename(source.inner, target.inner);
  }

  readLink(path: string): string | undefined {
    const { fs, inner } = this.#route(path, false);
    return fs.readLink(inner);
  }

  symlink(target: string, path: string): void {
    const { fs, inner } = this.#routeForChange(path, false);
    fs.symlink(target, inner);
  }

  /** The program that a file stands for, if it is one. */
  programAt(path: string): Program | undefined {
    const { fs, inner } = this.#route(path);
    return fs instanceof MemoryFileSystem || fs instanceof ContainerFileSystem
      ? fs.programAt(inner)
      : undefined;
  }

  /** What is to be seen when `folder` becomes the root, as chroot(2) makes it; /proc stays where it is. */
  rootedAt(folder: string): ContainerFileSystem {
    const mounts = [
      { path: '/', source: this, sourcePath: folder, readOnly: false },
      { path: '/proc', source: this, sourcePath: '/proc', readOnly: true },
    ];
    return new ContainerFileSystem(new MemoryFileSystem(() => 0), mounts);
  }

  #makeMountPoint(mount: Mount): void {
    if (this.#own.exists(mount.path)) return;
    const isFile =
      mount.source.exists(mount.sourcePath) && mount.source.stat(mount.sourcePath).type === 'file';
    this.#own.mkdir(isFile ? resolvePath(mount.path, '..') : mount.path, { recursive: true });
    if (isFile) this.#own.writeFile(mount.path, '');
  }

  /** The file system that a path is in. Links may lead from one to another; that at the end is followed if `last`. */
  #route(path: string, last = true): { fs: FileSystem; inner: string; readOnly: boolean } {
    return this.#locate(this.#follow(resolvePath('/', path), last));
  }

  /** The path with its links followed, as far as it exists. */
  #follow(path: string, last: boolean, links = MAX_LINKS): string {
    const parts = path.split('/').slice(1);
    for (let count = 1; count <= parts.length - (last ? 0 : 1); count++) {
      const prefix = `/${parts.slice(0, count).join('/')}`;
      const { fs, inner } = this.#locate(prefix);
      const target = fs.readLink(inner);
      if (target === undefined) continue;
      if (links === 0) throw fileError('ELOOP');
      const rest = parts.slice(count).join('/');
      return this.#follow(resolvePath(resolvePath(resolvePath(prefix, '..'), target), rest), last, links - 1);
    }
    return path;
  }

  #locate(normal: string): { fs: FileSystem; inner: string; readOnly: boolean } {
    for (const mount of this.#mounts) {
      if (normal === mount.path || normal.startsWith(mount.path === '/' ? '/' : `${mount.path}/`))
        return {
          fs: mount.source,
          inner: resolvePath('/', `${mount.sourcePath}/${normal.slice(mount.path.length)}`),
          readOnly: mount.readOnly,
        };
    }
    return { fs: this.#own, inner: normal, readOnly: false };
  }

  #routeForChange(path: string, last = true): { fs: FileSystem; inner: string } {
    const route = this.#route(path, last);
    if (route.readOnly) throw fileError('EROFS');
    return route;
  }
}
