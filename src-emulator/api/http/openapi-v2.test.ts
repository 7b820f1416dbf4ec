import { describe, expect, it } from 'vitest';
import { createKinds } from '../kinds/index.ts';
import { KindRegistry } from '../machinery/registry.ts';
import { readFields } from '../protobuf/wire.ts';
import { openApiV2 } from './openapi-v2.ts';

/** The values of a field, by the numbers that lead to it. */
function values(message: Uint8Array, ...path: number[]): Uint8Array[] {
  const [number, ...rest] = path;
  if (number === undefined) return [message];
  return [...readFields(message)]
    .filter((field) => field.number === number)
    .flatMap(({ value }) => (value instanceof Uint8Array ? values(value, ...rest) : []));
}

const texts = (message: Uint8Array, ...path: number[]): string[] =>
  values(message, ...path).map((value) => Buffer.from(value).toString());

describe('the OpenAPI v2 document', () => {
  const kinds = createKinds({ serviceCidr: '10.96.0.0/16', nodePortRange: [30000, 32767] });
  const registry = new KindRegistry(kinds);
  const document = openApiV2(registry);
  // Document.paths.path, each a NamedPathItem; .value.patch is its PATCH operation.
  const paths = values(document, 8, 2);

  it('says of every kind which one a path patches, and that fields can be validated', () => {
    expect(texts(document, 1)).toEqual(['2.0']);
    expect(paths).toHaveLength(registry.served.length);
    const deployments = paths.find((path) => texts(path, 1)[0]?.endsWith('/deployments/{name}'));
    expect(texts(deployments ?? Buffer.alloc(0), 1)).toEqual([
      '/apis/apps/v1/namespaces/{namespace}/deployments/{name}',
    ]);
    for (const path of paths) {
      expect(texts(path, 2, 8, 13, 1)).toEqual(['x-kubernetes-group-version-kind']);
      expect(texts(path, 2, 8, 8, 1, 2, 3, 4)).toEqual(['dryRun', 'fieldManager', 'fieldValidation']);
    }
    expect(texts(deployments ?? Buffer.alloc(0), 2, 8, 13, 2, 2)).toEqual([
      'group: "apps"\nkind: Deployment\nversion: v1\n',
    ]);
  });
});
