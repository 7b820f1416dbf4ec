import { AppError } from '#shared/app-error.ts';
import type { ClusterCapabilities } from '#shared/cluster.ts';
import type { KubeClient } from '../kube/client.ts';
import { unlessForbidden } from '../kube/errors.ts';
import { NAMESPACE, NODE, type KindRef, type KubeObject, type ObjectMeta } from '../kube/objects.ts';
import { detectCapabilities } from '../providers/existing/capabilities.ts';
import { takesPods, type Node } from '../providers/readiness.ts';
import { policyEngineOf, type PolicyEngine } from './network-policy-engine.ts';

/** What a cluster is, as far as the facilitator may look. */
export interface ClusterFacts {
  server: string;
  version: string;
  capabilities: ClusterCapabilities;
  /** Pods that all nodes together take; undefined when the nodes may not be looked at. */
  podRoom: number | undefined;
  podCidrs: string[];
  policyEngine: PolicyEngine;
  /** PriorityClasses that pods have to ask for. */
  priorities: string[];
  /** Every namespace there is. */
  namespaces: ReadonlyMap<string, ObjectMeta>;
}

interface RoomyNode extends Node {
  spec?: Node['spec'] & { podCIDRs?: string[]; providerID?: string };
  status?: Node['status'] & { allocatable?: { pods?: string } };
}

const DAEMON_SET: KindRef = { apiVersion: 'apps/v1', kind: 'DaemonSet' };
const PRIORITY_CLASS: KindRef = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass' };

/** Every cluster has these: https://kubernetes.io/docs/tasks/administer-cluster/guaranteed-scheduling-critical-addon-pods/ */
const SYSTEM_PRIORITIES = ['system-cluster-critical', 'system-node-critical'];

export async function readFacts(
  kube: Pick<KubeClient, 'server' | 'version' | 'list'>,
): Promise<ClusterFacts> {
  const [version, namespaces, nodes, daemonSets, priorities, capabilities] = await Promise.all([
    kube.version(),
    kube.list(NAMESPACE),
    unlessRefused(kube.list<RoomyNode>(NODE)),
    unlessRefused(kube.list(DAEMON_SET)),
    unlessRefused(kube.list<KubeObject & { globalDefault?: boolean }>(PRIORITY_CLASS)),
    detectCapabilities(kube),
  ]);
  const able = nodes?.filter(takesPods);
  return {
    server: kube.server,
    version,
    capabilities,
    podRoom: able?.reduce((sum, { status }) => sum + Number(status?.allocatable?.pods ?? 0), 0),
    podCidrs: [...new Set(nodes?.flatMap(({ spec }) => spec?.podCIDRs ?? []))].sort(),
    policyEngine: policyEngineOf(
      daemonSets ?? [],
      version,
      (nodes ?? []).map(({ spec }) => spec?.providerID ?? ''),
    ),
    priorities: [
      ...new Set([
        ...SYSTEM_PRIORITIES,
        ...(priorities ?? [])
          .filter(({ globalDefault }) => globalDefault !== true)
          .map(({ metadata }) => metadata.name),
      ]),
    ].sort(),
    namespaces: new Map(namespaces.map(({ metadata }) => [metadata.name, metadata])),
  };
}

/** Undefined for what the facilitator may not look at, or the cluster does not have. */
async function unlessRefused<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await unlessForbidden(asked);
  } catch (error) {
    if (error instanceof AppError && error.problem.code === 'kind-unknown') return undefined;
    throw error;
  }
}
