import { FileError, type FileStat, type FileSystem, type Mount, type Program } from './types.ts';
import { toBytes } from './pipe.ts';

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
  ENOEXEC: 'Exec format error',
} as const;

/** A FileError in libc's words. */
export function fileError(code: keyof typeof MESSAGES): FileError {
  return new FileError(code, MESSAGES[code]);
}

/** The absolute path without `.`, `..` and doubled slashes. */
export function resolvePath(cwd: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}

interface FileNode {
  kind: 'file';
  data: Uint8Array;
  mode: number;
  mtimeMs: number;
  program?: Program;
}

interface DirectoryNode {
  kind: 'directory';
  entries: Map<string, FileNode | DirectoryNode>;
  mode: number;
  mtimeMs: number;
  /** The file system that may change this directory; others that share it copy it first. */
  owner: MemoryFileSystem | undefined;
}

type Node = FileNode | DirectoryNode;

/** When the files of images were last changed: images are built ahead of their use. */
const IMAGE_TIME_MS = Date.UTC(2025, 3, 16, 12, 0, 0);

/** The files of an image: shared by all of its containers, never changed. */
export class FileTree {
  readonly root: DirectoryNode = {
    kind: 'directory',
    entries: new Map(),
    mode: 0o755,
    mtimeMs: IMAGE_TIME_MS,
    owner: undefined,
  };

  /** Lays a file down, with the folders above it. */
  addFile(path: string, data: string | Uint8Array, mode = 0o644): void {
    this.#add(path, { kind: 'file', data: toBytes(data), mode, mtimeMs: IMAGE_TIME_MS });
  }

  addDirectory(path: string): void {
    this.#directory(path);
  }

  /** Lays a program down as an executable file. */
  addProgram(path: string, program: Program): void {
    this.#add(path, { kind: 'file', data: PROGRAM_BYTES, mode: 0o755, mtimeMs: IMAGE_TIME_MS, program });
  }

  #add(path: string, node: FileNode): void {
    const at = path.lastIndexOf('/');
    this.#directory(path.slice(0, at)).entries.set(path.slice(at + 1), node);
  }

  #directory(path: string): DirectoryNode {
    let node = this.root;
    for (const part of path.split('/')) {
      if (part === '') continue;
      let child = node.entries.get(part);
      if (child?.kind !== 'directory') {
        child = {
          kind: 'directory',
          entries: new Map(),
          mode: 0o755,
          mtimeMs: IMAGE_TIME_MS,
          owner: undefined,
        };
        node.entries.set(part, child);
      }
      node = child;
    }
    return node;
  }
}

/** What `cat /bin/ls` starts with: enough to be recognised as a binary. */
const PROGRAM_BYTES = Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0);

/** An in-memory file system. Over a {@link FileTree} it copies a directory only when something in it changes. */
export class MemoryFileSystem implements FileSystem {
  readonly #now: () => number;
  #root: DirectoryNode;

