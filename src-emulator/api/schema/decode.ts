/**
 * From JSON values to API objects, as the API server's decoder does it: types are checked, unknown fields are
 * dropped and reported, empty values vanish where Go's `omitempty` would drop them, quantities, dates and bytes
 * take their canonical form. Wording: sigs.k8s.io/json and encoding/json.
 */
import { canonicalQuantity, QUANTITY_FORMAT_ERROR } from '../validation/quantity.ts';
import type { FieldSchema, SchemaTypes } from './field-schema.ts';
import type { DuplicateFields, JsonObject } from './json.ts';
import { isJsonObject } from './json.ts';
import { canonicalBase64, canonicalTime } from './scalars.ts';

/** The value cannot be an object of that type. The message has the words of Go's decoder. */
export class TypeMismatch extends Error {}

/** One object being decoded. */
export class Decoder {
  /** `unknown field "spec.foo"`, `duplicate field "metadata.name"`, in the order they were met. */
  readonly strictErrors: string[] = [];
  readonly #types: SchemaTypes;
  readonly #duplicates: DuplicateFields | undefined;

  constructor(types: SchemaTypes, duplicates?: DuplicateFields) {
    this.#types = types;
    this.#duplicates = duplicates;
  }

  /**
   * @param goPath fields from the root without indices, as Go reports mismatches: `spec.containers`
   * @param path fields with indices, as strict errors are reported: `spec.containers[0]`
   */
  object(typeName: string, value: JsonObject, goPath: string, path: string): JsonObject {
    const fields = this.#types[typeName];
    if (fields === undefined) return value;
    const structName = shortName(typeName);
    const found: JsonObject = {};
    for (const name of this.#duplicates?.get(value) ?? [])
      this.strictErrors.push(`duplicate field ${JSON.stringify(join(path, name))}`);
    for (const [name, content] of Object.entries(value)) {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (field === undefined) {
        this.strictErrors.push(`unknown field ${JSON.stringify(join(path, name))}`);
        continue;
      }
      if (content === null) continue;
      const place: Place = { structName, goPath: join(goPath, name), path: join(path, name) };
      const decoded = this.#field(field, content, place);
      if (field.pointer === true || field.always === true || !isEmpty(field, decoded)) found[name] = decoded;
    }
    // In the order of Go's struct, whatever that of the body is.
    const result: JsonObject = {};
    for (const [name, field] of Object.entries(fields))
      if (Object.hasOwn(found, name)) result[name] = found[name];
      else if (field.always === true) result[name] = this.#zero(field);
    return result;
  }

