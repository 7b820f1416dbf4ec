import type { FieldSchema, Schemas } from '../../schema/index.ts';

/**
 * How a value merges in server-side apply: what sigs.k8s.io/structured-merge-diff calls an atom.
 * A scalar and whatever is atomic has one owner; granular maps and associative lists have one for each part.
 */
export type MergeType = ScalarType | ListType | MapType;

export interface ScalarType {
  kind: 'scalar';
  holds: 'numeric' | 'string' | 'boolean' | 'any';
}

export interface ListType {
  kind: 'list';
  atomic: boolean;
  /** The fields that identify an element. Empty for a set of scalars. */
  keys: readonly string[];
  /** The values of keys that an element leaves out. */
  keyDefaults: ReadonlyMap<string, unknown>;
  element: MergeType;
}

export interface MapType {
  kind: 'map';
  atomic: boolean;
  /** Whether a name is a declared field of a struct, rather than a key of a map. */
  declares(name: string): boolean;
  /** Undefined for a field that is not declared. */
  field(name: string): MergeType | undefined;
}

const ANY: ScalarType = { kind: 'scalar', holds: 'any' };
const SCALARS: Partial<Record<FieldSchema['type'], ScalarType>> = {
  string: { kind: 'scalar', holds: 'string' },
  'date-time': { kind: 'scalar', holds: 'string' },
  'date-time-micro': { kind: 'scalar', holds: 'string' },
  byte: { kind: 'scalar', holds: 'string' },
  boolean: { kind: 'scalar', holds: 'boolean' },
  int32: { kind: 'scalar', holds: 'numeric' },
  int64: { kind: 'scalar', holds: 'numeric' },
  double: { kind: 'scalar', holds: 'numeric' },
};
/** The only key of a list that has a default other than the zero value. */
const KEY_DEFAULTS = new Map<string, unknown>([['protocol', 'TCP']]);

/** Derives merge types from the API's schemas, once for each type. */
export class MergeTypes {
  readonly #schemas: Schemas;
  readonly #structs = new Map<string, MapType>();
  readonly #fields = new WeakMap<FieldSchema, MergeType>();

  constructor(schemas: Schemas) {
    this.#schemas = schemas;
  }

  /** The type of whole objects, by the name of their schema. */
  struct(schemaName: string): MapType {
    const known = this.#structs.get(schemaName);
    if (known !== undefined) return known;
    const schemas = this.#schemas;
    const made: MapType = {
      kind: 'map',
      atomic: schemas.isAtomic(schemaName),
      declares: (name) => schemas.field(schemaName, name) !== undefined,
      field: (name) => {
        const field = schemas.field(schemaName, name);
        return field === undefined ? undefined : this.#fieldType(field);
      },
    };
    this.#structs.set(schemaName, made);
    return made;
  }

  #fieldType(field: FieldSchema): MergeType {
    let made = this.#fields.get(field);
    if (made === undefined) this.#fields.set(field, (made = this.#makeFieldType(field)));
    return made;
  }

  #makeFieldType(field: FieldSchema): MergeType {
    const { container, listType, atomic } = field;
    const single = this.#singleType(field);
    if (container === 'map')
      return { kind: 'map', atomic: atomic === true, declares: () => false, field: () => single };
    if (container === 'list')
      return {
        kind: 'list',
        atomic: listType === undefined || listType === 'atomic',
        keys: field.listMapKeys ?? [],
        keyDefaults: this.#keyDefaults(field),
        element: single,
      };
    return single.kind === 'map' && atomic === true ? { ...single, atomic: true } : single;
  }

  #singleType(field: FieldSchema): MergeType {
    if (field.type === 'object') return this.struct(field.ref ?? '');
    return SCALARS[field.type] ?? ANY;
  }

  /** Keys that a Go struct always holds have their zero value when nothing was written. */
  #keyDefaults({ ref = '', listMapKeys = [] }: FieldSchema): Map<string, unknown> {
    const defaults = new Map<string, unknown>();
    for (const key of listMapKeys) {
      const field = this.#schemas.field(ref, key);
      const fallback = KEY_DEFAULTS.get(key) ?? (field?.always === true ? zeroOf(field) : undefined);
      if (fallback !== undefined) defaults.set(key, fallback);
    }
    return defaults;
  }
}

function zeroOf(field: FieldSchema): unknown {
  return field.type === 'int32' || field.type === 'int64' ? 0 : '';
}
