import type { Clock } from '#emulator/clock.ts';
import { KubeStatusError } from './errors.ts';
import type { KindRef, KubeObject, StatusBody } from './objects.ts';
import { systemClock } from './time.ts';
import type { Transport } from './transport.ts';

export interface WatchOptions {
  /** All namespaces when left out. */
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  clock?: Clock;
}

export type WatchState = 'connecting' | 'connected' | 'disconnected';

export interface WatchHandlers<T extends KubeObject> {
  /** Everything there is: at first, and again after a gap that could not be bridged. */
  snapshot(items: T[]): void;
  /** One object was added, changed or deleted. */
  event(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void;
  /** Whether what was handed over is up to date. `disconnected` comes with what went wrong. */
  state?(state: WatchState, error?: Error): void;
}

const WATCH_SECONDS = 290;
const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 10_000;

interface WatchLine<T> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: T & StatusBody;
}

/** The server no longer knows the version we stood at: list again. */
class GoneError extends Error {}

/**
 * Lists a collection and follows it (https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes):
 * bookmarks move the version on while nothing happens, a broken stream resumes from it, `410 Gone` lists
 * anew. Retries wait with jitter, from 0.2 to 10 seconds.
 */
export function watchKind<T extends KubeObject>(
  transport: Transport,
  pathOf: () => Promise<string>,
  kind: KindRef,
  options: WatchOptions,
  handlers: WatchHandlers<T>,
): Disposable {
  const clock = options.clock ?? systemClock;
  const stop = new AbortController();
  const selectors = { labelSelector: options.labelSelector, fieldSelector: options.fieldSelector };
  const complete = (item: T): T => ({ ...item, apiVersion: kind.apiVersion, kind: kind.kind });

  const list = async (path: string): Promise<string> => {
    const { body } = await transport.request('GET', path, { query: selectors, signal: stop.signal });
    const { items, metadata } = body as { items?: T[] | null; metadata: { resourceVersion: string } };
    if (!stop.signal.aborted) handlers.snapshot((items ?? []).map(complete));
    return metadata.resourceVersion;
  };

  const follow = async (path: string, from: string, moved: (version: string) => void): Promise<void> => {
    const stream = await transport.stream(path, {
      query: {
        ...selectors,
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion: from,
        timeoutSeconds: String(WATCH_SECONDS),
      },
      signal: stop.signal,
    });
    handlers.state?.('connected');
    for await (const line of linesOf(stream)) {
      if (stop.signal.aborted) return;
      const { type, object } = JSON.parse(line) as WatchLine<T>;
      if (type === 'ERROR') {
        if (object.code === 410) throw new GoneError();
        throw new KubeStatusError(object.code ?? 500, object, `watching ${path}`);
      }
      if (object.metadata.resourceVersion !== undefined) moved(object.metadata.resourceVersion);
      if (type !== 'BOOKMARK') handlers.event(type, complete(object));
    }
  };

  const run = async (): Promise<void> => {
    let version: string | undefined;
    let delay = FIRST_DELAY_MS;
    handlers.state?.('connecting');
    while (!stop.signal.aborted) {
      try {
        const path = await pathOf();
        version ??= await list(path);
        await follow(path, version, (next) => {
          version = next;
          delay = FIRST_DELAY_MS;
        });
        delay = FIRST_DELAY_MS; // the server ended the watch in good order
      } catch (error) {
        if (isAborted(stop.signal)) return;
        if (error instanceof GoneError || (error instanceof KubeStatusError && error.code === 410)) {
          version = undefined;
          continue;
        }
        handlers.state?.('disconnected', error instanceof Error ? error : new Error(String(error)));
        await clock.sleep(delay * (0.5 + Math.random()), stop.signal).catch(() => undefined);
        delay = Math.min(delay * 2, LONGEST_DELAY_MS);
      }
    }
  };
  void run();
  return {
    [Symbol.dispose]: () => {
      stop.abort(new Error('watch ended'));
    },
  };
}

function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Splits a byte stream into its lines; a line left unfinished at the end is dropped. */
async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let pending: string[] = [];
  for await (const chunk of stream) {
    const parts = decoder.decode(chunk, { stream: true }).split('\n');
    const last = parts.pop() ?? '';
    for (const part of parts) {
      pending.push(part);
      const line = pending.join('');
      pending = [];
      if (line !== '') yield line;
    }
    if (last !== '') pending.push(last);
  }
}
