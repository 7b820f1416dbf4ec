import { jsonEqual } from '../../store/json.ts';
import type { FieldError, KindDefinition, WriteContext } from '../kind-definition.ts';
import type { Pod, RuntimeClass } from '../objects.ts';
import { PODS, RUNTIME_CLASSES } from '../resources.ts';
import { forbidden } from '../status.ts';
import { immutable, invalidEach } from '../validation/errors.ts';
import { validateLabels } from '../validation/labels.ts';
import { dns1123Label } from '../validation/names.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN } from './columns.ts';
import type { FullPodSpec } from './pod-spec-types.ts';
import { validateResourceRequirements } from './resource-requirements.ts';
import { validateTolerations } from './toleration-validation.ts';

/** As pkg/apis/node/validation/validation.go. */
function validate({ handler, overhead, scheduling }: RuntimeClass): FieldError[] {
  const { nodeSelector, tolerations } = scheduling ?? {};
  return [
    ...invalidEach('handler', handler, dns1123Label(handler)),
    ...(overhead === undefined
      ? []
      : validateResourceRequirements({ limits: overhead.podFixed ?? {} }, 'overhead')),
    ...validateLabels(nodeSelector, 'scheduling.nodeSelector'),
    ...validateTolerations(tolerations, 'scheduling.tolerations.tolerations'),
  ];
}

/**
 * Gives a pod what its class asks for (the RuntimeClass admission plug-in).
 * @throws ApiError 403 when there is no such class, or when the pod asks for something else
 */
export function applyRuntimeClass({ metadata: { name }, ...pod }: Pod, context: WriteContext): void {
  const spec: FullPodSpec = pod.spec;
  const className = spec.runtimeClassName;
  const found = className === undefined ? undefined : context.get(RUNTIME_CLASSES, undefined, className);
  if (className !== undefined && found === undefined)
    throw forbidden(PODS, name, `pod rejected: RuntimeClass "${className}" not found`);
  applyOverhead(spec, found, name);
  const wanted = found?.scheduling?.nodeSelector ?? {};
  for (const [key, value] of Object.entries(wanted)) {
    const own = spec.nodeSelector?.[key];
    if (own !== undefined && own !== value)
      throw forbidden(
        PODS,
        name,
        `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`,
      );
    spec.nodeSelector = { ...spec.nodeSelector, [key]: value };
  }
  for (const toleration of found?.scheduling?.tolerations ?? [])
    if (spec.tolerations?.some((other) => jsonEqual(other, toleration)) !== true)
      spec.tolerations = [...(spec.tolerations ?? []), toleration];
}

function applyOverhead(spec: FullPodSpec, found: RuntimeClass | undefined, name: string): void {
  const overhead = found?.overhead?.podFixed;
  if (spec.overhead === undefined || jsonEqual(spec.overhead, overhead)) {
    if (overhead !== undefined) spec.overhead = { ...overhead };
    return;
  }
  const why =
    overhead === undefined
      ? 'Pod Overhead set without corresponding RuntimeClass defined Overhead'
      : "Pod's Overhead doesn't match RuntimeClass's defined Overhead";
  throw forbidden(PODS, name, `pod rejected: ${why}`);
}

export const RUNTIME_CLASS_KIND: KindDefinition<RuntimeClass> = {
  type: RUNTIME_CLASSES,
  singular: 'runtimeclass',
  shortNames: [],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.node.v1.RuntimeClass',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: false,
  applyDefaults: () => undefined,
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
  validate,
  validateUpdate: ({ handler }, stored) => immutable('handler', handler, stored.handler),
  columns: [NAME_COLUMN, column('Handler', ''), AGE_COLUMN],
  cells: ({ metadata, handler }, now) => [metadata.name, handler, ageOf(metadata.creationTimestamp, now)],
  fieldSelectors: {},
};
