import { isJsonObject } from '../../store/json.ts';
import { ApiError } from '../cluster-api.ts';
import type { KindDefinition } from '../kind-definition.ts';
import type { KubeObject } from '../objects.ts';
import { groupResource } from '../resources.ts';
import { applyJsonPatch } from '../patch/json-patch.ts';
import { applyMergePatch } from '../patch/merge-patch.ts';
import { applyStrategicMergePatch } from '../patch/strategic-merge-patch.ts';
import { badRequest, invalidPatch, unclassified } from '../status.ts';
import { goSyntax } from '../patch/go-syntax.ts';
import { decodeObject, type DecodeOptions } from './decode.ts';
import type { ApiMachinery } from './machinery.ts';
import type { WriteOptions } from './write-options.ts';

export type PatchType = 'json' | 'merge' | 'strategic';

/** What a request addresses. */
export interface Target {
  kind: KindDefinition;
  namespace: string | undefined;
  name: string;
}

export type RequestOptions = WriteOptions & DecodeOptions;

/** POST: creates an object from a body. @throws ApiError. */
export function createFromBody(
  machinery: ApiMachinery,
  target: Omit<Target, 'name'>,
  body: unknown,
  options: RequestOptions,
): KubeObject {
  const object = decodeObject(machinery.schemas, target.kind, body, options);
  placeInNamespace(object, target);
  return machinery.writer.create(target.kind, object, options);
}

/** PUT: replaces an object, or its status; a few kinds are created by it. @throws ApiError. */
export function replaceFromBody(
  machinery: ApiMachinery,
  target: Target,
  body: unknown,
  options: RequestOptions,
): { object: KubeObject; created: boolean } {
  const object = decodeObject(machinery.schemas, target.kind, body, options);
  placeInNamespace(object, target);
  checkName(object, target);
  checkVersionNumber(object);
  const { type } = target.kind;
  const isNew = machinery.store.get(groupResource(type), target.namespace, target.name) === undefined;
  if (isNew && target.kind.isCreatedByUpdate === true && options.subresource === undefined)
    return { object: machinery.writer.create(target.kind, object, options), created: true };
  const stored = machinery.writer.read(target.kind, target.namespace, target.name);
  return { object: machinery.writer.update(target.kind, stored, object, options), created: false };
}

/** @throws ApiError 500 for a resourceVersion that is none: the server has no better words for it */
function checkVersionNumber({ metadata }: KubeObject): void {
  const { resourceVersion } = metadata;
  if (resourceVersion && !/^\d+$/.test(resourceVersion))
    throw unclassified(`strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`);
}

/** PATCH: changes an object, or its status. @throws ApiError. */
export function patchObject(
  machinery: ApiMachinery,
  target: Target,
  patchType: PatchType,
  patch: unknown,
  options: RequestOptions,
): KubeObject {
  const stored = machinery.writer.read(target.kind, target.namespace, target.name);
  const { schema, served } = target.kind;
  const shown = served?.fromStored(stored) ?? stored;
  const patched = applyPatch(machinery, served?.schema ?? schema, shown, patchType, patch);
  const object = decodePatched(machinery, target.kind, patched, { type: patchType, patch }, options);
  placeInNamespace(object, target);
  checkName(object, target);
  checkVersionNumber(object);
  return machinery.writer.update(target.kind, stored, object, { ...options, isPatch: true });
}

/** @throws ApiError 400 when the object says that it is another one than the URL names. */
function checkName({ metadata }: KubeObject, target: Target): void {
  if (!metadata.name)
    throw badRequest(
      `the name of the object (${target.name} based on URL) was undeterminable: name must be provided`,
    );
  if (metadata.name !== target.name)
    throw badRequest(
      `the name of the object (${metadata.name}) does not match the name on the URL (${target.name})`,
    );
}

/** A patched object that cannot be decoded is a fault of the patch, and is told so. */
function decodePatched(
  machinery: ApiMachinery,
  kind: KindDefinition,
  patched: unknown,
  how: { type: PatchType; patch: unknown },
  options: RequestOptions,
): KubeObject {
  try {
    return decodeObject(machinery.schemas, kind, patched, options);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status.reason !== 'BadRequest') throw error;
    const why = error.message.replace(/^.*? cannot be handled as an? \w+: /, '');
    const isStrategic = how.type === 'strategic';
    const value = isStrategic ? goSyntax(how.patch) : JSON.stringify(patched);
    throw invalidPatch(`Invalid value: ${JSON.stringify(value)}: ${isStrategic ? asConverted(why) : why}`);
  }
}

/**
 * A wrong type in other words: the result of a strategic merge is not decoded from JSON but converted from maps
 * (k8s.io/apimachinery/pkg/runtime/converter.go).
 */
function asConverted(why: string): string {
  const match = /^json: cannot unmarshal (\w+)(?: \S+)? into Go struct field \S+ of type (\S+)$/.exec(why);
  if (match === null) return why;
  const [, word = '', type = ''] = match;
  const source = { number: 'int64', object: 'map', array: 'slice' }[word] ?? word;
  if (type.startsWith('[]')) return `cannot restore slice from ${source}`;
  if (type.startsWith('map[')) return `cannot restore map from ${source}`;
  // These read JSON themselves.
  if (/^(resource\.|intstr\.|v1\.(Micro)?Time$)/.test(type)) return why;
  if (word === 'number' && type === 'string') return 'cannot convert int64 to string';
  return type.includes('.') ? `cannot restore struct from: ${source}` : `unrecognized type: ${type}`;
}

/** Applies one of the three client-side patches. The object is not changed. @throws ApiError. */
export function applyPatch(
  machinery: ApiMachinery,
  schemaName: string,
  object: object,
  patchType: PatchType,
  patch: unknown,
): unknown {
  if (patchType === 'json') return applyJsonPatch(object, patch);
  if (!isJsonObject(patch)) {
    const what = Array.isArray(patch) ? 'array' : typeof patch;
    const why = `json: cannot unmarshal ${what} into Go value of type map[string]interface {}`;
    throw badRequest(patchType === 'strategic' ? why : `error decoding patch: ${why}`);
  }
  if (patchType === 'merge') return applyMergePatch(object, patch);
  return applyStrategicMergePatch(object as Record<string, unknown>, patch, machinery.schemas, schemaName);
}

/** @throws ApiError 400 when the object says that it is in another namespace. */
export function placeInNamespace(object: KubeObject, target: Omit<Target, 'name'>): void {
  const { namespace } = object.metadata;
  if (target.namespace === undefined) {
    // What belongs to the whole cluster has no namespace, whatever it says.
    delete object.metadata.namespace;
    return;
  }
  if (namespace === undefined || namespace === '') object.metadata.namespace = target.namespace;
  else if (namespace !== target.namespace)
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
}
