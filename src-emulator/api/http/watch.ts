import type { Timer } from '../../clock.ts';
import { RevisionExpired, type StoreEvent } from '../../store/object-store.ts';
import type { KindDefinition } from '../kind-definition.ts';
import type { ApiMachinery } from '../machinery/machinery.ts';
import { servedType } from '../machinery/registry.ts';
import type { KubeObject } from '../objects.ts';
import { apiVersionOf, groupResource } from '../resources.ts';
import { expired, unclassified } from '../status.ts';
import type { ObjectFilter } from '../selectors.ts';
import type { Exchange } from './exchange.ts';
import { goJson } from './go-json.ts';
import { requestFilter } from './list.ts';
import { listOptions } from './list-options.ts';
import { isTrue } from './request-options.ts';

const BOOKMARK_INTERVAL_MS = 60_000;
/** Without timeoutSeconds the server ends a watch after half an hour or more. */
const DEFAULT_TIMEOUT_MS = 30 * 60_000;
/** A client that does not read is dropped rather than buffered for without end. */
const MAX_BUFFERED_BYTES = 16 * 1024 * 1024;

/** Turns an object into what the client asked for; `first` is true once. */
export type RenderEvent = (object: KubeObject, first: boolean) => unknown;

/**
 * Answers a watch: a stream of events, one JSON document a line. A version that is too old is told in the stream,
 * as the watch cache does.
 * @throws ApiError 400, 422, 500.
 */
export function serveWatch(
  machinery: ApiMachinery,
  target: { kind: KindDefinition; namespace: string | undefined; name: string | undefined },
  exchange: Exchange,
  render: RenderEvent,
): void {
  const { kind, namespace } = target;
  const { query, response } = exchange;
  const { store, clock } = machinery;
  const resource = groupResource(kind.type);
  const filter = requestFilter(kind, query, target.name);
  const options = listOptions(query);
  const bookmarks = isTrue(query.get('allowWatchBookmarks'));
  const after = resumeAt(options.resourceVersion);
  // Without a version what is there comes first, unless the client says that it does not want it.
  const initial = query.has('sendInitialEvents') ? options.sendInitialEvents : after === undefined;

  let first = true;
  const send = (line: string | Buffer): void => {
    if (response.writableLength > MAX_BUFFERED_BYTES) response.destroy();
    else response.write(line);
  };
  const sendObject = (type: string, object: KubeObject): void => {
    const rendered = render(object, first);
    send(rendered === object ? storedLine(type, object) : goJson({ type, object: rendered }));
    first = false;
  };
  const sendBookmark = (annotations?: Record<string, string>): void => {
    const object = {
      kind: servedType(kind).kind,
      apiVersion: apiVersionOf(servedType(kind)),
      metadata: {
        resourceVersion: String(store.revision),
        creationTimestamp: null,
        ...(annotations === undefined ? {} : { annotations }),
      },
    };
    send(goJson({ type: 'BOOKMARK', object: render(object as unknown as KubeObject, first) }));
  };

  const start = initial ? store.revision : (after ?? store.revision);
  const changes = follow(() =>
    store.watch(resource, { ...(namespace === undefined ? {} : { namespace }), after: start }, (event) => {
      const seen = filterEvent(event, filter);
      if (seen !== undefined) sendObject(seen.type, seen.object);
    }),
  );
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private' });
  if (changes instanceof RevisionExpired) {
    send(goJson({ type: 'ERROR', object: expired(changes.message).status }));
    response.end();
    return;
  }
  const timers: Timer[] = [];
  const finish = (): void => {
    changes[Symbol.dispose]();
    for (const timer of timers) timer.cancel();
  };
  response.once('close', finish);
  response.flushHeaders();
  if (initial) {
    for (const object of store.list(resource, namespace)) if (filter(object)) sendObject('ADDED', object);
    if (options.sendInitialEvents && bookmarks) sendBookmark({ 'k8s.io/initial-events-end': 'true' });
  }
  const seconds = options.timeoutSeconds;
  timers[0] = clock.setTimeout(
    () => {
      if (bookmarks) sendBookmark();
      response.end();
    },
    seconds > 0 ? seconds * 1000 : DEFAULT_TIMEOUT_MS,
  );
  const scheduleBookmark = (): void => {
    timers[1] = clock.setTimeout(() => {
      sendBookmark();
      scheduleBookmark();
    }, BOOKMARK_INTERVAL_MS);
  };
  if (bookmarks) scheduleBookmark();
}

let written: { type: string; object: KubeObject; line: Buffer } | undefined;

/** An event about an object as it is stored. All who watch are told of it one after the other: it is written out once. */
function storedLine(type: string, object: KubeObject): Buffer {
  if (written?.object !== object || written.type !== type)
    written = { type, object, line: Buffer.from(goJson({ type, object })) };
  return written.line;
}

/** The revision to go on from; undefined means: start with what is there. @throws ApiError 500, as the real server. */
function resumeAt(text: string): number | undefined {
  if (text === '' || text === '0') return undefined;
  if (!/^\d+$/.test(text)) {
    const quoted = JSON.stringify(text);
    throw unclassified(
      `resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`,
    );
  }
  return Number(text);
}

function follow(start: () => Disposable): Disposable | RevisionExpired {
  try {
    return start();
  } catch (error) {
    if (error instanceof RevisionExpired) return error;
    throw error;
  }
}

/** An object that comes to match a selector is new to the watcher, and one that ceases to match is gone. */
function filterEvent(
  event: StoreEvent,
  filter: ObjectFilter,
): { type: StoreEvent['type']; object: KubeObject } | undefined {
  const matched = event.previous !== undefined && filter(event.previous);
  if (event.type === 'DELETED') return matched ? { type: 'DELETED', object: event.object } : undefined;
  const matches = filter(event.object);
  if (matches) return { type: matched ? 'MODIFIED' : 'ADDED', object: event.object };
  if (!matched || event.previous === undefined) return undefined;
  // The last state that matched, at the revision of the change.
  const { resourceVersion } = event.object.metadata;
  return {
    type: 'DELETED',
    object: { ...event.previous, metadata: { ...event.previous.metadata, resourceVersion } },
  };
}
