/**
 * What the API server knows about the shape of objects. The knowledge is generated from the client library
 * (`npm run generate`) into JavaScript modules beside this file, which Node, vitest and bundlers load alike.
 */
import { Decoder, TypeMismatch } from './decode.ts';
import { FieldOrder } from './field-order.ts';
import type { FieldSchema, SchemaTable } from './field-schema.ts';
import type { DuplicateFields, JsonObject } from './json.ts';
import { isJsonObject } from './json.ts';

export type { FieldSchema } from './field-schema.ts';
export type { DuplicateFields } from './json.ts';
export { parseJson } from './json.ts';

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

interface DecodeOptions {
  fieldValidation: FieldValidation;
  /** From {@link parseJson}, where the body was JSON text. */
  duplicates?: DuplicateFields;
}

interface Decoded {
  object: JsonObject;
  /** With `Warn`: what the server answers in `Warning` headers, such as `unknown field "spec.foo"`. */
  warnings: string[];
}

/** A body that cannot be read as the kind it claims to be: 400 BadRequest with this message. */
export class DecodeError extends Error {}

/** How strategic merge patch treats a field. */
interface PatchInfo {
  strategies: ('merge' | 'retainKeys')[];
  mergeKey?: string;
}

export interface Schemas {
  /**
   * Reads `value` as an object of `schemaName` (`io.k8s.api.core.v1.Pod`). Unknown fields are left out,
   * empty ones dropped as Go's `omitempty` does, quantities, times and bytes made canonical.
   * @throws DecodeError for a wrong type, and with `Strict` for unknown and duplicate fields.
   */
  decode(schemaName: string, value: unknown, options: DecodeOptions): Decoded;
  /**
   * The object with its fields as a server orders them in JSON, on all levels. It is the same one when they are so
   * already; otherwise a copy.
   */
  inOrder<T extends object>(schemaName: string, object: T): T;
  /** A field of a type; undefined when the type has no such field. Its `ref` names the type to go on with. */
  field(schemaName: string, name: string): FieldSchema | undefined;
  /** Whether server-side apply replaces objects of this type as a whole. */
  isAtomic(schemaName: string): boolean;
  /** The field that a path of names leads to (`['spec', 'ports']`); lists and maps are walked through. */
  fieldAt(schemaName: string, path: readonly string[]): FieldSchema | undefined;
  /** How strategic merge patch treats the field at `path`. */
  mergeKey(schemaName: string, path: readonly string[]): PatchInfo;
  /** The body of `GET /openapi/v3`, for the documents that exist. */
  openApiIndex(): { paths: Record<string, { serverRelativeURL: string }> };
  /** The JSON text of one document, by its path (`api/v1`, `apis/apps/v1`), or undefined. */
  openApiDocument(path: string): Promise<string | undefined>;
}

/** Literal specifiers, so that a bundler finds every document. */
const DOCUMENTS: Record<string, () => Promise<{ default: string }>> = {
  'api/v1': () => import('./generated/openapi-api-v1.js'),
  'apis/admissionregistration.k8s.io/v1': () =>
    import('./generated/openapi-apis-admissionregistration.k8s.io-v1.js'),
  'apis/apiextensions.k8s.io/v1': () => import('./generated/openapi-apis-apiextensions.k8s.io-v1.js'),
  'apis/apiregistration.k8s.io/v1': () => import('./generated/openapi-apis-apiregistration.k8s.io-v1.js'),
  'apis/apps/v1': () => import('./generated/openapi-apis-apps-v1.js'),
  'apis/authentication.k8s.io/v1': () => import('./generated/openapi-apis-authentication.k8s.io-v1.js'),
  'apis/authorization.k8s.io/v1': () => import('./generated/openapi-apis-authorization.k8s.io-v1.js'),
  'apis/autoscaling/v1': () => import('./generated/openapi-apis-autoscaling-v1.js'),
  'apis/autoscaling/v2': () => import('./generated/openapi-apis-autoscaling-v2.js'),
  'apis/batch/v1': () => import('./generated/openapi-apis-batch-v1.js'),
  'apis/certificates.k8s.io/v1': () => import('./generated/openapi-apis-certificates.k8s.io-v1.js'),
  'apis/coordination.k8s.io/v1': () => import('./generated/openapi-apis-coordination.k8s.io-v1.js'),
  'apis/discovery.k8s.io/v1': () => import('./generated/openapi-apis-discovery.k8s.io-v1.js'),
  'apis/events.k8s.io/v1': () => import('./generated/openapi-apis-events.k8s.io-v1.js'),
  'apis/flowcontrol.apiserver.k8s.io/v1': () =>
    import('./generated/openapi-apis-flowcontrol.apiserver.k8s.io-v1.js'),
  'apis/networking.k8s.io/v1': () => import('./generated/openapi-apis-networking.k8s.io-v1.js'),
  'apis/node.k8s.io/v1': () => import('./generated/openapi-apis-node.k8s.io-v1.js'),
  'apis/policy/v1': () => import('./generated/openapi-apis-policy-v1.js'),
  'apis/rbac.authorization.k8s.io/v1': () =>
    import('./generated/openapi-apis-rbac.authorization.k8s.io-v1.js'),
  'apis/resource.k8s.io/v1': () => import('./generated/openapi-apis-resource.k8s.io-v1.js'),
  'apis/scheduling.k8s.io/v1': () => import('./generated/openapi-apis-scheduling.k8s.io-v1.js'),
  'apis/storage.k8s.io/v1': () => import('./generated/openapi-apis-storage.k8s.io-v1.js'),
};