  #field(field: FieldSchema, value: unknown, place: Place): unknown {
    if (field.container === 'list') {
      if (!Array.isArray(value)) throw mismatch(value, `[]${goTypeOf(field)}`, place);
      return value.map((item, index) =>
        this.#item(field, item, { ...place, path: `${place.path}[${index}]` }),
      );
    }
    if (field.container === 'map') {
      if (!isJsonObject(value)) throw mismatch(value, `map[string]${goTypeOf(field)}`, place);
      for (const name of this.#duplicates?.get(value) ?? [])
        this.strictErrors.push(`duplicate field ${JSON.stringify(join(place.path, name))}`);
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [
          key,
          this.#item(field, item, { ...place, path: join(place.path, key) }),
        ]),
      );
    }
    return this.#single(field, value, place);
  }

  #item(field: FieldSchema, value: unknown, place: Place): unknown {
    return value === null ? this.#zeroItem(field) : this.#single(field, value, place);
  }

  #single(field: FieldSchema, value: unknown, place: Place): unknown {
    switch (field.type) {
      case 'string':
        if (typeof value !== 'string') throw mismatch(value, goTypeOf(field), place);
        return value;
      case 'boolean':
        if (typeof value !== 'boolean') throw mismatch(value, 'bool', place);
        return value;
      case 'int32':
      case 'int64':
        return integer(value, field.type, place);
      case 'double':
        if (typeof value !== 'number') throw mismatch(value, 'float64', place);
        return value;
      case 'int-or-string':
        return typeof value === 'string' ? value : integer(value, 'int32', place);
      case 'quantity': {
        const canonical =
          typeof value === 'string' || typeof value === 'number' ? canonicalQuantity(value) : undefined;
        if (canonical === undefined) throw new TypeMismatch(QUANTITY_FORMAT_ERROR);
        return canonical;
      }
      case 'date-time':
      case 'date-time-micro': {
        if (typeof value !== 'string') throw mismatch(value, 'string', place);
        const time = canonicalTime(value, field.type === 'date-time-micro');
        if ('error' in time) throw new TypeMismatch(time.error);
        return time.text;
      }
      case 'byte': {
        if (typeof value !== 'string') throw mismatch(value, '[]uint8', place);
        const bytes = canonicalBase64(value);
        if ('error' in bytes) throw new TypeMismatch(bytes.error);
        return bytes.text;
      }
      case 'any':
        return value;
      case 'object':
        if (!isJsonObject(value)) throw mismatch(value, goTypeOf(field), place);
        return this.object(field.ref ?? '', value, place.goPath, place.path);
    }
  }

  #zero(field: FieldSchema): unknown {
    if (field.container === 'list') return [];
    if (field.container === 'map') return {};
    return this.#zeroItem(field);
  }

  #zeroItem(field: FieldSchema): unknown {
    switch (field.type) {
      case 'string':
      case 'byte':
        return '';
      case 'boolean':
        return false;
      case 'int32':
      case 'int64':
      case 'double':
      case 'int-or-string':
        return 0;
      case 'quantity':
        return '0';
      case 'date-time':
      case 'date-time-micro':
      case 'any':
        return null;
      case 'object':
        return this.object(field.ref ?? '', {}, '', '');
    }
  }
}

interface Place {
  structName: string;
  goPath: string;
  path: string;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** `v1`, `v2`: the Go package of a type. */
function versionOf(typeName: string): string {
  return typeName.split('.').at(-2) ?? 'v1';
}

function shortName(typeName: string): string {
  return typeName.slice(typeName.lastIndexOf('.') + 1);
}

function isEmpty(field: FieldSchema, value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (field.container === 'map') return isJsonObject(value) && Object.keys(value).length === 0;
  return value === '' || value === 0 || value === false;
}

function goTypeOf(field: FieldSchema): string {
  switch (field.type) {
    case 'object':
      return `${versionOf(field.ref ?? '')}.${shortName(field.ref ?? '')}`;
    case 'string':
      if (field.goType === undefined) return 'string';
      return field.goType.includes('.') ? field.goType : `v1.${field.goType}`;
    case 'boolean':
      return 'bool';
    case 'double':
      return 'float64';
    case 'quantity':
      return 'resource.Quantity';
    case 'byte':
      return '[]uint8';
    case 'int-or-string':
      return 'intstr.IntOrString';
    case 'date-time':
      return 'v1.Time';
    case 'date-time-micro':
      return 'v1.MicroTime';
    case 'any':
      return 'runtime.RawExtension';
    default:
      return field.type;
  }
}

function integer(value: unknown, type: 'int32' | 'int64', place: Place): number {
  if (typeof value !== 'number') throw mismatch(value, type, place);
  const limit = type === 'int32' ? 2 ** 31 : 2 ** 63;
  if (!Number.isInteger(value) || value < -limit || value >= limit)
    throw mismatch(value, type, place, `number ${value}`);
  return value;
}

function mismatch(value: unknown, goType: string, place: Place, what = wordFor(value)): TypeMismatch {
  return new TypeMismatch(
    `json: cannot unmarshal ${what} into Go struct field ${place.structName}.${place.goPath} of type ${goType}`,
  );
}

function wordFor(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
