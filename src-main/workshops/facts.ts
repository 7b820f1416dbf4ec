import { AppError } from '#shared/app-error.ts';
import type { ClusterCapabilities } from '#shared/cluster.ts';
import type { LocalizedText } from '#shared/locale.ts';
import type { KubeClient } from '../kube/client.ts';
import { KubeStatusError } from '../kube/errors.ts';
import { NAMESPACE, NODE, SERVICE, type KindRef, type KubeObject, type ObjectMeta } from '../kube/objects.ts';
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
  spec?: Node['spec'] & { podCIDRs?: string[] };
  status?: Node['status'] & { allocatable?: { pods?: string } };
}

interface AddressedService extends KubeObject {
  status?: { loadBalancer?: { ingress?: unknown[] } };
}

const DAEMON_SET: KindRef = { apiVersion: 'apps/v1', kind: 'DaemonSet' };
const PRIORITY_CLASS: KindRef = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass' };
const INGRESS_CLASS: KindRef = { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass' };

/** Every cluster has these: https://kubernetes.io/docs/tasks/administer-cluster/guaranteed-scheduling-critical-addon-pods/ */
const SYSTEM_PRIORITIES = ['system-cluster-critical', 'system-node-critical'];

const NO_LOAD_BALANCER: LocalizedText = {
  en: 'When the workshop was prepared, no Service in the cluster had the address of a load balancer.',
  ko: '워크숍을 준비할 때 로드 밸런서 주소를 받은 Service가 클러스터에 없었습니다.',
};
const NO_INGRESS: LocalizedText = {
  en: 'When the workshop was prepared, the cluster had no IngressClass.',
  ko: '워크숍을 준비할 때 클러스터에 IngressClass가 없었습니다.',
};

export async function readFacts(
  kube: Pick<KubeClient, 'server' | 'version' | 'list'>,
): Promise<ClusterFacts> {
  const [version, namespaces, nodes, daemonSets, priorities, ingressClasses, services] = await Promise.all([
    kube.version(),
    kube.list(NAMESPACE),
    unlessRefused(kube.list<RoomyNode>(NODE)),
    unlessRefused(kube.list(DAEMON_SET)),
    unlessRefused(kube.list<KubeObject & { globalDefault?: boolean }>(PRIORITY_CLASS)),
    unlessRefused(kube.list(INGRESS_CLASS)),
    unlessRefused(kube.list<AddressedService>(SERVICE)),
  ]);
  const able = nodes?.filter(takesPods);
  return {
    server: kube.server,
    version,
    capabilities: capabilitiesOf(able, ingressClasses, services),
    podRoom: able?.reduce((sum, { status }) => sum + Number(status?.allocatable?.pods ?? 0), 0),
    podCidrs: [...new Set(nodes?.flatMap(({ spec }) => spec?.podCIDRs ?? []))].sort(),
    policyEngine: policyEngineOf(daemonSets ?? [], version),
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

/** What labs may count on. What is reached from a learner's machine nobody can say from here. */
function capabilitiesOf(
  nodes: readonly Node[] | undefined,
  ingressClasses: readonly KubeObject[] | undefined,
  services: readonly AddressedService[] | undefined,
): ClusterCapabilities {
  const ingress = (ingressClasses ?? []).length > 0;
  const loadBalancer = (services ?? []).some(
    ({ status }) => (status?.loadBalancer?.ingress ?? []).length > 0,
  );
  return {
    nodes: nodes?.length ?? 1,
    has: [...(loadBalancer ? (['loadBalancer'] as const) : []), ...(ingress ? (['ingress'] as const) : [])],
    missing: {
      ...(loadBalancer ? {} : { loadBalancer: NO_LOAD_BALANCER }),
      ...(ingress ? {} : { ingress: NO_INGRESS }),
    },
  };
}

/** Undefined for what the facilitator may not look at, or the cluster does not have. */
async function unlessRefused<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    const refused = error instanceof KubeStatusError && (error.code === 403 || error.code === 404);
    if (refused || (error instanceof AppError && error.problem.code === 'kind-unknown')) return undefined;
    throw error;
  }
}
