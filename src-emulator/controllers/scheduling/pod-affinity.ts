import type { LabelSelector, Node, Pod, PodAffinityTerm } from '../../api/objects.ts';
import { matchesLabels } from '../../api/selectors.ts';
import type { NodeInfo } from './node-info.ts';

/** Nodes with the pods on them, and the labels of namespaces. */
export interface ClusterView {
  nodes: readonly NodeInfo[];
  namespaceLabels: (namespace: string) => Record<string, string> | undefined;
}

/** Whether a term of `owner` means `other`. */
function termMatches(
  term: PodAffinityTerm,
  owner: Pod,
  other: Pod,
  { namespaceLabels }: ClusterView,
): boolean {
  const namespace = other.metadata.namespace ?? '';
  const { namespaces = [], namespaceSelector } = term;
  const isNamed =
    namespaces.length === 0 && namespaceSelector === undefined
      ? namespace === (owner.metadata.namespace ?? '')
      : namespaces.includes(namespace);
  const isSelected =
    namespaceSelector !== undefined && matchesLabels(namespaceSelector, namespaceLabels(namespace));
  if (!isNamed && !isSelected) return false;
  const selector = withOwnLabels(term.labelSelector, owner, term.matchLabelKeys, term.mismatchLabelKeys);
  // A term without a selector means no pod.
  return selector !== undefined && matchesLabels(selector, other.metadata.labels);
}

/** A selector with the pod's own values of some labels added (matchLabelKeys). */
export function withOwnLabels(
  selector: LabelSelector | undefined,
  pod: Pod,
  same: readonly string[] = [],
  different: readonly string[] = [],
): LabelSelector | undefined {
  if (selector === undefined) return undefined;
  const requirement = (key: string, operator: 'In' | 'NotIn') => {
    const value = pod.metadata.labels?.[key];
    return value === undefined ? [] : [{ key, operator, values: [value] }];
  };
  return {
    ...selector,
    matchExpressions: [
      ...(selector.matchExpressions ?? []),
      ...same.flatMap((key) => requirement(key, 'In')),
      ...different.flatMap((key) => requirement(key, 'NotIn')),
    ],
  };
}

const domainOf = (node: Node, key: string): string | undefined => node.metadata.labels?.[key];

/** Pods that a predicate finds in the topology domain of a node. */
function inDomain(view: ClusterView, node: Node, key: string, isMeant: (pod: Pod) => boolean): boolean {
  const domain = domainOf(node, key);
  if (domain === undefined) return false;
  return view.nodes.some((other) => domainOf(other.node, key) === domain && other.pods.some(isMeant));
}

/** Why pod affinity or anti-affinity keeps a pod from a node; undefined when it does not. */
export function affinityObstacle(
  pod: Pod,
  { node }: NodeInfo,
  view: ClusterView,
): { reason: string; preemptable: boolean } | undefined {
  const affinity = pod.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  if (!affinityHolds(pod, affinity, node, view))
    return { reason: "node(s) didn't match pod affinity rules", preemptable: false };
  const anti = pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  if (
    anti.some((term) =>
      inDomain(view, node, term.topologyKey, (other) => termMatches(term, pod, other, view)),
    )
  )
    return { reason: "node(s) didn't match pod anti-affinity rules", preemptable: true };
  if (isUnwanted(pod, node, view))
    return { reason: "node(s) didn't satisfy existing pods anti-affinity rules", preemptable: true };
  return undefined;
}

function affinityHolds(pod: Pod, terms: readonly PodAffinityTerm[], node: Node, view: ClusterView): boolean {
  if (terms.length === 0) return true;
  if (terms.some(({ topologyKey }) => domainOf(node, topologyKey) === undefined)) return false;
  // All terms together choose the pods.
  const isMeant = (other: Pod): boolean => terms.every((term) => termMatches(term, pod, other, view));
  if (terms.every(({ topologyKey }) => inDomain(view, node, topologyKey, isMeant))) return true;
  // The first of a group that wants to be together is let in where nobody is yet.
  const isFirst = !view.nodes.some(({ pods }) => pods.some(isMeant));
  return isFirst && isMeant(pod);
}

/** Whether a pod that is there does not want this one in its domain. */
function isUnwanted(pod: Pod, node: Node, view: ClusterView): boolean {
  return view.nodes.some((other) =>
    other.podsWithRequiredAntiAffinity.some((existing) =>
      (existing.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).some(
        (term) => {
          const domain = domainOf(other.node, term.topologyKey);
          return (
            domain !== undefined &&
            domain === domainOf(node, term.topologyKey) &&
            termMatches(term, existing, pod, view)
          );
        },
      ),
    ),
  );
}

/** How much a pod's preferences for the neighbourhood of others speak for a node; may be negative. */
export function affinityScore(pod: Pod, { node }: NodeInfo, view: ClusterView): number {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
  const sum = (
    terms: { weight: number; podAffinityTerm: PodAffinityTerm }[] | undefined,
    sign: 1 | -1,
  ): number => {
    let total = 0;
    for (const { weight, podAffinityTerm } of terms ?? [])
      total += sign * weight * neighbours(pod, podAffinityTerm, node, view);
    return total;
  };
  return (
    sum(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution, 1) +
    sum(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution, -1)
  );
}

function neighbours(pod: Pod, term: PodAffinityTerm, node: Node, view: ClusterView): number {
  const domain = domainOf(node, term.topologyKey);
  if (domain === undefined) return 0;
  let count = 0;
  for (const other of view.nodes)
    if (domainOf(other.node, term.topologyKey) === domain)
      count += other.pods.filter((existing) => termMatches(term, pod, existing, view)).length;
  return count;
}
