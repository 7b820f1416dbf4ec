import type { Clock } from '#emulator/clock.ts';
import type { KubeClient } from '../kube/client.ts';
import { DeadlineError, unlessForbidden } from '../kube/errors.ts';
import {
  ENDPOINT_SLICE,
  NODE,
  type Condition,
  type EndpointSlice,
  type KubeObject,
} from '../kube/objects.ts';
import { wordsOf } from '../store/problems.ts';

const POLL_MS = 100;

export interface Node extends KubeObject {
  spec?: { unschedulable?: boolean; providerID?: string; taints?: { effect: string }[] };
  status?: { conditions?: Condition[] };
}

/** What a cluster must have before labs run on it. */
export interface ReadinessNeeds {
  /** `all` of a cluster that was made for one learner; in one that others use, too, `some` are enough. */
  nodes: 'all' | 'some';
}

/** A cluster that is ready. */
export interface ReadyCluster {
  /** Address of the API server. */
  url: string;
  /** `v1.34.4` */
  version: string;
  nodes: number;
  /** Nodes that take pods. */
  schedulable: number;
}

/**
 * Waits until the API answers, the nodes are Ready and the cluster's DNS has a server. What the user may not
 * look at in a shared cluster is not waited for.
 * @throws DeadlineError that says what was seen last; the signal's reason when it aborts.
 */
export async function waitUntilReady(
  kube: Pick<KubeClient, 'server' | 'version' | 'list'>,
  {
    clock,
    signal,
    deadlineMs,
    needs,
  }: { clock: Clock; signal: AbortSignal; deadlineMs: number; needs: ReadinessNeeds },
): Promise<ReadyCluster> {
  const deadline = clock.now() + deadlineMs;
  for (;;) {
    const seen = await look(kube, needs).catch((error: unknown) => wordsOf(error));
    if (typeof seen !== 'string') return seen;
    if (clock.now() >= deadline)
      throw new DeadlineError(
        { en: 'the nodes and DNS to be ready', ko: '노드와 DNS가 준비되는 것' },
        deadlineMs,
        seen,
      );
    await clock.sleep(POLL_MS, signal);
  }
}

/** The cluster, or what is missing. */
async function look(
  kube: Pick<KubeClient, 'server' | 'version' | 'list'>,
  needs: ReadinessNeeds,
): Promise<ReadyCluster | string> {
  const [version, nodes, dns] = await Promise.all([
    kube.version(),
    unlessForbidden(kube.list<Node>(NODE)),
    unlessForbidden(
      kube.list<EndpointSlice>(ENDPOINT_SLICE, {
        namespace: 'kube-system',
        labelSelector: 'kubernetes.io/service-name=kube-dns',
      }),
    ),
  ]);
  if (nodes !== undefined) {
    const unready = nodes.filter((node) => !isReady(node)).map(({ metadata }) => metadata.name);
    const enough = needs.nodes === 'all' ? unready.length === 0 : unready.length < nodes.length;
    if (nodes.length === 0) return 'no nodes';
    if (!enough) return `not ready: ${unready.join(', ')}`;
  }
  if (dns !== undefined && !dns.some(servesDns)) return 'DNS (CoreDNS) has no ready server';
  const schedulable = nodes?.filter(takesPods).length ?? 1;
  return { url: kube.server, version, nodes: nodes?.length ?? schedulable, schedulable };
}

function isReady(node: Node): boolean {
  return (node.status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');
}

function servesDns(slice: EndpointSlice): boolean {
  return (slice.endpoints ?? []).some(({ conditions }) => conditions?.ready !== false);
}

/** Whether pods without tolerations may run on a node. */
export function takesPods(node: Node): boolean {
  const barred = (node.spec?.taints ?? []).some(
    ({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute',
  );
  return isReady(node) && node.spec?.unschedulable !== true && !barred;
}
