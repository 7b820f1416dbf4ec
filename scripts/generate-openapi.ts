/**
 * Writes what the emulated API server knows about the shape of objects into
 * `src-emulator/api/schema/generated/`: one OpenAPI v3 document per group-version, and a compact schema table
 * for decoding and patching. The source is the installed client library's models (field names, types and
 * formats from their attributeTypeMap, descriptions and required fields from their declarations), corrected by
 * `src-emulator/api/schema/overlay/`: by hand, and by what a real server publishes (`record-schemas.ts`).
 *
 * The output are JavaScript modules that export JSON text: Node, vitest and bundlers all load them alike, the
 * type checker need not look inside, and JSON.parse of a string is the quickest way to build a large object.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { buildDocument, documentPathOf, type SchemaCorrections } from './openapi/document.ts';
import { LIBRARY, LIBRARY_MODELS, RECORDED_SCHEMAS, ROOT } from './openapi/files.ts';
import { readModels } from './openapi/models.ts';
import { GROUP_VERSIONS } from '../src-emulator/api/schema/overlay/index.ts';

const OUTPUT = path.join(ROOT, 'src-emulator/api/schema/generated');
const SOURCES = [
  'scripts/generate-openapi.ts',
  'scripts/openapi/document.ts',
  'scripts/openapi/files.ts',
  'scripts/openapi/models.ts',
  'src-emulator/api/patch/merge-patch.ts',
  ...['core', 'groups', 'index'].map((name) => `src-emulator/api/protobuf/field-numbers/${name}.ts`),
  ...['facts-core', 'facts-groups', 'field-order', 'index', 'models', 'served-kinds'].map(
    (name) => `src-emulator/api/schema/overlay/${name}.ts`,
  ),
  'src-emulator/api/schema/overlay/recorded-schemas.json',
];

/** What the output is made from, as one hash: the library's version and the generator's own sources. */
async function fingerprint(): Promise<string> {
  const hash = createHash('sha256');
  const manifest = JSON.parse(await readFile(path.join(LIBRARY, 'package.json'), 'utf8')) as {
    version: string;
  };
  hash.update(manifest.version);
  for (const source of SOURCES) hash.update(await readFile(path.join(ROOT, source)));
  return hash.digest('hex');
}

/** Writes in one step, so that a test run that starts meanwhile sees the old file or the new one. */
async function replaceFile(name: string, text: string): Promise<void> {
  const target = path.join(OUTPUT, name);
  const temporary = `${target}.${randomUUID()}.tmp`;
  await writeFile(temporary, text);
  await rename(temporary, target);
}

async function writeModule(name: string, value: unknown): Promise<string> {
  const json = JSON.stringify(value);
  await replaceFile(`${name}.d.ts`, 'declare const json: string;\nexport default json;\n');
  await replaceFile(`${name}.js`, `export default ${JSON.stringify(json)};\n`);
  return json;
}

/** Removes the documents of group-versions that are described no more. */
async function removeOthers(documentPaths: string[]): Promise<void> {
  const current = new Set(documentPaths.map(moduleName));
  for (const file of await readdir(OUTPUT)) {
    const name = file.replace(/\.(?:d\.ts|js)$/, '');
    if (name.startsWith('openapi-') && name !== file && !current.has(name)) await rm(path.join(OUTPUT, file));
  }
}

function moduleName(documentPath: string): string {
  return `openapi-${documentPath.replaceAll('/', '-')}`;
}

/**
 * Brings the generated files up to date. Does nothing when they are.
 * @returns true when files were written.
 */
export async function generate(): Promise<boolean> {
  const wanted = await fingerprint();
  const found = await readFile(path.join(OUTPUT, 'fingerprint'), 'utf8').catch(() => '');
  if (found === wanted) return false;
  await mkdir(OUTPUT, { recursive: true });
  const models = await readModels(LIBRARY_MODELS);
  const corrections = JSON.parse(await readFile(RECORDED_SCHEMAS, 'utf8')) as SchemaCorrections;
  const hashes: Record<string, string> = {};
  for (const groupVersion of GROUP_VERSIONS) {
    const documentPath = documentPathOf(groupVersion);
    const document = buildDocument(groupVersion, models, corrections);
    const json = await writeModule(moduleName(documentPath), document);
    hashes[documentPath] = createHash('sha512').update(json).digest('hex').toUpperCase();
  }
  const types = Object.fromEntries(
    [...models].map(([name, model]) => [
      name,
      Object.fromEntries(model.fields.map((field) => [field.name, field.schema])),
    ]),
  );
  const atomicTypes = [...models].flatMap(([name, { atomic }]) => (atomic ? [name] : []));
  await writeModule('schema-table', { hashes, types, atomicTypes });
  await removeOthers(Object.keys(hashes));
  await replaceFile('fingerprint', wanted);
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const written = await generate();
  console.log(written ? 'API schemas: generated.' : 'API schemas: up to date.');
}
