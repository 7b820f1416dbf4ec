import type { Diagnosis } from '../diagnosis.ts';
import { endpointsOf, servicePortOf, type ServiceState } from '../service-state.ts';
import type { DoctorSeen, HopJudgement, NodeState } from '../types.ts';

/** The nodes of the endpoints are well, and a traffic policy leaves an endpoint to send to. */
export function judgeNode(seen: DoctorSeen): HopJudgement {
  const { state, port, direct, address, nodes, at } = seen;
  const endpoints = endpointsOf(state, servicePortOf(state, port)).filter((one) => one.ready);
  const serving = new Set(endpoints.flatMap(({ node }) => node ?? []));
  const where = {
    title: { en: 'Nodes of the endpoints', ko: '엔드포인트가 있는 노드' },
    command: `kubectl get pods -n ${state.namespace} -o wide`,
    output: endpoints.map(({ ip, node = '?' }) => `${ip} ${node}`).join('\n') || '(no endpoints)',
    at,
  };
  const local = withoutLocal(seen, serving);
  if (local !== undefined)
    return {
      state: 'broken',
      diagnosis: local,
      evidence: [...address.map(({ tcp }) => tcp.evidence), where],
    };
  const failing = [...direct, ...address].some(({ tcp }) => tcp.state !== 'open');
  const down = nodes.find((node) => serving.has(node.metadata.name) && !isReady(node));
  if (down !== undefined && failing)
    return { state: 'broken', diagnosis: notReady(state, down), evidence: [where] };
  if (serving.size === 0)
    return {
      state: 'absent',
      seen: { en: 'The endpoints name no node.', ko: '엔드포인트에 노드가 적혀 있지 않습니다.' },
    };
  return {
    state: 'ok',
    seen: {
      en: `The endpoints are on ${[...serving].join(', ')}.`,
      ko: `엔드포인트가 있는 노드: ${[...serving].join(', ')}`,
    },
    evidence: [where],
  };
}

/** A policy of `Local` sends only to endpoints of the node at which a request enters. */
function withoutLocal(
  { state, client, from, address }: DoctorSeen,
  serving: ReadonlySet<string>,
): Diagnosis | undefined {
  const { internalTrafficPolicy, externalTrafficPolicy } = state.service?.spec ?? {};
  const stopped = address.filter(({ tcp }) => tcp.state !== 'open');
  if (stopped.length === 0 || stopped.length < address.length || serving.size === 0) return undefined;
  if (from === 'pod' && internalTrafficPolicy === 'Local') {
    const node = client?.spec.nodeName ?? '';
    return serving.has(node) ? undefined : noLocal(state, 'internalTrafficPolicy', node, serving);
  }
  if (from === 'host' && externalTrafficPolicy === 'Local') {
    const entry = stopped.find(({ node }) => node !== undefined && !serving.has(node));
    return entry === undefined
      ? undefined
      : noLocal(state, 'externalTrafficPolicy', entry.node ?? '', serving);
  }
  return undefined;
}

function noLocal(
  { name }: ServiceState,
  field: string,
  node: string,
  serving: ReadonlySet<string>,
): Diagnosis {
  const list = [...serving].join(', ');
  return {
    finding: 'no-local-endpoint',
    brokenHop: 'service',
    actual: {
      en: `Service ${name} has ${field}: Local, and no endpoint on node ${node}, where the request enters`,
      ko: `서비스 ${name}의 ${field}가 Local인데, 요청이 들어온 노드 ${node}에 엔드포인트가 없습니다`,
    },
    why: {
      en: `With Local, a node sends requests to its own pods only, and drops them when it has none. The endpoints are on ${list}. Run a pod on every node, or set ${field} to Cluster.`,
      ko: `Local이면 노드는 자기 노드의 파드로만 요청을 보내고, 파드가 없으면 버립니다. 엔드포인트는 ${list}에 있습니다. 노드마다 파드를 두거나 ${field}를 Cluster로 바꾸세요.`,
    },
  };
}

function isReady({ status }: NodeState): boolean {
  return (status?.conditions ?? []).some((one) => one.type === 'Ready' && one.status === 'True');
}

function notReady({ name }: ServiceState, { metadata, status }: NodeState): Diagnosis {
  const condition = (status?.conditions ?? []).find(({ type }) => type === 'Ready');
  const words = condition?.message ?? condition?.reason ?? 'NotReady';
  return {
    finding: 'node-not-ready',
    brokenHop: 'pod',
    actual: {
      en: `An endpoint of ${name} is on node ${metadata.name}, which is not ready: ${words}`,
      ko: `${name}의 엔드포인트가 준비되지 않은 노드 ${metadata.name}에 있습니다: ${words}`,
    },
    why: {
      en: 'Nobody hears from the node’s kubelet. Its pods are taken out of the endpoints after a while: kubectl describe node.',
      ko: '이 노드의 kubelet에서 소식이 없습니다. 잠시 뒤 노드의 파드가 엔드포인트에서 빠집니다. kubectl describe node로 확인하세요.',
    },
  };
}
