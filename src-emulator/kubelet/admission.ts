import type { Node, Pod } from '../api/objects.ts';
import { matchesNode } from '../controllers/node-affinity.ts';
import { shortagesOf, toleratesNode } from '../controllers/scheduling/filters.ts';
import { NodeInfo } from '../controllers/scheduling/node-info.ts';
import { hasPortConflict } from '../controllers/scheduling/resources.ts';

/** Why a kubelet does not take a pod that was given to its node. */
export interface Rejection {
  reason: string;
  message: string;
}

/**
 * Looks again at what the scheduler should have seen: a pod can come with its node already chosen
 * (k8s.io/kubernetes/pkg/kubelet/lifecycle/predicate.go).
 * @param there the pods that the node has taken and that have not ended.
 */
export function rejectionOf(pod: Pod, node: Node, there: readonly Pod[]): Rejection | undefined {
  const [shortage] = shortagesOf(pod, new NodeInfo(node, there));
  if (shortage !== undefined) {
    const { resource, requested, used, capacity } = shortage;
    const shown = (amount: number): number => Math.ceil(resource === 'cpu' ? amount * 1000 : amount);
    return {
      reason: `OutOf${resource}`,
      message:
        `Node didn't have enough resource: ${resource}, requested: ${shown(requested)}, ` +
        `used: ${shown(used)}, capacity: ${shown(capacity)}`,
    };
  }
  if (!matchesNode(pod.spec, node))
    return predicate('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");
  if (hasPortConflict(pod, there))
    return predicate('NodePorts', "node(s) didn't have free ports for the requested pod ports");
  return toleratesNode(pod, node, ['NoExecute'])
    ? undefined
    : predicate('TaintToleration', 'node(s) had untolerated taint(s)');
}

function predicate(name: string, why: string): Rejection {
  return { reason: name, message: `Predicate ${name} failed: ${why}` };
}
