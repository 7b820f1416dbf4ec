import { toBytes } from './pipe.ts';
import type { Program } from './types.ts';

export interface FileNode {
  kind: 'file';
  data: Uint8Array;
  mode: number;
  mtimeMs: number;
  program?: Program;
}

export interface LinkNode {
  kind: 'symlink';
  target: string;
  mode: number;
  mtimeMs: number;
}

export interface DirectoryNode {
  kind: 'directory';
  entries: Map<string, FileNode | LinkNode | DirectoryNode>;
  mode: number;
  mtimeMs: number;
  /** The file system that may change this directory; others that share it copy it first. */
  owner: object | undefined;
}

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
