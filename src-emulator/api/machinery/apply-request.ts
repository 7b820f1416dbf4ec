import { isJsonObject } from '../../store/json.ts';
import type { KindDefinition } from '../kind-definition.ts';
import type { KubeObject } from '../objects.ts';
import { apiVersionOf, groupResource } from '../resources.ts';
import { DecodeError } from '../schema/index.ts';
import { applyConflict, badRequest, conflict, notFound, unclassified } from '../status.ts';
import { formatPath } from './apply/field-set.ts';
import { describeManager } from './apply/managers.ts';
import { MergeFault } from './apply/path-elements.ts';
import { ConflictingFields, type FieldConflict } from './apply/updater.ts';
import { formatTime } from './deletion.ts';
import type { ApiMachinery } from './machinery.ts';
import type { WriteOptions } from './write-options.ts';
import { placeInNamespace, type Target } from './requests.ts';

export interface ApplyOptions extends WriteOptions {
  /** Takes fields from other managers rather than being refused. */
  force: boolean;
  manager: string;
  /** The version that conflicts are told in, when it is not that in which the other manager wrote. */
  conflictVersion?: string;
}

/**
 * PATCH with a configuration: server-side apply. Creates the object when it is not there.
 * @throws ApiError 400, 404 for a subresource of an object that is not there, 409 for fields of other managers, 422.
 */
export function applyObject(
  machinery: ApiMachinery,
  target: Target,
  config: unknown,
  options: ApplyOptions,
): { object: KubeObject; created: boolean } {
  const { kind, namespace, name } = target;
  if (!isJsonObject(config)) throw badRequest(notAnObject(config));
  const stored = machinery.store.get(groupResource(kind.type), namespace, name);
  if (stored === undefined && options.subresource !== undefined) throw notFound(kind.type, name);
  checkConfiguration(kind, config);

  const merged = mergeConfiguration(machinery, target, stored, config, options);
  const object = decodeMerged(machinery, kind, merged.object, nameOf(kind, config));
  if (merged.managedFields !== undefined) object.metadata.managedFields = merged.managedFields;
  if (stored === undefined && object.metadata.uid)
    throw conflict(
      kind.type,
      name,
      `uid mismatch: the provided object specified uid ${object.metadata.uid}, and no existing object was found`,
    );
  placeInNamespace(object, target);
  checkName(object, name);
  const write: WriteOptions = { ...options, applied: true };
  // A configuration may name a version all the same, and it does not matter for what is not there.
  if (stored === undefined) object.metadata.resourceVersion = '';
  if (stored === undefined) return { object: machinery.writer.create(kind, object, write), created: true };
  return { object: machinery.writer.update(kind, stored, object, write), created: false };
}

function notAnObject(config: unknown): string {
  const what = Array.isArray(config) ? 'array' : typeof config === 'boolean' ? 'bool' : typeof config;
  return `error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${what} into Go value of type map[string]interface {}`;
}

function checkConfiguration(kind: KindDefinition, config: Record<string, unknown>): void {
  const { apiVersion = '', kind: named = '' } = config;
  if (apiVersion !== apiVersionOf(kind.type) || named !== kind.type.kind) {
    const text = typeof apiVersion === 'string' ? apiVersion : '';
    throw badRequest(
      `invalid object type: ${text.includes('/') ? text : `/${text}`}, Kind=${typeof named === 'string' ? named : ''}`,
    );
  }
  const { metadata } = config;
  if (isJsonObject(metadata) && metadata['managedFields'] !== undefined && metadata['managedFields'] !== null)
    throw badRequest('metadata.managedFields must be nil');
}

function mergeConfiguration(
  machinery: ApiMachinery,
  { kind }: Target,
  stored: KubeObject | undefined,
  config: Record<string, unknown>,
  { manager, subresource, force, conflictVersion }: ApplyOptions,
): ReturnType<ApiMachinery['fields']['applyConfiguration']> {
  const writer = { manager, ...(subresource === undefined ? {} : { subresource }) };
  const time = formatTime(machinery.clock.now());
  try {
    return machinery.fields.applyConfiguration(kind, stored, config, writer, { force, time });
  } catch (error) {
    if (error instanceof ConflictingFields) throw conflictOf(error.conflicts, conflictVersion);
    if (error instanceof MergeFault)
      throw unclassified(`failed to create typed patch object (${nameOf(kind, config)}): ${error.message}`);
    throw error;
  }
}

function conflictOf(conflicts: readonly FieldConflict[], apiVersion: string | undefined): Error {
  const causes = conflicts.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${describeManager(apiVersion === undefined ? manager : { ...manager, apiVersion })}`,
    field: formatPath(path),
  }));
  const [first] = causes;
  if (causes.length === 1 && first !== undefined)
    return applyConflict(`Apply failed with 1 conflict: ${first.message}: ${first.field}`, causes);
  const lines = [...Map.groupBy(causes, ({ message }) => message)].flatMap(([message, those]) => [
    `${message.replace(/^conflict /, 'conflicts ')}:`,
    ...those.map(({ field }) => `- ${field}`),
  ]);
  return applyConflict(`Apply failed with ${causes.length} conflicts: ${lines.join('\n')}`, causes);
}

/** An object as messages of server-side apply name it: `default/web; apps/v1, Kind=Deployment`. */
function nameOf(kind: KindDefinition, config: Record<string, unknown>): string {
  const metadata = isJsonObject(config['metadata']) ? config['metadata'] : {};
  const { namespace, name } = metadata;
  return `${typeof namespace === 'string' ? namespace : ''}/${typeof name === 'string' ? name : ''}; ${goKind(kind)}`;
}

function goKind({ type }: KindDefinition): string {
  return `${type.group}/${type.version}, Kind=${type.kind}`;
}

function decodeMerged(
  machinery: ApiMachinery,
  kind: KindDefinition,
  merged: Record<string, unknown>,
  described: string,
): KubeObject {
  try {
    const { object } = machinery.schemas.decode(kind.schema, merged, { fieldValidation: 'Ignore' });
    return {
      metadata: {},
      ...object,
      apiVersion: apiVersionOf(kind.type),
      kind: kind.type.kind,
    } as KubeObject;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const why = error.message
      .replace(/^.*? cannot be handled as an? \w+: /, '')
      .replace(/ Go struct field \S+ of type/, ' Go value of type');
    throw unclassified(
      `failed to convert new object (${described}) to proper version: unable to convert unstructured object to ${goKind(kind)}: ${why}`,
    );
  }
}

function checkName(object: KubeObject, name: string): void {
  const given = object.metadata.name;
  if (!given)
    throw badRequest(
      `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
    );
  if (given !== name)
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
}
