import type { IndexFunction } from '../store/object-table.ts';
import type { KubeObject, LabelSelector, NewObject } from './objects.ts';
import type { ResourceType } from './resources.ts';

/** One cause in a Status, as field validation reports it. */
export interface StatusCause {
  /** Left out where the server has none. */
  reason?: string;
  message: string;
  field?: string;
}

/** The body of a failed request: meta/v1 Status. */
export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: Record<string, unknown>;
  status: 'Failure' | 'Success';
  message: string;
  /** Left out of errors that the server has no better words for. */
  reason?: string;
  details?: {
    name?: string;
    group?: string;
    kind?: string;
    uid?: string;
    causes?: StatusCause[];
    retryAfterSeconds?: number;
  };
  code: number;
}

/** A refusal in the API server's own words. Thrown by every write of {@link ClusterApi}. */
export class ApiError extends Error {
  readonly status: Status;

  constructor(status: Status) {
    super(status.message);
    this.name = 'ApiError';
    this.status = status;
  }
}

export interface WatchEvent<T extends KubeObject> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: T;
}

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
  preconditions?: { uid?: string; resourceVersion?: string };
}

/**
 * The API server as the cluster's own parts use it (controllers, kubelets, DNS, service proxy): the same
 * defaulting, validation, allocation and versioning that an HTTPS request meets, without the wire.
 * It is synchronous, because the store is in memory and single-threaded; so a read followed by a write in
 * the same turn cannot conflict. Returned objects are shared: never change them in place.
 */
export interface ClusterApi {
  get<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string | undefined,
    name: string,
  ): T | undefined;
  list<T extends KubeObject>(
    type: ResourceType<T>,
    options?: { namespace?: string; labelSelector?: LabelSelector },
  ): T[];
  /**
   * The objects that an index has under a value, ordered as in a list: for what would otherwise look through all
   * of them for every key.
   */
  byIndex<T extends KubeObject>(type: ResourceType<T>, index: IndexFunction<T>, value: string): readonly T[];
  /** @throws ApiError 409 AlreadyExists, 422 Invalid, 404 for a namespace that is not there. */
  create<T extends KubeObject>(type: ResourceType<T>, object: NewObject<T>): T;
  /**
   * Reads the object, lets `change` alter a deep copy, and writes it back. Returns undefined when the object is
   * gone. With a `subresource` only the status is written, otherwise everything else; of what is not written, the
   * spec, the copy shares what is stored, which cannot be changed. Writing what is already there makes no new
   * version.
   */
  mutate<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string | undefined,
    name: string,
    change: (draft: T) => void,
    options?: { subresource?: 'status' | 'approval' },
  ): T | undefined;
  /** Starts the deletion. Does nothing when the object is gone already. */
  delete(type: ResourceType, namespace: string | undefined, name: string, options?: DeleteOptions): void;
  /**
   * Calls `handler` with an ADDED event for every object that exists and then with every change, in order,
   * never inside a write (events arrive in a later microtask).
   */
  watch<T extends KubeObject>(
    type: ResourceType<T>,
    handler: (event: WatchEvent<T>) => void,
    options?: { namespace?: string },
  ): Disposable;
}
