import type { FieldSchema, Schemas } from '../schema/index.ts';
import { badRequest } from '../status.ts';
import { FIELD_NUMBERS } from './field-numbers/index.ts';
import { WireError, readFields, type WireField } from './wire.ts';

/** `k8s` and a zero byte: what every protobuf body of Kubernetes starts with. */
const MAGIC = Buffer.from([0x6b, 0x38, 0x73, 0x00]);
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.';
const API = 'io.k8s.api.';

type Message = Record<string, unknown>;

/**
 * Turns a body of `application/vnd.kubernetes.protobuf` into the JSON form of the same object. Fields that are
 * set to nothing come along as such: decoding by the schema drops them.
 * @throws ApiError 400.
 */
export function decodeProtobuf(data: Uint8Array, schemas: Schemas): unknown {
  if (!MAGIC.equals(data.subarray(0, MAGIC.length)))
    throw badRequest(
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    );
  try {
    const { apiVersion, kind, raw } = readEnvelope(data.subarray(MAGIC.length));
    const decoder = new ProtobufDecoder(schemas);
    return { ...decoder.message(schemaOf(apiVersion, kind), raw), apiVersion, kind };
  } catch (error) {
    if (error instanceof WireError) throw badRequest(`unable to decode protobuf: ${error.message}`);
    throw error;
  }
}

/** runtime.Unknown: what the body is, and the body. */
function readEnvelope(data: Uint8Array): { apiVersion: string; kind: string; raw: Uint8Array } {
  const envelope = { apiVersion: '', kind: '', raw: new Uint8Array() as Uint8Array };
  for (const { number, value } of readFields(data)) {
    if (number === 2) envelope.raw = bytesOf(value);
    if (number !== 1) continue;
    for (const field of readFields(bytesOf(value))) {
      if (field.number === 1) envelope.apiVersion = textOf(field.value);
      if (field.number === 2) envelope.kind = textOf(field.value);
    }
  }
  return envelope;
}

function schemaOf(apiVersion: string, kind: string): string {
  if (kind === 'DeleteOptions') return `${META}${kind}`;
  const [group = '', version] = apiVersion.split('/');
  if (version === undefined) return `${API}core.${apiVersion}.${kind}`;
  return `${API}${group.split('.')[0] ?? ''}.${version}.${kind}`;
}

class ProtobufDecoder {
  readonly #schemas: Schemas;
  readonly #tables = new Map<string, Map<number, string>>();

  constructor(schemas: Schemas) {
    this.#schemas = schemas;
  }

  /**
   * @param schema whose fields these are.
   * @param table whose numbers these are: another type's for a struct that is embedded.
   */
  message(schema: string, data: Uint8Array, table: string = tableName(schema)): Message {
    const names = this.#table(table);
    const result: Message = {};
    for (const { number, value } of readFields(data)) {
      const name = names.get(number);
      if (name === undefined) continue;
      if (name.startsWith('~')) {
        const embedded = `${table.slice(0, table.lastIndexOf('.') + 1)}${name.slice(1)}`;
        Object.assign(result, this.message(schema, bytesOf(value), embedded));
        continue;
      }
      const field = this.#schemas.field(schema, name);
      if (field !== undefined) this.#add(result, name, field, value);
    }
    return result;
  }

  #add(result: Message, name: string, field: FieldSchema, value: WireField['value']): void {
    if (field.container === 'list') {
      const list = (result[name] ??= []) as unknown[];
      list.push(this.#value(field, value));
    } else if (field.container === 'map') {
      const map = (result[name] ??= {}) as Message;
      let key = '';
      let entry: WireField['value'] = new Uint8Array();
      for (const part of readFields(bytesOf(value))) {
        if (part.number === 1) key = textOf(part.value);
        if (part.number === 2) entry = part.value;
      }
      map[key] = this.#value(field, entry);
    } else {
      const single = this.#value(field, value);
      if (single !== undefined) result[name] = single;
    }
  }

  #value(field: FieldSchema, value: WireField['value']): unknown {
    switch (field.type) {
      case 'boolean':
        return numberOf(value) !== 0;
      case 'int32':
      case 'int64':
        return numberOf(value);
      case 'double':
        return doubleOf(value);
      case 'byte':
        return Buffer.from(bytesOf(value)).toString('base64');
      case 'int-or-string':
        return intOrString(bytesOf(value));
      case 'quantity':
        return [...readFields(bytesOf(value))].map((part) => textOf(part.value))[0] ?? '0';
      case 'date-time':
        return timestamp(bytesOf(value), false);
      case 'date-time-micro':
        return timestamp(bytesOf(value), true);
      case 'object':
        return field.ref === undefined ? {} : this.message(field.ref, bytesOf(value));
      case 'any':
        return undefined;
      case 'string':
        return textOf(value);
    }
  }

  #table(name: string): Map<number, string> {
    const known = this.#tables.get(name);
    if (known !== undefined) return known;
    const table = new Map<number, string>();
    let number = 0;
    for (const entry of (FIELD_NUMBERS[name] ?? '').split(' ')) {
      const [first = '', second] = entry.split(':');
      number = second === undefined ? number + 1 : Number(first);
      table.set(number, second ?? first);
    }
    this.#tables.set(name, table);
    return table;
  }
}

/** `io.k8s.api.core.v1.Pod` → `core.v1.Pod`. */
function tableName(schema: string): string {
  return schema.startsWith(META) ? `meta.v1.${schema.slice(META.length)}` : schema.slice(API.length);
}

function bytesOf(value: WireField['value']): Uint8Array {
  if (typeof value === 'bigint') throw new WireError('wrong wireType');
  return value;
}

const textOf = (value: WireField['value']): string => Buffer.from(bytesOf(value)).toString('utf8');

function numberOf(value: WireField['value']): number {
  if (typeof value !== 'bigint') throw new WireError('wrong wireType');
  return Number(BigInt.asIntN(64, value));
}

function doubleOf(value: WireField['value']): number {
  if (typeof value !== 'bigint') throw new WireError('wrong wireType');
  const bits = new DataView(new ArrayBuffer(8));
  bits.setBigUint64(0, value);
  return bits.getFloat64(0);
}

/** intstr.IntOrString: a type, a number and a string. */
function intOrString(data: Uint8Array): number | string {
  const parts = new Map([...readFields(data)].map(({ number, value }) => [number, value]));
  if (numberOf(parts.get(1) ?? 0n) === 1) return textOf(parts.get(3) ?? new Uint8Array());
  return numberOf(parts.get(2) ?? 0n);
}

/** metav1.Time and MicroTime: seconds and nanoseconds. No time at all is an empty message. */
function timestamp(data: Uint8Array, micro: boolean): string | undefined {
  const parts = new Map([...readFields(data)].map(({ number, value }) => [number, value]));
  const seconds = parts.get(1);
  if (seconds === undefined) return undefined;
  const text = new Date(numberOf(seconds) * 1000).toISOString().slice(0, 19);
  if (!micro) return `${text}Z`;
  const microseconds = Math.floor(numberOf(parts.get(2) ?? 0n) / 1000);
  return `${text}.${String(microseconds).padStart(6, '0')}Z`;
}
