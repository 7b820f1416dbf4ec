import type { Connection, Main } from './transport.ts';

/** What to do with a followed iterator. */
export interface Follower<T> {
  readonly open: (main: Main, signal: AbortSignal) => Promise<AsyncIterable<T>>;
  readonly next: (value: T) => void;
  /** The server refused or the iterator broke; it is tried again unless this returns `stop`. */
  readonly failed?: (error: unknown) => 'again' | 'stop';
}

/** Milliseconds before an iterator that ended or failed is opened again. */
const AGAIN_AFTER = 500;

/**
 * Follows an event iterator across reconnections until `signal` aborts: whenever it ends, it is opened again as
 * soon as there is a connection. Iterators of the contract begin with the present state, so nothing is missed.
 */
export async function follow<T>(
  connection: Connection,
  follower: Follower<T>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await connection.whenOpen(signal);
    if (isAborted(signal)) return;
    try {
      for await (const value of await follower.open(connection.main, signal)) {
        if (isAborted(signal)) return;
        follower.next(value);
      }
    } catch (error) {
      if (isAborted(signal)) return;
      if (follower.failed?.(error) === 'stop') return;
    }
    await pause(AGAIN_AFTER, signal);
  }
}

/** Reads the signal afresh: control flow analysis cannot know that it changes while a promise is awaited. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
