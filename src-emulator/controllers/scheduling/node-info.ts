import type { Node, Pod } from '../../api/objects.ts';
import { controllerOf } from '../object-helpers.ts';
import { assumedRequest, podRequest } from './resources.ts';

/**
 * A node with the pods on it, and what they come to: each sum is made when it is first asked for. The same as
 * kube-scheduler's NodeInfo.
 */
export class NodeInfo {
  readonly node: Node;
  readonly pods: readonly Pod[];
  readonly #requested = new Map<string, number>();
  readonly #assumed = new Map<string, number>();
  #perController: Map<string, number> | undefined;
  #withRequiredAntiAffinity: readonly Pod[] | undefined;

  /** @param pods those that have not finished */
  constructor(node: Node, pods: readonly Pod[]) {
    this.node = node;
    this.pods = pods;
  }

  /** What the pods request of a resource. */
  requested(resource: string): number {
    return sumOf(this.#requested, resource, this.pods, podRequest);
  }

  /** What scoring takes them to request. */
  assumed(resource: string): number {
    return sumOf(this.#assumed, resource, this.pods, assumedRequest);
  }

  /** How many pods the controller with this uid has here. */
  podsOf(controllerUid: string): number {
    if (this.#perController === undefined) {
      this.#perController = new Map();
      for (const pod of this.pods) {
        const uid = controllerOf(pod)?.uid;
        if (uid !== undefined) this.#perController.set(uid, (this.#perController.get(uid) ?? 0) + 1);
      }
    }
    return this.#perController.get(controllerUid) ?? 0;
  }

  /** The pods that do not bear some others near them. */
  get podsWithRequiredAntiAffinity(): readonly Pod[] {
    this.#withRequiredAntiAffinity ??= this.pods.filter(
      ({ spec }) =>
        (spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).length > 0,
    );
    return this.#withRequiredAntiAffinity;
  }
}

function sumOf(
  sums: Map<string, number>,
  resource: string,
  pods: readonly Pod[],
  requestOf: (pod: Pod, resource: string) => number,
): number {
  let sum = sums.get(resource);
  if (sum === undefined) {
    sum = pods.reduce((total, pod) => total + requestOf(pod, resource), 0);
    sums.set(resource, sum);
  }
  return sum;
}
