import { isJsonObject } from '../../store/json.ts';
import type { KindDefinition } from '../kind-definition.ts';
import type { KubeObject } from '../objects.ts';
import { apiVersionOf } from '../resources.ts';
import { DecodeError, type DuplicateFields, type FieldValidation, type Schemas } from '../schema/index.ts';
import { badRequest } from '../status.ts';

export interface DecodeOptions {
  /** What to do about fields that the schema does not know. */
  fieldValidation: FieldValidation;
  /** Takes the texts for Warning headers. */
  warn: (text: string) => void;
  /** Fields that came twice in the body's text. */
  duplicates?: DuplicateFields;
}

/**
 * Turns a request body into an object of the kind: of the right version, with known fields of the right types.
 * @throws ApiError 400.
 */
export function decodeObject(
  schemas: Schemas,
  kind: KindDefinition,
  body: unknown,
  options: DecodeOptions,
): KubeObject {
  const { type } = kind;
  if (isJsonObject(body)) checkVersion(kind, body);
  let decoded: Record<string, unknown>;
  try {
    const result = schemas.decode(kind.schema, body, {
      fieldValidation: options.fieldValidation,
      ...(options.duplicates === undefined ? {} : { duplicates: options.duplicates }),
    });
    decoded = result.object;
    result.warnings.forEach(options.warn);
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(error.message);
    throw error;
  }
  // Metadata may be missing altogether; whoever writes the object checks what must be in it.
  const object = { metadata: {}, ...decoded, apiVersion: apiVersionOf(type), kind: type.kind } as KubeObject;
  if (hasEmptyManagedFields(body)) object.metadata.managedFields = [];
  return object;
}

/** An empty list, which counts for nothing elsewhere, asks that nobody be recorded any more. */
function hasEmptyManagedFields(body: unknown): boolean {
  const metadata = isJsonObject(body) ? body['metadata'] : undefined;
  const given = isJsonObject(metadata) ? metadata['managedFields'] : undefined;
  return Array.isArray(given) && given.length === 0;
}

function checkVersion(kind: KindDefinition, body: Record<string, unknown>): void {
  const expected = apiVersionOf(kind.type);
  const apiVersion = body['apiVersion'];
  if (typeof apiVersion === 'string' && apiVersion !== '' && apiVersion !== expected)
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`,
    );
  const named = body['kind'];
  const { kind: wanted, version } = kind.type;
  if (typeof named === 'string' && named !== '' && named !== wanted)
    throw badRequest(
      `${named} in version "${version}" cannot be handled as a ${wanted}: converting (${version}.${named}) to (${version}.${wanted}): unknown conversion`,
    );
}