  /** @param now milliseconds since the epoch, for modification times. */
  constructor(now: () => number, base?: FileTree) {
    this.#now = now;
    this.#root = base?.root ?? {
      kind: 'directory',
      entries: new Map(),
      mode: 0o755,
      mtimeMs: now(),
      owner: this,
    };
  }

  readFile(path: string): Uint8Array {
    const node = this.#get(path);
    if (node.kind === 'directory') throw fileError('EISDIR');
    return node.data;
  }

  writeFile(
    path: string,
    data: Uint8Array | string,
    options: { append?: boolean; mode?: number } = {},
  ): void {
    const [parent, name] = this.#parentForChange(path);
    if (name === '') throw fileError('EISDIR');
    const old = parent.entries.get(name);
    if (old?.kind === 'directory') {
      if (options.mode === undefined || options.append !== true) throw fileError('EISDIR');
      const own = this.#own(parent, name, old);
      own.mode = options.mode;
      return;
    }
    const bytes = toBytes(data);
    const node: FileNode = {
      kind: 'file',
      data: options.append === true && old !== undefined ? appended(old.data, bytes) : bytes.slice(),
      mode: options.mode ?? old?.mode ?? 0o644,
      mtimeMs: this.#now(),
    };
    if (old?.program !== undefined && options.append === true && bytes.length === 0)
      node.program = old.program;
    parent.entries.set(name, node);
    if (old === undefined) parent.mtimeMs = this.#now();
  }

  exists(path: string): boolean {
    return this.#find(path) !== undefined;
  }

  stat(path: string): FileStat {
    const node = this.#get(path);
    const size = node.kind === 'file' ? node.data.length : 4096;
    return { type: node.kind, size, mode: node.mode, mtimeMs: node.mtimeMs };
  }

  list(path: string): string[] {
    const node = this.#get(path);
    if (node.kind !== 'directory') throw fileError('ENOTDIR');
    return [...node.entries.keys()].sort();
  }

  mkdir(path: string, options: { recursive?: boolean } = {}): void {
    const normal = resolvePath('/', path);
    const existing = this.#find(normal);
    if (existing !== undefined) {
      if (options.recursive === true && existing.kind === 'directory') return;
      throw fileError('EEXIST');
    }
    if (options.recursive === true) this.mkdir(normal.slice(0, normal.lastIndexOf('/')) || '/', options);
    const [parent, name] = this.#parentForChange(normal);
    parent.entries.set(name, {
      kind: 'directory',
      entries: new Map(),
      mode: 0o755,
      mtimeMs: this.#now(),
      owner: this,
    });
    parent.mtimeMs = this.#now();
  }

  remove(path: string, options: { recursive?: boolean } = {}): void {
    const node = this.#get(path);
    const [parent, name] = this.#parentForChange(path);
    if (name === '') throw fileError('EBUSY');
    if (node.kind === 'directory' && options.recursive !== true && node.entries.size > 0)
      throw fileError('ENOTEMPTY');
    parent.entries.delete(name);
    parent.mtimeMs = this.#now();
  }

  rename(from: string, to: string): void {
    const node = this.#get(from);
    const source = resolvePath('/', from);
    const target = resolvePath('/', to);
    if (source === target) return;
    if (target.startsWith(`${source}/`)) throw fileError('EINVAL');
    const [newParent, newName] = this.#parentForChange(target);
    const old = newParent.entries.get(newName);
    if (old?.kind === 'directory') {
      if (node.kind !== 'directory') throw fileError('EISDIR');
      if (old.entries.size > 0) throw fileError('ENOTEMPTY');
    } else if (old !== undefined && node.kind === 'directory') throw fileError('ENOTDIR');
    const [oldParent, oldName] = this.#parentForChange(source);
    oldParent.entries.delete(oldName);
    newParent.entries.set(newName, node);
  }

  /** The program that a file stands for, if it is one. */
  programAt(path: string): Program | undefined {
    const node = this.#find(path);
    return node?.kind === 'file' ? node.program : undefined;
  }

  #find(path: string): Node | undefined {
    let node: Node = this.#root;
    for (const part of resolvePath('/', path).split('/')) {
      if (part === '') continue;
      if (node.kind !== 'directory') return undefined;
      const child = node.entries.get(part);
      if (child === undefined) return undefined;
      node = child;
    }
    return node;
  }

  #get(path: string): Node {
    let node: Node = this.#root;
    for (const part of resolvePath('/', path).split('/')) {
      if (part === '') continue;
      if (node.kind !== 'directory') throw fileError('ENOTDIR');
      const child = node.entries.get(part);
      if (child === undefined) throw fileError('ENOENT');
      node = child;
    }
    return node;
  }

  /** The directory above `path`, owned by this file system all the way down, and the last part of the path. */
  #parentForChange(path: string): [DirectoryNode, string] {
    const parts = resolvePath('/', path).split('/').slice(1);
    const name = parts.pop() ?? '';
    if (this.#root.owner !== this)
      this.#root = { ...this.#root, entries: new Map(this.#root.entries), owner: this };
    let node = this.#root;
    for (const part of parts) {
      const child = node.entries.get(part);
      if (child === undefined) throw fileError('ENOENT');
      if (child.kind !== 'directory') throw fileError('ENOTDIR');
      node = this.#own(node, part, child);
    }
    return [node, name];
  }

  #own(parent: DirectoryNode, name: string, node: DirectoryNode): DirectoryNode {
    if (node.owner === this) return node;
    const copy: DirectoryNode = { ...node, entries: new Map(node.entries), owner: this };
    parent.entries.set(name, copy);
    return copy;
  }
}

/** Appends in place where the buffer has room behind `old`, so that a growing log is not copied each time. */
function appended(old: Uint8Array, more: Uint8Array): Uint8Array {
  if (more.length === 0) return old;
  const length = old.length + more.length;
  const inGrowable = growable.get(old.buffer);
  if (inGrowable === old.byteOffset + old.length && old.buffer.byteLength - old.byteOffset >= length) {
    const view = new Uint8Array(old.buffer, old.byteOffset, length);
    view.set(more, old.length);
    growable.set(old.buffer, old.byteOffset + length);
    return view;
  }
  const room = new Uint8Array(Math.max(256, length * 2));
  room.set(old);
  room.set(more, old.length);
  growable.set(room.buffer, length);
  return room.subarray(0, length);
}

/** Buffers made by {@link appended}, and how far each is used. */
const growable = new WeakMap<ArrayBufferLike, number>();

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
    const { fs, inner } = this.#routeForChange(normal);
    fs.remove(inner, options);
  }

  rename(from: string, to: string): void {
    const source = this.#routeForChange(from);
    const target = this.#routeForChange(to);
    if (source.fs !== target.fs) throw fileError('EXDEV');
    source.fs.rename(source.inner, target.inner);
  }

  /** The program that a file stands for, if it is one. */
  programAt(path: string): Program | undefined {
    const { fs, inner } = this.#route(path);
    return fs instanceof MemoryFileSystem ? fs.programAt(inner) : undefined;
  }

  #makeMountPoint(mount: Mount): void {
    if (this.#own.exists(mount.path)) return;
    const isFile =
      mount.source.exists(mount.sourcePath) && mount.source.stat(mount.sourcePath).type === 'file';
    this.#own.mkdir(isFile ? resolvePath(mount.path, '..') : mount.path, { recursive: true });
    if (isFile) this.#own.writeFile(mount.path, '');
  }

  #route(path: string): { fs: FileSystem; inner: string; readOnly: boolean } {
    const normal = resolvePath('/', path);
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

  #routeForChange(path: string): { fs: FileSystem; inner: string } {
    const route = this.#route(path);
    if (route.readOnly) throw fileError('EROFS');
    return route;
  }
}
