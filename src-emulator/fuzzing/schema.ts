import table from '../api/schema/generated/schema-table.js';
import type { FieldSchema, SchemaTable } from '../api/schema/field-schema.ts';

const { types } = JSON.parse(table) as SchemaTable;

/** The fields of a type, by its OpenAPI name; none for a type that is not known. */
export function fieldsOf(typeName: string): Readonly<Record<string, FieldSchema>> {
  return types[typeName] ?? {};
}

export function shortName(typeName: string): string {
  return typeName.slice(typeName.lastIndexOf('.') + 1);
}