let loaded: Promise<Schemas> | undefined;

/** Loads the schema table, once for the process: it never changes. */
export function loadSchemas(): Promise<Schemas> {
  loaded ??= import('./generated/schema-table.js').then(
    ({ default: json }) => new TableSchemas(JSON.parse(json) as SchemaTable),
  );
  return loaded;
}

class TableSchemas implements Schemas {
  readonly #table: SchemaTable;
  readonly #atomicTypes: ReadonlySet<string>;
  readonly #order: FieldOrder;

  constructor(table: SchemaTable) {
    this.#table = table;
    this.#order = new FieldOrder(table.types);
    this.#atomicTypes = new Set(table.atomicTypes);
  }

  decode(schemaName: string, value: unknown, options: DecodeOptions): Decoded {
    const kind = schemaName.slice(schemaName.lastIndexOf('.') + 1);
    const version = schemaName.split('.').at(-2) ?? 'v1';
    const refuse = (why: string): DecodeError =>
      new DecodeError(`${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ${why}`);
    if (!isJsonObject(value)) {
      const what = Array.isArray(value) ? 'array' : typeof value;
      throw refuse(`json: cannot unmarshal ${what} into Go value of type ${version}.${kind}`);
    }
    const decoder = new Decoder(this.#table.types, options.duplicates);
    let object: JsonObject;
    try {
      object = decoder.object(schemaName, value, '', '');
    } catch (error) {
      if (error instanceof TypeMismatch) throw refuse(error.message);
      throw error;
    }
    if (options.fieldValidation === 'Strict' && decoder.strictErrors.length > 0)
      throw refuse(`strict decoding error: ${decoder.strictErrors.join(', ')}`);
    return { object, warnings: options.fieldValidation === 'Warn' ? decoder.strictErrors : [] };
  }

  inOrder<T extends object>(schemaName: string, object: T): T {
    return this.#order.arrange(schemaName, object);
  }

  field(schemaName: string, name: string): FieldSchema | undefined {
    const fields = this.#table.types[schemaName];
    return fields !== undefined && Object.hasOwn(fields, name) ? fields[name] : undefined;
  }

  isAtomic(schemaName: string): boolean {
    return this.#atomicTypes.has(schemaName);
  }

  fieldAt(schemaName: string, path: readonly string[]): FieldSchema | undefined {
    let found: FieldSchema | undefined;
    let type: string | undefined = schemaName;
    for (const name of path) {
      found = type === undefined ? undefined : this.field(type, name);
      if (found === undefined) return undefined;
      type = found.ref;
    }
    return found;
  }

  mergeKey(schemaName: string, path: readonly string[]): PatchInfo {
    const field = this.fieldAt(schemaName, path);
    return {
      strategies: field?.patchStrategy ?? [],
      ...(field?.patchMergeKey !== undefined && { mergeKey: field.patchMergeKey }),
    };
  }

  openApiIndex(): { paths: Record<string, { serverRelativeURL: string }> } {
    return {
      paths: Object.fromEntries(
        Object.entries(this.#table.hashes).map(([path, hash]) => [
          path,
          { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` },
        ]),
      ),
    };
  }

  async openApiDocument(path: string): Promise<string | undefined> {
    const load = Object.hasOwn(DOCUMENTS, path) ? DOCUMENTS[path] : undefined;
    return load === undefined ? undefined : (await load()).default;
  }
}
