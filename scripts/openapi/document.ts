/** Builds the OpenAPI v3 document of one group-version, as a Kubernetes API server publishes it. */
import { applyMergePatch } from '../../src-emulator/api/patch/merge-patch.ts';
import type { FieldSchema } from '../../src-emulator/api/schema/field-schema.ts';
import type { ServedGroupVersion, ServedKind } from '../../src-emulator/api/schema/overlay/index.ts';
import { META_PACKAGE } from '../../src-emulator/api/schema/overlay/index.ts';
import type { Model, ModelField } from './models.ts';

export type Json = Record<string, unknown>;

/** An OpenAPI v3 document. */
export interface ApiDocument {
  openapi: string;
  info: Json;
  paths: Json;
  components: { schemas: Record<string, Json> };
}

const PATCH_TYPES = ['apply-patch+yaml', 'json-patch+json', 'merge-patch+json', 'strategic-merge-patch+json'];
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const INT_OR_STRING = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';

const REFERENCE = /"#\/components\/schemas\/([^"]+)"/g;

function reference(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

/** Merge patches of schemas, by name: what the library's models do not know, or tell in other words. */
export type SchemaCorrections = Readonly<Record<string, unknown>>;

/** `api/v1` or `apis/apps/v1` */
export function documentPathOf({ group, version }: ServedGroupVersion): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`;
}

export function buildDocument(
  groupVersion: ServedGroupVersion,
  models: ReadonlyMap<string, Model>,
  corrections: SchemaCorrections,
): ApiDocument {
  const documentPath = documentPathOf(groupVersion);
  const paths: Json = {};
  const roots = new Set<string>([
    `${META_PACKAGE}.DeleteOptions`,
    `${META_PACKAGE}.Status`,
    `${META_PACKAGE}.Patch`,
  ]);
  for (const kind of groupVersion.kinds) {
    addPaths(paths, groupVersion, kind, documentPath);
    roots.add(`${groupVersion.package}.${kind.kind}`).add(`${groupVersion.package}.${kind.kind}List`);
  }
  for (const bare of groupVersion.extraModels) roots.add(`${groupVersion.package}.${bare}`);
  const scaled = groupVersion.kinds.some(({ subresources }) => subresources.includes('scale'));
  if (scaled) roots.add('io.k8s.api.autoscaling.v1.Scale');
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.34' },
    paths,
    components: { schemas: schemasFor(roots, groupVersion, models, corrections) },
  };
}

function schemasFor(
  roots: Set<string>,
  groupVersion: ServedGroupVersion,
  models: ReadonlyMap<string, Model>,
  corrections: SchemaCorrections,
): Record<string, Json> {
  const schemas: Record<string, Json> = {};
  const pending = [...roots];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (Object.hasOwn(schemas, name)) continue;
    const model = models.get(name);
    const schema = model === undefined ? {} : objectSchema(model, groupVersion);
    schemas[name] = applyMergePatch(schema, corrections[name] ?? {}) as Json;
    for (const [, target = ''] of JSON.stringify(schemas[name]).matchAll(REFERENCE)) pending.push(target);
  }
  return Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function objectSchema(model: Model, { package: packageName, group, version }: ServedGroupVersion): Json {
  const required = model.fields.filter((field) => field.required).map((field) => field.name);
  const kind = model.name.split('.').at(-1) ?? '';
  const isKind =
    model.name === `${packageName}.${kind}` &&
    model.fields.some(({ name }) => name === 'apiVersion') &&
    model.fields.some(({ name }) => name === 'metadata');
  return {
    description: model.description,
    type: 'object',
    ...(required.length > 0 && { required }),
    ...(model.fields.length > 0 && {
      properties: Object.fromEntries(model.fields.map((field) => [field.name, fieldSchema(field)])),
    }),
    ...(isKind && { 'x-kubernetes-group-version-kind': [{ group, kind, version }] }),
    ...(model.name === `${META_PACKAGE}.DeleteOptions` && {
      'x-kubernetes-group-version-kind': [{ group, kind: 'DeleteOptions', version }],
    }),
    ...(model.name === 'io.k8s.api.autoscaling.v1.Scale' && {
      'x-kubernetes-group-version-kind': [{ group: 'autoscaling', kind: 'Scale', version: 'v1' }],
    }),
    ...(model.atomic && { 'x-kubernetes-map-type': 'atomic' }),
  };
}

/** The schema that a field's content refers to, if it is not a plain scalar. */
function targetOf(schema: FieldSchema): string | undefined {
  switch (schema.type) {
    case 'object':
      return schema.ref;
    case 'quantity':
      return QUANTITY;
    case 'int-or-string':
      return INT_OR_STRING;
    case 'date-time':
      return `${META_PACKAGE}.Time`;
    case 'date-time-micro':
      return `${META_PACKAGE}.MicroTime`;
    default:
      return undefined;
  }
}

function contentSchema(schema: FieldSchema): Json {
  const target = targetOf(schema);
  if (target !== undefined)
    return schema.type === 'object' ? { allOf: [reference(target)] } : reference(target);
  switch (schema.type) {
    case 'boolean':
      return { type: 'boolean' };
    case 'int32':
    case 'int64':
      return { type: 'integer', format: schema.type };
    case 'double':
      return { type: 'number', format: 'double' };
    case 'byte':
      return { type: 'string', format: 'byte' };
    case 'any':
      return { type: 'object' };
    default:
      return { type: 'string' };
  }
}

/** Adds what a Go value of the type is when nothing sets it, where OpenAPI documents say so. */
function withZero({ type }: FieldSchema, content: Json): Json {
  switch (type) {
    case 'object':
      return { default: {}, ...content };
    case 'string':
      return { default: '', ...content };
    case 'boolean':
      return { default: false, ...content };
    case 'int32':
    case 'int64':
    case 'double':
      return { default: 0, ...content };
    default:
      return content;
  }
}

function fieldSchema({ description, schema, required }: ModelField): Json {
  const content = contentSchema(schema);
  const extensions = {
    ...(schema.listType !== undefined && { 'x-kubernetes-list-type': schema.listType }),
    ...(schema.listMapKeys !== undefined && { 'x-kubernetes-list-map-keys': schema.listMapKeys }),
    ...(schema.atomic === true && { 'x-kubernetes-map-type': 'atomic' }),
    ...(schema.patchStrategy !== undefined && {
      'x-kubernetes-patch-strategy': schema.patchStrategy.join(','),
    }),
    ...(schema.patchMergeKey !== undefined && { 'x-kubernetes-patch-merge-key': schema.patchMergeKey }),
  };
  if (schema.container === 'list')
    return { description, type: 'array', items: withZero(schema, content), ...extensions };
  if (schema.container === 'map')
    return { description, type: 'object', additionalProperties: withZero(schema, content), ...extensions };
  const plain = '$ref' in content ? { allOf: [content] } : content;
  // What Go holds by value is never absent; what it points to may be.
  const isThere = schema.type === 'object' ? schema.always === true : required;
  return { description, ...(isThere ? withZero(schema, plain) : plain), ...extensions };
}

function query(name: string, type: string, description: string): Json {
  return { name, in: 'query', description, schema: { type, uniqueItems: true } };
}

const WRITE_PARAMETERS = [
  query(
    'dryRun',
    'string',
    'When present, modifications are not persisted. Valid values are: - All: all dry run stages will be processed',
  ),
  query('fieldManager', 'string', 'The name of the actor or entity that is making these changes.'),
  query('fieldValidation', 'string', 'What to do with unknown or duplicate fields: Ignore, Warn or Strict.'),
];
const FORCE = query('force', 'boolean', 'Take over fields that other managers own. Only for apply patches.');
const DELETE_PARAMETERS = [
  query(
    'dryRun',
    'string',
    'When present, modifications are not persisted. Valid values are: - All: all dry run stages will be processed',
  ),
  query('gracePeriodSeconds', 'integer', 'The duration in seconds before the object should be deleted.'),
  query(
    'propagationPolicy',
    'string',
    'Whether and how garbage collection is performed: Orphan, Background or Foreground.',
  ),
];
const LIST_PARAMETERS = [
  query('allowWatchBookmarks', 'boolean', 'Requests watch events with type BOOKMARK.'),
  query('continue', 'string', 'Where an earlier, limited list left off.'),
  query('fieldSelector', 'string', 'Restricts the list by fields.'),
  query('labelSelector', 'string', 'Restricts the list by labels.'),
  query('limit', 'integer', 'The most items to return.'),
  query('resourceVersion', 'string', 'A constraint on the versions a request may be served from.'),
  query('resourceVersionMatch', 'string', 'How resourceVersion is applied to list calls.'),
  query('sendInitialEvents', 'boolean', 'Begin a watch with the current state.'),
  query('timeoutSeconds', 'integer', 'Limits the duration of the call.'),
  query('watch', 'boolean', 'Watch for changes.'),
];

function addPaths(
  paths: Json,
  groupVersion: ServedGroupVersion,
  kind: ServedKind,
  documentPath: string,
): void {
  const schema = `${groupVersion.package}.${kind.kind}`;
  const gvk = { group: groupVersion.group, kind: kind.kind, version: groupVersion.version };
  const scope = kind.namespaced ? 'namespaces/{namespace}/' : '';
  const collection = `/${documentPath}/${scope}${kind.plural}`;
  const pathParameters = kind.namespaced ? [pathParameter('namespace')] : [];
  const object = (action: string, parameters: Json[], result: string, body?: string): Json =>
    operation(action, gvk, parameters, result, body);
  if (kind.namespaced)
    paths[`/${documentPath}/${kind.plural}`] = { get: object('list', LIST_PARAMETERS, `${schema}List`) };
  paths[collection] = {
    get: object('list', LIST_PARAMETERS, `${schema}List`),
    post: object('post', WRITE_PARAMETERS, schema, schema),
    delete: object(
      'deletecollection',
      [...DELETE_PARAMETERS, ...LIST_PARAMETERS.slice(1, 5)],
      `${META_PACKAGE}.Status`,
    ),
    parameters: pathParameters,
  };
  paths[`${collection}/{name}`] = {
    get: object('get', [], schema),
    put: object('put', WRITE_PARAMETERS, schema, schema),
    delete: object('delete', DELETE_PARAMETERS, schema),
    patch: patchOperation(gvk, schema),
    parameters: [...pathParameters, pathParameter('name')],
  };
  for (const subresource of kind.subresources) {
    const isScale = subresource === 'scale';
    const target = isScale ? 'io.k8s.api.autoscaling.v1.Scale' : schema;
    const targetKind = isScale ? { group: 'autoscaling', kind: 'Scale', version: 'v1' } : gvk;
    paths[`${collection}/{name}/${subresource}`] = {
      get: operation('get', targetKind, [], target),
      put: operation('put', targetKind, WRITE_PARAMETERS, target, target),
      patch: patchOperation(targetKind, target),
      parameters: [...pathParameters, pathParameter('name')],
    };
  }
}

function pathParameter(name: string): Json {
  return { name, in: 'path', required: true, schema: { type: 'string', uniqueItems: true } };
}

function operation(action: string, gvk: Json, parameters: Json[], result: string, body?: string): Json {
  return {
    parameters,
    ...(body !== undefined && {
      requestBody: { content: { '*/*': { schema: reference(body) } }, required: true },
    }),
    responses: {
      200: { description: 'OK', content: { 'application/json': { schema: reference(result) } } },
      401: { description: 'Unauthorized' },
    },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk,
  };
}

function patchOperation(gvk: Json, result: string): Json {
  const content = Object.fromEntries(
    PATCH_TYPES.map((type) => [`application/${type}`, { schema: reference(`${META_PACKAGE}.Patch`) }]),
  );
  return {
    ...operation('patch', gvk, [...WRITE_PARAMETERS, FORCE], result),
    requestBody: { content, required: true },
  };
}
