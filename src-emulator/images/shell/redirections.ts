import { SharedSink, SharedSource } from '../descriptors.ts';
import { resolvePath } from '../path.ts';
import { openSink, openSource } from '../open.ts';
import { sourceOf, toBytes } from '../pipe.ts';
import { FileError } from '../types.ts';
import { describeOpenFailure } from './dialect.ts';
import { expandText } from './expansion.ts';
import type { Shell } from './interpreter.ts';
import type { Redirect } from './syntax-tree.ts';

type Descriptor = SharedSource | SharedSink;

/** The open descriptors of a shell by number. */
export class DescriptorTable {
  readonly #open: Map<number, Descriptor>;
  /** Set when the redirections that made this table are to stay (`exec >file`). */
  kept = false;

  constructor(open: Iterable<readonly [number, Descriptor]>) {
    this.#open = new Map(open);
  }

  copy(): DescriptorTable {
    return new DescriptorTable(this.#open);
  }

  get(number: number): Descriptor | undefined {
    return this.#open.get(number);
  }

  set(number: number, descriptor: Descriptor): void {
    this.#open.set(number, descriptor);
  }

  delete(number: number): void {
    this.#open.delete(number);
  }

  /** What a subshell inherits besides the three standard ones. */
  inherited(): [number, Descriptor][] {
    return [...this.#open].filter(([number]) => number >= 3);
  }

  /** Standard input; empty when it is closed. */
  get stdin(): SharedSource {
    const stdin = this.#open.get(0);
    return stdin instanceof SharedSource ? stdin : new SharedSource(sourceOf(''));
  }

  /** Where a number writes to: nowhere when it is closed. */
  sink(number: number): SharedSink {
    const sink = this.#open.get(number);
    return sink instanceof SharedSink
      ? sink
      : new SharedSink({ write: () => Promise.resolve(), end: () => undefined });
  }

  streams(): { stdin: SharedSource; stdout: SharedSink; stderr: SharedSink } {
    return { stdin: this.stdin, stdout: this.sink(1), stderr: this.sink(2) };
  }
}

/** Runs `action` with redirections in force. Resolves with 1 and a message when one cannot be opened. */
export async function withRedirects(
  shell: Shell,
  redirects: readonly Redirect[],
  action: () => Promise<number>,
): Promise<number> {
  if (redirects.length === 0) return action();
  const saved = shell.descriptors;
  const table = saved.copy();
  const opened: Descriptor[] = [];
  shell.descriptors = table;
  try {
    for (const redirect of redirects) {
      const failure = await applyRedirect(shell, redirect, opened);
      if (failure !== undefined) {
        shell.descriptors = saved;
        await shell.complain(failure);
        return shell.checked(1);
      }
    }
    return await action();
  } finally {
    if (!table.kept) {
      shell.descriptors = saved;
      for (const descriptor of opened) descriptor.release();
    }
  }
}

/** Opens one redirection. Resolves with what to complain of when that fails. */
async function applyRedirect(
  shell: Shell,
  redirect: Redirect,
  opened: Descriptor[],
): Promise<string | undefined> {
  const { operator } = redirect;
  const table = shell.descriptors;
  const target = await expandText(redirect.target, shell);
  const open = <T extends Descriptor>(descriptor: T): T => {
    opened.push(descriptor.retain());
    return descriptor;
  };
  if (operator === '<<' || operator === '<<<') {
    const text = operator === '<<<' ? `${target}\n` : target;
    table.set(redirect.descriptor ?? 0, open(new SharedSource(sourceOf(toBytes(text)))));
    return undefined;
  }
  if (operator === '<&' || (operator === '>&' && /^(\d+|-)$/.test(target))) {
    const number = redirect.descriptor ?? (operator === '<&' ? 0 : 1);
    if (target === '-') {
      table.delete(number);
      return undefined;
    }
    const other = table.get(Number(target));
    if (other === undefined) return `${target}: Bad file descriptor`;
    table.set(number, other);
    return undefined;
  }
  const both = operator.startsWith('&') || operator === '>&';
  const number = redirect.descriptor ?? (operator.startsWith('<') ? 0 : 1);
  try {
    const descriptor = openTarget(shell, operator, target, open);
    table.set(number, descriptor);
    if (both) table.set(2, descriptor);
    return undefined;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return describeOpenFailure(shell.dialect, target, operator.startsWith('<'), error);
  }
}

function openTarget(
  shell: Shell,
  operator: string,
  target: string,
  open: <T extends Descriptor>(descriptor: T) => T,
): Descriptor {
  const path = resolvePath(shell.cwd, target);
  const standard = ['/dev/stdin', '/dev/stdout', '/dev/stderr'].indexOf(path);
  const existing = standard === -1 ? undefined : shell.descriptors.get(standard);
  if (existing !== undefined) return existing;
  if (operator === '<') return open(new SharedSource(openSource(shell.fs, path)));
  return open(new SharedSink(openSink(shell.fs, path, operator.endsWith('>>'))));
}
