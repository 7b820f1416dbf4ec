import type { KubeObject } from './objects.ts';
import type { ResourceType } from './resources.ts';

/** A field error in the words of k8s.io/apimachinery/pkg/util/validation/field. */
export interface FieldError {
  /** `FieldValueRequired`, `FieldValueInvalid`, … as in StatusCause.reason. */
  type:
    | 'FieldValueRequired'
    | 'FieldValueInvalid'
    | 'FieldValueNotSupported'
    | 'FieldValueDuplicate'
    | 'FieldValueForbidden'
    | 'FieldValueNotFound'
    | 'FieldValueTooLong'
    | 'FieldValueTooMany'
    | 'FieldValueTypeInvalid'
    | 'InternalError';
  /** For example `spec.ports[0].port`. */
  field: string;
  /** The whole text after the field path, for example `Invalid value: 70000: must be between 1 and 65535, inclusive`. */
  detail: string;
}

/** A column of a server-side table (meta/v1 TableColumnDefinition). */
export interface TableColumn {
  name: string;
  type: 'string' | 'integer' | 'date' | 'boolean';
  format?: string;
  description: string;
  /** 0 is always shown, 1 only with `-o wide`. */
  priority: number;
}

/** What a kind may ask of the server while an object is being written. */
export interface WriteContext {
  /** Milliseconds since the epoch, from the injected clock. */
  now: number;
  get<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string | undefined,
    name: string,
  ): T | undefined;
  list<T extends KubeObject>(type: ResourceType<T>, namespace?: string): T[];
  /** A prefix and five characters by chance, as the server names things. */
  generateName(prefix: string): string;
}

/** Another version in which the objects of a kind are served: they are stored, and kept valid, in the kind's own. */
export interface ServedVersion<T extends KubeObject = KubeObject> {
  type: ResourceType;
  /** Name of the version's schema in OpenAPI. */
  schema: string;
  fromStored(stored: T): KubeObject;
  toStored(object: KubeObject): T;
  /** Field selectors, where they have other names. */
  fieldSelectors?: Record<string, (stored: T) => string>;
  columns?: TableColumn[];
}

/**
 * Everything that is particular to one kind. The server itself knows no kind: it serves what is registered.
 * Functions that take a draft change it in place; the server hands them a private copy.
 */
export interface KindDefinition<T extends KubeObject = KubeObject> {
  type: ResourceType<T>;
  singular: string;
  shortNames: string[];
  /** `['all']` for what `kubectl get all` shows. */
  categories: string[];
  /** Subresources that are served beside the object. */
  subresources: (
    | 'status'
    | 'scale'
    | 'log'
    | 'exec'
    | 'attach'
    | 'portforward'
    | 'proxy'
    | 'ephemeralcontainers'
    | 'eviction'
    | 'binding'
    | 'approval'
    | 'token'
  )[];
  /** Name of the object's schema in OpenAPI, for example `io.k8s.api.core.v1.Pod`. */
  schema: string;
  /** How metadata.name is validated. */
  nameFormat: 'dns1123Subdomain' | 'dns1123Label' | 'dns1035Label' | 'path';
  /** True when metadata.generation counts changes of the spec. */
  hasGeneration: boolean;
  /** metadata.generation counts changes of the labels, too. */
  countsLabels?: true;
  /** Fills in what the API defaults (k8s.io/kubernetes/pkg/apis/…/defaults.go). */
  applyDefaults(draft: T): void;
  /** Resets what a client may not set (status) and allocates what the server gives out. */
  prepareForCreate(draft: T, context: WriteContext): void;
  /**
   * Carries over and allocates on update. `stored` is what is there now.
   * @param subresource through which the object is written; undefined for the object itself
   */
  prepareForUpdate(draft: T, stored: T, context: WriteContext, subresource?: string): void;
  /** Validation after defaulting. Object metadata is validated by the server for all kinds. */
  validate(object: T, context: WriteContext): FieldError[];
  /** Validation that needs the stored object: immutable fields. Runs together with {@link validate}. */
  validateUpdate(object: T, stored: T, subresource?: string): FieldError[];
  /** What only a new object may not have. Runs after {@link validate}. */
  validateCreate?(object: T): FieldError[];
  /** How the subresources that write the status do so, where they do more than to take it as it comes. */
  statusUpdate?: {
    /** Fills in and takes back what the subresource may not change. */
    prepare?(draft: T, stored: T, context: WriteContext, subresource: 'status' | 'approval'): void;
    validate(object: T, stored: T, subresource: 'status' | 'approval'): FieldError[];
  };
  /** The metadata of a new object is looked at when all else is right. */
  checksMetadataLast?: true;
  /**
   * How often validation of a change goes through the metadata, as that of a new object and as what has changed, and
   * through the rules of the kind: every time counts as a cause of its own. By default 0, 1 and 1; what is done for
   * every kind comes on top.
   */
  updateChecks?: { newMetadata?: number; changedMetadata?: number; rules?: number };
  /** Requests can read objects of the kind, and write none. */
  isReadOnly?: true;
  /** A PUT of an object that is not there creates it. */
  isCreatedByUpdate?: true;
  /** A PUT has to say which version it replaces. */
  needsVersion?: true;
  /** A deletion is answered with the object that is gone. */
  showsDeleted?: true;
  /** What belongs to an object stays when it is deleted and nobody says otherwise. */
  orphansDependents?: true;
  /** The rules for changes come before those for every object. */
  checksChangesFirst?: true;
  /**
   * Gives out what there is only once, before validation. `stored` is there for a change.
   * @throws ApiError
   */
  allocate?(draft: T, stored: T | undefined, context: WriteContext, options: { dryRun: boolean }): void;
  /** What `Warning` headers say of a valid object that is written. `stored` is there for a change. */
  warnings?(object: T, stored: T | undefined): string[];
  /** What a `Warning` header says in the answer to every request about this kind, when it is deprecated. */
  deprecation?: string;
  columns: TableColumn[];
  /** The cells for {@link columns}, in the same order. Ages are computed against `now` (ms). */
  cells(object: T, now: number): (string | number | boolean | null)[];
  /** Field selectors beyond metadata.name and metadata.namespace: label → value of an object. */
  fieldSelectors: Record<string, (object: T) => string>;
  /** Other versions of the same stored objects, in the order of preference after the kind's own. */
  versions?: ServedVersion<T>[];
  /** The version that a request is about, when it is not the kind's own. */
  served?: ServedVersion<T>;
  /** Called after the object is gone, to give back what was allocated. */
  released?(object: T): void;
}
