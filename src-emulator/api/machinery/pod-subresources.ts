import { cloneJson, isJsonObject } from '../../store/json.ts';
import type { Pod } from '../objects.ts';
import { PODS } from '../resources.ts';
import { conflict, unclassified } from '../status.ts';
import { formatTime } from './deletion.ts';
import type { ApiMachinery } from './machinery.ts';

const TARGET_KINDS = '"Node", "<empty>"';
/** As conflicts name what is bound. */
const BINDINGS = { ...PODS, plural: 'pods/binding' };

/**
 * POST pods/<name>/binding: assigns a pod to a node and says so in its PodScheduled condition.
 * @throws ApiError 404, 409 when the pod is assigned or being deleted, 500 without a target that could be one: the
 * server has no better words for it.
 */
export function bindPod(machinery: ApiMachinery, namespace: string, name: string, body: unknown): void {
  const target = isJsonObject(body) && isJsonObject(body['target']) ? body['target'] : {};
  const nodeName = target['name'];
  const kind = target['kind'] ?? '';
  if (kind !== '' && kind !== 'Node')
    throw unclassified(
      `target.kind: Unsupported value: ${JSON.stringify(kind)}: supported values: ${TARGET_KINDS}`,
    );
  if (typeof nodeName !== 'string' || nodeName === '') throw unclassified('target.name: Required value');
  const pod = machinery.writer.read(machinery.registry.of(PODS), namespace, name) as Pod;
  if (pod.metadata.deletionTimestamp !== undefined)
    throw conflict(BINDINGS, name, `pod ${name} is being deleted, cannot be assigned to a host`);
  if (pod.spec.nodeName !== undefined && pod.spec.nodeName !== '')
    throw conflict(BINDINGS, name, `pod ${name} is already assigned to node "${pod.spec.nodeName}"`);
  const draft = cloneJson(pod);
  draft.spec.nodeName = nodeName;
  const conditions = (draft.status.conditions ?? []).filter((condition) => condition.type !== 'PodScheduled');
  draft.status.conditions = [
    ...conditions,
    {
      type: 'PodScheduled',
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: formatTime(machinery.clock.now()),
    },
  ];
  // Straight to the store: an ordinary update may change neither the node nor the status.
  machinery.writer.put(machinery.registry.of(PODS), draft);
}
