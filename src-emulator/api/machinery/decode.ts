import { isJsonObject } from '../../store/json.ts';
import type { KindDefinition } from '../kind-definition.ts';
import type { KubeObject } from '../objects.ts';
import { apiVersionOf, type ResourceType } from '../resources.ts';
import { DecodeError, type DuplicateFields, type FieldValidation, type Schemas } from '../schema/index.ts';
import { badRequest } from '../status.ts';
import { servedType } from './registry.ts';

export interface DecodeOptions {
  /** What to do about fields that the schema does not know. */
  fieldValidation: FieldValidation;
  /** Takes the texts for Warning headers. */
  warn: (text: string) => void;
  /** Fields that came twice in the body's text. */
  duplicates?: DuplicateFields;
}

/**
 * Turns a request body into an object of the kind: of the right version, with known fields of the right types.
 * @throws ApiError 400.
 */
export function decodeObject(
  schemas: Schemas,
  kind: KindDefinition,
  body: unknown,
  options: DecodeOptions,
): KubeObject {
  const type = servedType(kind);
  if (isJsonObject(body)) checkVersion(type, body, schemas);
  let decoded: Record<string, unknown>;
  try {
    const result = schemas.decode(kind.served?.schema ?? kind.schema, body, {
      fieldValidation: options.fieldValidation,
      ...(options.duplicates === undefined ? {} : { duplicates: options.duplicates }),
    });
    decoded = result.object;
    result.warnings.forEach(options.warn);
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(error.message);
    throw error;
  }
  // Metadata may be missing altogether; whoever writes the object checks what must be in it.
  const object = { metadata: {}, ...decoded, apiVersion: apiVersionOf(type), kind: type.kind } as KubeObject;
  if (hasEmptyManagedFields(body)) object.metadata.managedFields = [];
  return kind.served?.toStored(object) ?? object;
}

/** An empty list, which counts for nothing elsewhere, asks that nobody be recorded any more. */
function hasEmptyManagedFields(body: unknown): boolean {
  const metadata = isJsonObject(body) ? body['metadata'] : undefined;
  const given = isJsonObject(metadata) ? metadata['managedFields'] : undefined;
  return Array.isArray(given) && given.length === 0;
}

/** Versions that a real server still knows the names of, and serves no more. */
const PAST_KINDS: Partial<Record<string, readonly string[]>> = {
  'extensions/v1beta1': ['Deployment', 'DaemonSet', 'ReplicaSet', 'Ingress', 'NetworkPolicy'],
  'apps/v1beta1': ['Deployment', 'StatefulSet', 'ControllerRevision'],
  'apps/v1beta2': ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ControllerRevision'],
  'autoscaling/v1': ['HorizontalPodAutoscaler', 'Scale'],
  'batch/v1beta1': ['CronJob'],
  'networking.k8s.io/v1beta1': ['Ingress', 'IngressClass', 'IPAddress', 'ServiceCIDR'],
  'policy/v1beta1': ['PodDisruptionBudget'],
  'rbac.authorization.k8s.io/v1beta1': ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'],
};

/** `core`, `apps`, `networking`: the first word of a group. */
function packageOf(group: string): string {
  return group === '' ? 'core' : (group.split('.')[0] ?? '');
}

/** @throws ApiError 400 when the body says that it is something else */
export function checkVersion(type: ResourceType, body: Record<string, unknown>, schemas: Schemas): void {
  const expected = apiVersionOf(type);
  const apiVersion = (body['apiVersion'] as string | undefined) || expected;
  const named = (body['kind'] as string | undefined) || type.kind;
  if (apiVersion === expected && named === type.kind) return;
  const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const isKnown =
    PAST_KINDS[apiVersion]?.includes(named) === true ||
    schemas.field(`io.k8s.api.${packageOf(group)}.${version}.${named}`, 'metadata') !== undefined;
  if (isKnown && named === type.kind)
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`,
    );
  const why = isKnown
    ? `converting (${version}.${named}) to (${packageOf(type.group)}.${type.kind}): unknown conversion`
    : `no kind "${named}" is registered for version "${apiVersion}" in scheme "pkg/runtime/scheme.go:110"`;
  throw badRequest(`${named} in version "${version}" cannot be handled as a ${type.kind}: ${why}`);
}
