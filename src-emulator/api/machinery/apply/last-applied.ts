import { isJsonObject } from '../../../store/json.ts';
import { compareObjects } from './compare.ts';
import type { FieldSet } from './field-set.ts';
import { MergeFault } from './path-elements.ts';
import { fieldsOf } from './prune.ts';
import type { MapType } from './typed-schema.ts';

type JsonObject = Record<string, unknown>;

/** Where client-side apply keeps what it applied. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

function annotationsOf(object: JsonObject): JsonObject {
  const { metadata } = object as { metadata?: unknown };
  const annotations = isJsonObject(metadata) ? metadata['annotations'] : undefined;
  return isJsonObject(annotations) ? annotations : {};
}

/**
 * The fields that client-side apply wrote and that still are what it wrote. Undefined when the object was never
 * applied by a client, or in another version.
 */
export function fieldsFromLastApplied(
  live: JsonObject,
  apiVersion: string,
  type: MapType,
): FieldSet | undefined {
  const text = annotationsOf(live)[LAST_APPLIED];
  if (typeof text !== 'string' || text === '') return undefined;
  try {
    const applied: unknown = JSON.parse(text);
    if (!isJsonObject(applied) || applied['apiVersion'] !== apiVersion) return undefined;
    const { modified, added, removed } = compareObjects(applied, live, type);
    return fieldsOf(applied, type).difference(modified).difference(added).difference(removed);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof MergeFault) return undefined;
    throw error;
  }
}

/** Brings the annotation of client-side apply up to date, so that clients that still use it see what was applied. */
export function withLastApplied(object: JsonObject, config: JsonObject): JsonObject {
  const annotations = annotationsOf(object);
  const last = annotations[LAST_APPLIED];
  if (typeof last !== 'string' || last === '') return object;
  const { [LAST_APPLIED]: _last, ...kept } = annotationsOf(config);
  const metadata = isJsonObject(config['metadata']) ? config['metadata'] : {};
  const hasAnnotations = isJsonObject(metadata['annotations']);
  const applied = { ...config, metadata: { ...metadata, ...(hasAnnotations ? { annotations: kept } : {}) } };
  return {
    ...object,
    metadata: {
      ...(object['metadata'] as JsonObject),
      annotations: { ...annotations, [LAST_APPLIED]: `${JSON.stringify(sorted(applied))}\n` },
    },
  };
}

/** With the fields of every object in order, as Go writes maps. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sorted(value[name])]),
  );
}
