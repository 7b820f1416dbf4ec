/** The shape of one field, as the generated table holds it. */
export interface FieldSchema {
  type:
    | 'string'
    | 'boolean'
    | 'int32'
    | 'int64'
    | 'double'
    | 'int-or-string'
    | 'quantity'
    | 'date-time'
    | 'date-time-micro'
    | 'byte'
    /** Anything at all (FieldsV1, RawExtension). */
    | 'any'
    /** An object of the type that {@link ref} names. */
    | 'object';
  ref?: string;
  /** The field holds a list of {@link type}, or a map from strings to it. */
  container?: 'list' | 'map';
  /** The named Go type of a string, as decoding errors say it: `RestartPolicy`. */
  goType?: string;
  /** Zero and absent differ: `""`, `0` and `false` are kept. */
  pointer?: true;
  /** Written even when nothing set it. */
  always?: true;
  /** For server-side apply. */
  listType?: 'map' | 'set' | 'atomic';
  listMapKeys?: string[];
  /** The field's object or map is replaced as a whole by server-side apply. */
  atomic?: true;
  /** For strategic merge patch: `merge`, `retainKeys`. */
  patchStrategy?: ('merge' | 'retainKeys')[];
  patchMergeKey?: string;
}

/** Fields by name, of every type by its OpenAPI name. */
export type SchemaTypes = Record<string, Record<string, FieldSchema>>;

/** The content of the generated schema table. */
export interface SchemaTable {
  /** Content hash of every OpenAPI document, by its path (`api/v1`). */
  hashes: Record<string, string>;
  types: SchemaTypes;
  /** The types that server-side apply replaces as a whole, wherever they stand. */
  atomicTypes: string[];
}
