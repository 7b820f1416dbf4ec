/** Field errors in the words of k8s.io/apimachinery/pkg/util/validation/field. */
import { isJsonObject, jsonEqual } from '../../store/json.ts';
import { internalValue, type InternalType } from '../internal-version/internal-value.ts';
import type { FieldError } from '../kind-definition.ts';

/** A value as Go prints it in a field error: strings quoted, everything else as JSON. */
function show(value: unknown): string {
  if (value === undefined) return 'null';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return asGoWrites(JSON.stringify(value, (_key, item: unknown) => (isMap(item) ? sorted(item) : item)));
}

/** JSON text as Go writes it: with what means something in HTML escaped. */
export function asGoWrites(json: string): string {
  return json.replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}

/** Labels and their like are maps in Go, whose keys come sorted; the order of other fields is that of the type. */
function isMap(value: unknown): value is Record<string, string> {
  return isJsonObject(value) && Object.values(value).every((entry) => typeof entry === 'string');
}

function sorted(map: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function withDetail(text: string, detail: string): string {
  return detail === '' ? text : `${text}: ${detail}`;
}

export function invalid(field: string, value: unknown, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field, detail: withDetail(`Invalid value: ${show(value)}`, detail) };
}

export function required(field: string, detail = ''): FieldError {
  return { type: 'FieldValueRequired', field, detail: withDetail('Required value', detail) };
}

export function forbidden(field: string, detail: string): FieldError {
  return { type: 'FieldValueForbidden', field, detail: withDetail('Forbidden', detail) };
}

export function duplicate(field: string, value: unknown): FieldError {
  return { type: 'FieldValueDuplicate', field, detail: `Duplicate value: ${show(value)}` };
}

export function notFound(field: string, value: unknown): FieldError {
  return { type: 'FieldValueNotFound', field, detail: `Not found: ${show(value)}` };
}

/** @param supported in the order in which the message lists them */
export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  const list = supported.map((item) => JSON.stringify(item)).join(', ');
  return {
    type: 'FieldValueNotSupported',
    field,
    detail: withDetail(`Unsupported value: ${show(value)}`, list === '' ? '' : `supported values: ${list}`),
  };
}

export function tooLong(field: string, maxBytes: number): FieldError {
  return {
    type: 'FieldValueTooLong',
    field,
    detail: `Too long: may not be more than ${maxBytes} byte${maxBytes === 1 ? '' : 's'}`,
  };
}

/** One `Invalid value` for each message, as the `for _, msg := range …` loops of Kubernetes do. */
export function invalidEach(field: string, value: unknown, messages: readonly string[]): FieldError[] {
  return messages.map((message) => invalid(field, value, message));
}

/** Checks that a value is one of a set. Required when it is empty. */
export function oneOf(field: string, value: string | undefined, supported: readonly string[]): FieldError[] {
  if (value === undefined || value === '') return [required(field)];
  return supported.includes(value) ? [] : [notSupported(field, value, supported)];
}

export function nonNegative(field: string, value: number | undefined): FieldError[] {
  return value !== undefined && value < 0
    ? [invalid(field, value, 'must be greater than or equal to 0')]
    : [];
}

/** A field that never changes. Lists of nothing and absent ones are the same. */
export function immutable(field: string, value: unknown, stored: unknown): FieldError[] {
  return jsonEqual(value, stored) ? [] : [invalid(field, value, 'field is immutable')];
}

/** {@link immutable}, of a value that the server shows as its type inside of it. */
export function immutableInside(
  field: string,
  type: InternalType,
  value: object | undefined,
  stored: object | undefined,
): FieldError[] {
  if (jsonEqual(value, stored)) return [];
  const shown = value === undefined ? 'null' : asGoWrites(JSON.stringify(internalValue(type, value)));
  return [{ type: 'FieldValueInvalid', field, detail: `Invalid value: ${shown}: field is immutable` }];
}

export function tooMany(field: string, count: number, most: number): FieldError {
  return {
    type: 'FieldValueTooMany',
    field,
    detail: `Too many: ${count}: must have at most ${most} item${most === 1 ? '' : 's'}`,
  };
}
