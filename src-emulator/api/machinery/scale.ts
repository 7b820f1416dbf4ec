import type { KindDefinition } from '../kind-definition.ts';
import { cloneJson, isJsonObject } from '../../store/json.ts';
import type { KubeObject, LabelSelector } from '../objects.ts';
import { invalid, badRequest } from '../status.ts';
import type { ApiMachinery } from './machinery.ts';
import type { WriteOptions } from './object-writer.ts';

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
  if (replicas < 0)
    throw invalid(
      { group: 'autoscaling', version: 'v1', kind: 'Scale', plural: 'scales', namespaced: true },
      stored.metadata.name,
      [
        {
          type: 'FieldValueInvalid',
          field: 'spec.replicas',
          detail: `Invalid value: ${replicas}: must be greater than or equal to 0`,
        },
      ],
    );
  const draft = cloneJson(stored) as Scalable;
  draft.spec.replicas = replicas;
  const metadata = isJsonObject(scale) && isJsonObject(scale['metadata']) ? scale['metadata'] : {};
  const version = metadata['resourceVersion'];
  if (typeof version === 'string' && version !== '') draft.metadata.resourceVersion = version;
  return machinery.writer.update(kind, stored, draft, { ...options, subresource: 'scale' });
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
