import type { KindDefinition } from '../kind-definition.ts';
import { cloneJson, isJsonObject } from '../../store/json.ts';
import type { KubeObject, LabelSelector } from '../objects.ts';
import { apiVersionOf } from '../resources.ts';
import { invalid, badRequest } from '../status.ts';
import type { ApiMachinery } from './machinery.ts';
import { applyObject, type ApplyOptions } from './apply-request.ts';
import type { WriteOptions } from './write-options.ts';
import type { Target } from './requests.ts';

const SCALE_VERSION = 'autoscaling/v1';

type Scalable = KubeObject & {
  /** The selector of a ReplicationController is a plain map of labels. */
  spec: { replicas?: number; selector?: LabelSelector | Record<string, string> };
  status?: { replicas?: number };
};

/** The scale subresource of an object: autoscaling/v1 Scale. */
export function scaleOf(object: KubeObject): Record<string, unknown> {
  const { spec, status, metadata } = object as Scalable;
  const selector: LabelSelector =
    object.kind === 'ReplicationController'
      ? { matchLabels: (spec.selector ?? {}) as Record<string, string> }
      : (spec.selector ?? {});
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name: metadata.name,
      namespace: metadata.namespace,
      uid: metadata.uid,
      resourceVersion: metadata.resourceVersion,
      creationTimestamp: metadata.creationTimestamp,
    },
    // Nothing is what 0 looks like on the wire.
    spec: (spec.replicas ?? 0) === 0 ? {} : { replicas: spec.replicas },
    status: { replicas: status?.replicas ?? 0, selector: selectorText(selector) },
  };
}

/** Writes spec.replicas from a Scale. @throws ApiError 400, 409, 422. */
export function writeScale(
  machinery: ApiMachinery,
  kind: KindDefinition,
  stored: KubeObject,
  scale: unknown,
  options: WriteOptions,
): KubeObject {
  const spec = isJsonObject(scale) ? scale['spec'] : undefined;
  const replicas = isJsonObject(spec) ? (spec['replicas'] ?? 0) : 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas))
    throw badRequest(
      `Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal ${typeof replicas} into Go struct field ScaleSpec.spec.replicas of type int32`,
    );
  checkReplicas(stored.metadata.name, replicas);
  const draft = cloneJson(stored) as Scalable;
  draft.spec.replicas = replicas;
  const metadata = isJsonObject(scale) && isJsonObject(scale['metadata']) ? scale['metadata'] : {};
  const version = metadata['resourceVersion'];
  if (typeof version === 'string' && version !== '') draft.metadata.resourceVersion = version;
  return machinery.writer.update(kind, stored, draft, { ...options, subresource: 'scale' });
}

/** @throws ApiError 422 */
function checkReplicas(name: string, replicas: number): void {
  if (replicas < 0)
    throw invalid(
      { group: 'autoscaling', version: 'v1', kind: 'Scale', plural: 'scales', namespaced: true },
      name,
      [
        {
          type: 'FieldValueInvalid',
          field: 'spec.replicas',
          detail: `Invalid value: ${replicas}: must be greater than or equal to 0`,
        },
      ],
    );
}

/**
 * Applies a Scale: the applier then owns spec.replicas of the object itself, through the subresource.
 * @throws ApiError 400, 404, 409 when another manager owns the number, 422.
 */
export function applyScale(
  machinery: ApiMachinery,
  target: Target,
  config: unknown,
  options: ApplyOptions,
): KubeObject {
  const { kind, namespace, name } = target;
  machinery.writer.read(kind, namespace, name);
  const given = isJsonObject(config) ? config : {};
  const { apiVersion = '', kind: named = '', metadata, spec } = given;
  if (apiVersion !== SCALE_VERSION || named !== 'Scale')
    throw badRequest(`invalid object type: ${String(apiVersion)}, Kind=${String(named)}`);
  const replicas = isJsonObject(spec) ? spec['replicas'] : undefined;
  if (typeof replicas === 'number') checkReplicas(name, replicas);
  const { type } = kind;
  const whole = {
    apiVersion: apiVersionOf(type),
    kind: type.kind,
    metadata,
    ...(replicas === undefined ? {} : { spec: { replicas } }),
  };
  return applyObject(machinery, target, whole, {
    ...options,
    subresource: 'scale',
    conflictVersion: SCALE_VERSION,
  }).object;
}

/** A LabelSelector in the form of the labelSelector parameter. */
function selectorText(selector: LabelSelector): string {
  const labels = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    switch (operator) {
      case 'In':
        return `${key} in (${values.join(',')})`;
      case 'NotIn':
        return `${key} notin (${values.join(',')})`;
      case 'Exists':
        return key;
      case 'DoesNotExist':
        return `!${key}`;
    }
  });
  return [...labels, ...expressions].sort().join(',');
}
