/** Reads the client library's generated models and names them as Kubernetes does. */
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';

import { FIELD_NUMBERS } from '../../src-emulator/api/protobuf/field-numbers/index.ts';
import type { FieldSchema } from '../../src-emulator/api/schema/field-schema.ts';
import {
  FIELD_FACTS,
  FIELD_ORDER,
  GROUP_VERSIONS,
  META_MODELS,
  META_PACKAGE,
  MODEL_PACKAGES,
} from '../../src-emulator/api/schema/overlay/index.ts';

export interface ModelField {
  name: string;
  description: string;
  required: boolean;
  schema: FieldSchema;
}

export interface Model {
  /** `io.k8s.api.core.v1.Pod` */
  name: string;
  description: string;
  fields: ModelField[];
  /** The whole object is replaced by server-side apply. */
  atomic: boolean;
}

const CORE_PACKAGE = 'io.k8s.api.core.v1';

/** Models whose name the library prefixes with the group, as in `CoreV1Event`, or with another version. */
const PREFIXED: [RegExp, string][] = [
  [/^CoreV1/, CORE_PACKAGE],
  [/^DiscoveryV1/, 'io.k8s.api.discovery.v1'],
  [/^EventsV1/, 'io.k8s.api.events.v1'],
  [/^RbacV1/, 'io.k8s.api.rbac.v1'],
  [/^AuthenticationV1/, 'io.k8s.api.authentication.v1'],
  [/^AdmissionregistrationV1/, 'io.k8s.api.admissionregistration.v1'],
  [/^ApiextensionsV1/, 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1'],
  [/^ApiregistrationV1/, 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1'],
  [/^FlowcontrolV1/, 'io.k8s.api.flowcontrol.v1'],
  [/^ResourceV1/, 'io.k8s.api.resource.v1'],
  [/^StorageV1/, 'io.k8s.api.storage.v1'],
  // The only group that has a second version.
  [/^V2/, 'io.k8s.api.autoscaling.v2'],
];

const packageOfModel = new Map<string, string>(
  Object.entries(MODEL_PACKAGES).flatMap(([name, models]) => models.map((model) => [model, name] as const)),
);

/** `V1PodSpec` → `io.k8s.api.core.v1.PodSpec`. */
function schemaNameOf(className: string): string {
  for (const [prefix, packageName] of PREFIXED)
    if (prefix.test(className)) return `${packageName}.${className.replace(prefix, '')}`;
  const bare = className.replace(/^V1/, '');
  if (META_MODELS.includes(bare)) return `${META_PACKAGE}.${bare}`;
  return `${packageOfModel.get(bare) ?? CORE_PACKAGE}.${bare}`;
}

/** Every model that the served kinds are made of, by schema name, in alphabetical order. */
export async function readModels(folder: string): Promise<Map<string, Model>> {
  const models = new Map<string, Model>();
  const pending: string[] = ['V1DeleteOptions', 'V1Status'];
  for (const { kinds, extraModels, package: packageName } of GROUP_VERSIONS) {
    for (const bare of extraModels) pending.push(await classNameOf(folder, bare, packageName));
    for (const { kind } of kinds)
      pending.push(
        await classNameOf(folder, kind, packageName),
        await classNameOf(folder, `${kind}List`, packageName),
      );
  }
  for (let className = pending.pop(); className !== undefined; className = pending.pop()) {
    const name = schemaNameOf(className);
    if (models.has(name)) continue;
    const { model, references } = await readModel(folder, className, name);
    models.set(name, model);
    pending.push(...references);
  }
  return new Map([...models].sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function classNameOf(folder: string, bare: string, packageName: string): Promise<string> {
  const plain = `${packageName.split('.').at(-1)?.toUpperCase() ?? ''}${bare}`;
  const found = await access(path.join(folder, `${plain}.js`)).then(
    () => true,
    () => false,
  );
  if (found) return plain;
  const group = packageName.split('.').at(-2) ?? '';
  return `${group.charAt(0).toUpperCase()}${group.slice(1)}V1${bare}`;
}

interface Attribute {
  baseName: string;
  type: string;
  format: string;
}

async function readModel(
  folder: string,
  className: string,
  name: string,
): Promise<{ model: Model; references: string[] }> {
  const source = await readFile(path.join(folder, `${className}.js`), 'utf8');
  const declaration = await readFile(path.join(folder, `${className}.d.ts`), 'utf8');
  const map = /attributeTypeMap = (\[[\s\S]*?\n\]|\[\]);/.exec(source)?.[1];
  if (map === undefined) throw new Error(`${className}: no attributeTypeMap in the client library's model`);
  const facts = factsOf(name);
  const references: string[] = [];
  const fields: ModelField[] = [];
  for (const attribute of JSON.parse(map) as Attribute[]) {
    const fieldFacts = facts.get(attribute.baseName) ?? [];
    if (fieldFacts.includes('newer')) continue;
    const { schema, reference } = schemaOf(attribute, fieldFacts);
    if (reference !== undefined) references.push(reference);
    const declared = new RegExp(
      String.raw`/\*\*\n\s*\* ((?:(?!\*/)[\s\S])*?)\n\s*\*/\n\s*'_?${escapeRegExp(attribute.baseName)}'(\??):`,
    ).exec(declaration);
    fields.push({
      name: attribute.baseName,
      description: unescape(declared?.[1] ?? ''),
      required: declared?.[2] === '',
      schema,
    });
  }
  const order = orderOf(shortNameOf(name), new Set(fields.map((field) => field.name)));
  fields.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  const description = /\/\*\*\n\* ([\s\S]*?)\n\*\/\nexport declare class/.exec(declaration)?.[1] ?? '';
  return {
    model: {
      name,
      description: unescape(description),
      fields,
      atomic: facts.get('*')?.includes('atomic') ?? false,
    },
    references,
  };
}

function schemaOf(attribute: Attribute, facts: string[]): { schema: FieldSchema; reference?: string } {
  let inner = attribute.type;
  let container: FieldSchema['container'];
  const list = /^Array<(.*)>$/.exec(inner);
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(inner);
  if (list?.[1] !== undefined) [container, inner] = ['list', list[1]];
  else if (map?.[1] !== undefined) [container, inner] = ['map', map[1]];
  const { type, ref } = scalarOf(inner, attribute.format, facts);
  const schema: FieldSchema = { type };
  if (ref !== undefined) schema.ref = schemaNameOf(ref);
  if (container !== undefined) schema.container = container;
  for (const fact of facts) applyFact(schema, fact);
  return ref === undefined ? { schema } : { schema, reference: ref };
}

function scalarOf(
  type: string,
  format: string,
  facts: string[],
): { type: FieldSchema['type']; ref?: string } {
  if (facts.includes('quantity')) return { type: 'quantity' };
  switch (type) {
    case 'string':
      return { type: format === 'byte' ? 'byte' : 'string' };
    case 'boolean':
      return { type: 'boolean' };
    case 'number':
      return { type: format === 'int64' || format === 'double' ? format : 'int32' };
    case 'IntOrString':
      return { type: 'int-or-string' };
    case 'Date':
    case 'V1MicroTime':
      return {
        type: format === 'date-time-micro' || type === 'V1MicroTime' ? 'date-time-micro' : 'date-time',
      };
    case 'any':
    // A list inside a map (UserInfo.extra): only ever answered, never read.
    case 'Array<string>':
      return { type: 'any' };
    default:
      return { type: 'object', ref: type };
  }
}

function applyFact(schema: FieldSchema, fact: string): void {
  const [word, value = ''] = fact.split('=');
  switch (word) {
    case 'keys':
      schema.listType = 'map';
      schema.listMapKeys = value.split('+');
      break;
    case 'set':
      schema.listType = 'set';
      break;
    case 'atomic':
      if (schema.container === 'list') schema.listType = 'atomic';
      else schema.atomic = true;
      break;
    case 'merge':
      schema.patchStrategy = [...(schema.patchStrategy ?? []), 'merge'];
      if (value !== '') schema.patchMergeKey = value;
      break;
    case 'retainKeys':
      schema.patchStrategy = [...(schema.patchStrategy ?? []), 'retainKeys'];
      break;
    case 'pointer':
      schema.pointer = true;
      break;
    case 'always':
      schema.always = true;
      break;
    case 'go':
      schema.goType = value;
      break;
    case 'quantity':
      break;
    default:
      throw new Error(`overlay: unknown fact "${fact}"`);
  }
}

/** The names of a type's fields in the order of Go's struct: what is listed, then the others as they come. */
function orderOf(shortName: string, names: ReadonlySet<string>): string[] {
  const listed = FIELD_ORDER[shortName]?.split(' ') ?? [];
  const objectFields = ['kind', 'apiVersion', 'metadata'].filter((name) => names.has(name));
  const ahead = listed.length === 0 && objectFields.length === 3 ? objectFields : [];
  return [...new Set([...ahead, ...listed, ...numberedFields(shortName), ...names])];
}

function numberedFields(shortName: string): string[] {
  const prefix = shortName.slice(0, shortName.lastIndexOf('.') + 1);
  return (FIELD_NUMBERS[shortName] ?? '').split(' ').flatMap((entry) => {
    const name = entry.replace(/^\d+:/, '');
    return name.startsWith('~') ? numberedFields(`${prefix}${name.slice(1)}`) : [name];
  });
}

function factsOf(name: string): Map<string, string[]> {
  const line = FIELD_FACTS[shortNameOf(name)];
  if (line === undefined) return new Map();
  return new Map(
    line.split(' ').map((entry) => {
      const colon = entry.indexOf(':');
      return [entry.slice(0, colon), entry.slice(colon + 1).split(',')] as const;
    }),
  );
}

/** `io.k8s.api.core.v1.Pod` → `core.v1.Pod`, as the overlay names types. */
function shortNameOf(name: string): string {
  return name.replace(/^io\.k8s\.(?:api\.|[a-z-]+\.pkg\.apis\.)/, '');
}

function unescape(text: string): string {
  return text.replaceAll(/\\(['"])/g, '$1').replaceAll('*_/', '*/');
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[$.*+?^()[\]{}|\\]/g, String.raw`\$&`);
}
