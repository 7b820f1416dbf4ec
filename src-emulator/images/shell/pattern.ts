import type { FileSystem } from '../types.ts';
import { resolvePath } from '../path.ts';

/** A piece of a word after expansion: quoted text stands for itself, the rest may hold `*`, `?` and `[…]`. */
export interface Piece {
  text: string;
  quoted: boolean;
}

/** Whether pathname expansion has anything to do with it. */
export function hasWildcard(pieces: readonly Piece[]): boolean {
  return pieces.some((piece) => !piece.quoted && /[*?[]/.test(piece.text));
}

/** The source of a regular expression for a shell pattern (POSIX shell 2.13). */
export function patternSource(pieces: readonly Piece[], greedy = true): string {
  let source = '';
  for (const { text, quoted } of pieces) {
    if (quoted) {
      source += escape(text);
      continue;
    }
    for (let at = 0; at < text.length; at++) {
      const char = text[at] ?? '';
      if (char === '*') source += greedy ? '[^]*' : '[^]*?';
      else if (char === '?') source += '[^]';
      else if (char === '[') {
        const match = /^\[([!^]?)(\]?(?:\[:\w+:\]|[^\]])*)\]/.exec(text.slice(at));
        if (match === null) source += '\\[';
        else {
          source += `[${match[1] === '' ? '' : '^'}${bracket(match[2] ?? '')}]`;
          at += match[0].length - 1;
        }
      } else if (char === '\\' && at + 1 < text.length) source += escape(text[++at] ?? '');
      else source += escape(char);
    }
  }
  return source;
}

/** Whether all of `text` matches. */
export function matchesPattern(pieces: readonly Piece[], text: string): boolean {
  return new RegExp(`^(?:${patternSource(pieces)})$`, 'u').test(text);
}

const CLASSES: Record<string, string> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
  cntrl: '\\x00-\\x1f\\x7f',
  print: '\\x20-\\x7e',
  graph: '\\x21-\\x7e',
};

/** The inside of a bracket expression, for a regular expression. */
export function bracket(inside: string): string {
  return inside
    .split(/(\[:\w+:\])/)
    .map((part) => {
      const name = /^\[:(\w+):\]$/.exec(part)?.[1];
      return name === undefined ? part.replace(/[\\\][]/g, '\\$&') : (CLASSES[name] ?? '');
    })
    .join('');
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, (char) => (char === '-' ? '\\x2d' : `\\${char}`));
}

/** The paths that a pattern names, sorted; empty when there is none. */
export function expandPathnames(fs: FileSystem, cwd: string, pieces: readonly Piece[]): string[] {
  const segments: Piece[][] = [[]];
  for (const piece of pieces) {
    piece.text.split('/').forEach((text, index) => {
      if (index > 0) segments.push([]);
      if (text !== '') segments.at(-1)?.push({ text, quoted: piece.quoted });
    });
  }
  let paths = [''];
  segments.forEach((segment, index) => {
    const text = segment.map((piece) => piece.text).join('');
    const separator = index === segments.length - 1 ? '' : '/';
    if (text === '') paths = paths.map((path) => path + separator);
    else if (!hasWildcard(segment)) {
      paths = paths
        .map((path) => `${path}${text}`)
        .filter((path) => fs.exists(resolvePath(cwd, path)))
        .map((path) => path + separator);
    } else {
      paths = paths.flatMap((path) =>
        listFolder(fs, resolvePath(cwd, path === '' ? '.' : path))
          .filter((name) => (text.startsWith('.') || !name.startsWith('.')) && matchesPattern(segment, name))
          .filter((name) => separator === '' || isFolder(fs, resolvePath(cwd, path + name)))
          .map((name) => path + name + separator),
      );
    }
  });
  return paths.filter((path) => path !== '').sort();
}

function listFolder(fs: FileSystem, path: string): string[] {
  try {
    return fs.list(path);
  } catch {
    return [];
  }
}

function isFolder(fs: FileSystem, path: string): boolean {
  return fs.exists(path) && fs.stat(path).type === 'directory';
}
