import type { ClusterApi } from '../api/cluster-api.ts';
import type { Event, KubeObject, ObjectReference } from '../api/objects.ts';
import { EVENTS } from '../api/resources.ts';
import type { Clock } from '../clock.ts';
import { timestamp } from './object-helpers.ts';

/** Remembered events and groups; beyond that the oldest are forgotten, and would be recorded anew. */
const CACHE_SIZE = 4096;
/** From this many different messages of one reason on, further ones are combined into one event. */
const SIMILAR_LIMIT = 10;
const SIMILAR_WINDOW_MS = 600_000;
/** A source may record this many events about one object at once, then one every five minutes (as a 1.34 node does). */
const BURST = 50;
const REFILL_MS = 300_000;

export interface EventRecorder {
  /**
   * Records that something happened to `object`. An event with the same reason and message is counted up, not
   * repeated. Never throws: events are told as far as possible (client-go's tools/record).
   * @param fieldPath the part of the object, for example `spec.containers{web}`.
   */
  record(
    object: KubeObject,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    fieldPath?: string,
  ): void;
}

export interface EventSource {
  api: ClusterApi;
  clock: Clock;
  /** `kubelet`, `deployment-controller`, … */
  component: string;
  /** The node, for what runs on one. */
  host?: string;
}

/** Makes a recorder for one component; it keeps that component's correlation state. */
export function createEventRecorder({ api, clock, component, host }: EventSource): EventRecorder {
  const recorded = new BoundedMap<{ namespace: string; name: string }>();
  const similar = new BoundedMap<{ messages: Set<string>; lastMs: number }>();
  const budgets = new BoundedMap<{ tokens: number; atMs: number }>();
  let sequence = 0;

  const withinBudget = (objectKey: string): boolean => {
    const now = clock.now();
    const budget = budgets.get(objectKey) ?? { tokens: BURST, atMs: now };
    const tokens = Math.min(BURST, budget.tokens + (now - budget.atMs) / REFILL_MS);
    budgets.set(objectKey, { tokens: tokens >= 1 ? tokens - 1 : tokens, atMs: now });
    return tokens >= 1;
  };

  const write = (
    reference: ObjectReference,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
  ): void => {
    const now = clock.now();
    const objectKey = `${reference.kind}/${reference.namespace}/${reference.name}/${reference.uid}`;
    // Similar is what tells the same of the same object, of whichever part of it.
    const groupKey = `${objectKey}/${type}/${reason}`;
    const known = similar.get(groupKey);
    const group =
      known === undefined || now - known.lastMs > SIMILAR_WINDOW_MS
        ? { messages: new Set<string>(), lastMs: now }
        : known;
    group.lastMs = now;
    const combined = !group.messages.has(message) && group.messages.size >= SIMILAR_LIMIT - 1;
    if (!combined) group.messages.add(message);
    similar.set(groupKey, group);
    if (!withinBudget(objectKey)) return;

    const text = combined ? `(combined from similar events): ${message}` : message;
    const eventKey = combined
      ? `${groupKey}/combined`
      : `${groupKey}/${reference.fieldPath ?? ''}/${message}`;
    const earlier = recorded.get(eventKey);
    if (earlier !== undefined) {
      const updated = api.mutate(EVENTS, earlier.namespace, earlier.name, (event) => {
        event.count = (event.count ?? 1) + 1;
        event.lastTimestamp = timestamp(now);
        event.message = text;
      });
      if (updated !== undefined) return;
    }
    const namespace = reference.namespace ?? 'default';
    const nextName = (): string => {
      const nanoseconds = BigInt(Math.trunc(now)) * 1_000_000n + BigInt(sequence++ % 1_000_000);
      return `${reference.name}.${nanoseconds.toString(16)}`;
    };
    // Another component may tell of the same object in the same millisecond.
    let name = nextName();
    while (api.get(EVENTS, namespace, name) !== undefined) name = nextName();
    const event: Omit<Event, 'metadata'> & {
      metadata: { name: string; namespace: string };
      eventTime: null;
    } = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject: reference,
      reason,
      message: text,
      source: host === undefined ? { component } : { component, host },
      firstTimestamp: timestamp(now),
      lastTimestamp: timestamp(now),
      count: 1,
      type,
      eventTime: null,
      reportingComponent: component,
      reportingInstance: host ?? '',
    };
    api.create(EVENTS, event);
    recorded.set(eventKey, { namespace, name });
  };

  return {
    record(object, type, reason, message, fieldPath) {
      const { namespace, name, uid, resourceVersion } = object.metadata;
      const reference: ObjectReference = {
        kind: object.kind,
        ...(namespace === undefined ? {} : { namespace }),
        name,
        uid,
        apiVersion: object.apiVersion,
        resourceVersion,
        ...(fieldPath === undefined ? {} : { fieldPath }),
      };
      try {
        write(reference, type, reason, message);
      } catch {
        // A namespace that is being deleted takes no new events: nobody is left to read them.
      }
    },
  };
}

class BoundedMap<V> {
  readonly #entries = new Map<string, V>();

  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > CACHE_SIZE) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
  }
}
