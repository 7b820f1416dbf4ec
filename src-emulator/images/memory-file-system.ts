import { fileError } from './file-error.ts';
import type { DirectoryNode, FileNode, FileTree, LinkNode } from './file-tree.ts';
import { resolvePath } from './path.ts';
import { toBytes } from './pipe.ts';
import type { FileStat, FileSystem, Program } from './types.ts';

type Node = FileNode | LinkNode | DirectoryNode;

/** The links that a path may lead through, as Linux counts them. */
const MAX_LINKS = 40;

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
    if (node.kind !== 'file') throw fileError('EISDIR');
    return node.data;
  }

  writeFile(
    path: string,
    data: Uint8Array | string,
    options: { append?: boolean; mode?: number } = {},
  ): void {
    const [parent, name] = this.#parentForChange(this.#resolve(path));
    if (name === '') {
      if (options.mode === undefined || options.append !== true) throw fileError('EISDIR');
      parent.mode = options.mode;
      return;
    }
    const found = parent.entries.get(name);
    const old = found?.kind === 'symlink' ? undefined : found;
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
    const size =
      node.kind === 'file' ? node.data.length : node.kind === 'symlink' ? node.target.length : 4096;
    return { type: node.kind, size, mode: node.mode, mtimeMs: node.mtimeMs };
  }

  list(path: string): string[] {
    const node = this.#get(path);
    if (node.kind !== 'directory') throw fileError('ENOTDIR');
    return [...node.entries.keys()].sort();
  }

  mkdir(path: string, options: { recursive?: boolean } = {}): void {
    const normal = this.#resolve(path);
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
    const normal = this.#resolve(path, false);
    const node = this.#at(normal);
    const [parent, name] = this.#parentForChange(normal);
    if (name === '') throw fileError('EBUSY');
    if (node.kind === 'directory' && options.recursive !== true && node.entries.size > 0)
      throw fileError('ENOTEMPTY');
    parent.entries.delete(name);
    parent.mtimeMs = this.#now();
  }

  rename(from: string, to: string): void {
    const source = this.#resolve(from, false);
    const target = this.#resolve(to, false);
    const node = this.#at(source);
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

  readLink(path: string): string | undefined {
    const node = this.#find(path, false);
    return node?.kind === 'symlink' ? node.target : undefined;
  }

  symlink(target: string, path: string): void {
    const [parent, name] = this.#parentForChange(this.#resolve(path, false));
    if (parent.entries.has(name)) throw fileError('EEXIST');
    parent.entries.set(name, { kind: 'symlink', target, mode: 0o777, mtimeMs: this.#now() });
    parent.mtimeMs = this.#now();
  }

  /** The path with its links followed; that at its end too when `last`. @throws FileError ELOOP */
  #resolve(path: string, last = true, links = MAX_LINKS): string {
    const parts = resolvePath('/', path).split('/').slice(1);
    let node: Node = this.#root;
    for (const [index, part] of parts.entries()) {
      if (part === '' || node.kind !== 'directory') break;
      const child = node.entries.get(part);
      if (child === undefined) break;
      if (child.kind === 'symlink' && (last || index < parts.length - 1)) {
        if (links === 0) throw fileError('ELOOP');
        const target = resolvePath(`/${parts.slice(0, index).join('/')}`, child.target);
        return this.#resolve([target, ...parts.slice(index + 1)].join('/'), last, links - 1);
      }
      node = child;
    }
    return `/${parts.join('/')}`;
  }

  #find(path: string, last = true): Node | undefined {
    let node: Node = this.#root;
    let normal: string;
    try {
      normal = this.#resolve(path, last);
    } catch {
      return undefined;
    }
    for (const part of normal.split('/')) {
      if (part === '') continue;
      if (node.kind !== 'directory') return undefined;
      const child = node.entries.get(part);
      if (child === undefined) return undefined;
      node = child;
    }
    return node;
  }

  #get(path: string): Node {
    return this.#at(this.#resolve(path));
  }

  /** What is at a path without links. */
  #at(normal: string): Node {
    let node: Node = this.#root;
    for (const part of normal.split('/')) {
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
