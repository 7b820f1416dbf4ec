/**
 * `GET /openapi/v2`, as kubectl up to 1.28 asks for it before it sends a manifest: it wants to know whether the
 * server takes `fieldValidation` and `dryRun` for a kind, and reads that from the parameters of the PATCH
 * operations. Types are not described here: for the kinds built into it, kubectl patches by what it knows
 * itself, and `explain` reads OpenAPI v3.
 *
 * The encoding is protobuf, message openapi.v2.Document (google/gnostic-models, openapiv2/OpenAPIv2.proto).
 */
import { apiVersionOf } from '../resources.ts';
import { servedType, type KindRegistry } from '../machinery/registry.ts';
import { VERSION } from './version.ts';

/** What the answer is called. Clients ask for it with an `@`, which no media type may hold. */
export const OPENAPI_V2_TYPE = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** A field of a message: its number, and a text or a message. */
type Field = readonly [number: number, value: string | Buffer];

/** Encodes length-delimited fields, the only ones that the document needs. */
function message(...fields: Field[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([number, value]) => {
      const bytes = typeof value === 'string' ? Buffer.from(value) : value;
      return [varint((number << 3) | 2), varint(bytes.length), bytes];
    }),
  );
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}

/** ParametersItem → Parameter → NonBodyParameter → QueryParameterSubSchema. */
function queryParameter(name: string): Buffer {
  const schema = message([2, 'query'], [4, name], [6, 'string']);
  return message([1, message([2, message([3, schema])])]);
}

/** The document for what `registry` serves. */
export function openApiV2(registry: KindRegistry): Buffer {
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation'].map((name): Field => [
    8,
    queryParameter(name),
  ]);
  const paths = registry.served.map((each): Field => {
    const type = servedType(each);
    const { group, version, kind } = type;
    const identity = message([2, `group: ${JSON.stringify(group)}\nkind: ${kind}\nversion: ${version}\n`]);
    const extension = message([1, 'x-kubernetes-group-version-kind'], [2, identity]);
    const root = group === '' ? '/api' : '/apis';
    const scope = type.namespaced ? '/namespaces/{namespace}' : '';
    const path = `${root}/${apiVersionOf(type)}${scope}/${type.plural}/{name}`;
    const patch = message(...parameters, [13, extension]);
    return [2, message([1, path], [2, message([8, patch])])];
  });
  return message(
    [1, '2.0'],
    [2, message([1, 'Kubernetes'], [2, VERSION.gitVersion])],
    [8, message(...paths)],
  );
}
