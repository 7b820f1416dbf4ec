import { isJsonObject } from '../../store/json.ts';
import { INTERNAL_TYPES } from './internal-types.ts';

export type InternalType = keyof typeof INTERNAL_TYPES;

interface Field {
  /** Undefined for a field that stands for those of its type. */
  name: string | undefined;
  /** The name in the served version, in small letters. */
  served: string;
  type: string;
}

/** In the order in which Go prints them. */
const METADATA = [
  'name',
  'generateName',
  'namespace',
  'uid',
  'creationTimestamp',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
];
/** What a pod's own fields become parts of. */
const SECURITY_CONTEXT_FIELDS = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace', 'hostUsers'];

const fieldsByType = new Map<string, Field[]>();

function fieldsOf(type: InternalType): Field[] {
  let fields = fieldsByType.get(type);
  if (fields === undefined) {
    fields = INTERNAL_TYPES[type].split(' ').map((text) => {
      const [names = '', ...types] = text.split(':');
      const [name = '', served = name] = names.split('=');
      return {
        name: name === 'embed' ? undefined : name,
        served: served.toLowerCase(),
        type: types.length === 0 ? 'string' : types.join(':'),
      };
    });
    fieldsByType.set(type, fields);
  }
  return fields;
}

/**
 * A value of the served version as the server prints it in its messages: with all fields of its internal type, those
 * that are not set as well, under their Go names.
 */
export function internalValue(type: InternalType, value: object | undefined): Record<string, unknown> {
  return printObject(type, { ...value });
}

function printObject(type: InternalType, value: Record<string, unknown>): Record<string, unknown> {
  const source = type === 'PodSpec' ? withSecurityContext(value) : value;
  const served = new Map(Object.entries(source).map(([key, item]) => [key.toLowerCase(), item]));
  const result: Record<string, unknown> = {};
  for (const field of fieldsOf(type)) {
    if (field.name !== undefined) result[field.name] = printValue(field.type, served.get(field.served));
    else if (field.type === 'meta.ObjectMeta') Object.assign(result, printMetadata(source['metadata']));
    else if (isInternal(field.type)) Object.assign(result, printObject(field.type, source));
  }
  return result;
}

function printValue(type: string, value: unknown): unknown {
  if (type.startsWith('*')) return value === undefined ? null : printValue(type.slice(1), value);
  if (type.startsWith('[]')) return Array.isArray(value) ? printList(type.slice(2), value) : null;
  if (type.startsWith('map:')) return isJsonObject(value) ? sorted(value) : null;
  if (isInternal(type)) return printObject(type, isJsonObject(value) ? value : {});
  return value ?? zeroOf(type);
}

function printList(type: string, list: readonly unknown[]): unknown[] {
  return list.map((item) => printValue(type, item));
}

function zeroOf(type: string): unknown {
  switch (type) {
    case 'int':
    case 'intstr':
      return 0;
    case 'bool':
      return false;
    case 'quantity':
      return '0';
    default:
      return '';
  }
}

function isInternal(type: string): type is InternalType {
  return type in INTERNAL_TYPES;
}

/** Metadata are printed as they are served. */
function printMetadata(metadata: unknown): Record<string, unknown> {
  if (!isJsonObject(metadata)) return {};
  return Object.fromEntries(
    METADATA.filter((key) => metadata[key] !== undefined).map((key) => {
      const value = metadata[key];
      return [key, isJsonObject(value) ? sorted(value) : value];
    }),
  );
}

function withSecurityContext(spec: Record<string, unknown>): Record<string, unknown> {
  const context: Record<string, unknown> = isJsonObject(spec['securityContext'])
    ? { ...spec['securityContext'] }
    : {};
  for (const key of SECURITY_CONTEXT_FIELDS) if (spec[key] !== undefined) context[key] = spec[key];
  return { ...spec, securityContext: context };
}

function sorted(map: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}
