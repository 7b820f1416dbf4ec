/**
 * `node scripts/record-schemas.ts --kubeconfig F`: asks a real API server for its OpenAPI v3 documents, with the
 * kubectl on PATH, and keeps what they tell otherwise than the client library's models do: descriptions of fields that
 * hold an object, lists of values, paragraphs, what is required. The result is an input of
 * `scripts/generate-openapi.ts`: of most of the API's words the library is the source, and only the rest is kept here.
 */
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { format } from 'prettier';

import { buildDocument, documentPathOf, type Json } from './openapi/document.ts';
import { LIBRARY_MODELS, RECORDED_SCHEMAS } from './openapi/files.ts';
import { readModels } from './openapi/models.ts';
import { GROUP_VERSIONS } from '../src-emulator/api/schema/overlay/index.ts';
import { isJsonObject } from '../src-emulator/store/json.ts';

interface Document {
  components: { schemas: Record<string, Json> };
}

/** The merge patch (RFC 7386) that makes `to` of `from`; undefined when they are alike. */
function mergePatch(from: unknown, to: unknown): unknown {
  if (!isJsonObject(from) || !isJsonObject(to))
    return JSON.stringify(from) === JSON.stringify(to) ? undefined : to;
  const patch: Json = {};
  for (const key of Object.keys(from)) if (!Object.hasOwn(to, key)) patch[key] = null;
  for (const [key, value] of Object.entries(to)) {
    const change = mergePatch(from[key], value);
    if (change !== undefined) patch[key] = change;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** The kinds that a schema is for differ from document to document; the generator knows them by itself. */
function withoutKinds({ 'x-kubernetes-group-version-kind': _kinds, ...schema }: Json): Json {
  return schema;
}

const { values } = parseArgs({ options: { kubeconfig: { type: 'string' } } });
if (values.kubeconfig === undefined) {
  console.error('Say of which cluster: --kubeconfig FILE');
  process.exit(2);
}
const ask = ['--kubeconfig', values.kubeconfig, 'get', '--raw'];
const models = await readModels(LIBRARY_MODELS);
const corrections: Json = {};
for (const groupVersion of GROUP_VERSIONS) {
  const path = documentPathOf(groupVersion);
  const text = execFileSync('kubectl', [...ask, `/openapi/v3/${path}`], {
    encoding: 'utf8',
    maxBuffer: Infinity,
  });
  const real = (JSON.parse(text) as Document).components.schemas;
  const ours = buildDocument(groupVersion, models, {}).components.schemas;
  for (const [name, schema] of Object.entries(real)) {
    const change = mergePatch(withoutKinds(ours[name] ?? {}), withoutKinds(schema));
    if (change !== undefined) corrections[name] = change;
  }
}
const sorted = Object.fromEntries(Object.entries(corrections).sort(([a], [b]) => (a < b ? -1 : 1)));
await writeFile(RECORDED_SCHEMAS, await format(JSON.stringify(sorted), { parser: 'json', printWidth: 110 }));
console.log(`${Object.keys(sorted).length} schemas corrected.`);
