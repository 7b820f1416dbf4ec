import type { Diagnosis } from '../diagnosis.ts';
import { blockedBy, endOf, type Flow, type NetworkPolicy, type PolicyEnd } from '../network-policy.ts';
import { endpointsOf, protocolOf, servicePortOf } from '../service-state.ts';
import type { DoctorSeen, HopJudgement } from '../types.ts';

/**
 * No NetworkPolicy drops the packets. Policies are judged only where there was silence: a cluster whose network does not
 * enforce them lets everything through, whatever they say.
 */
export function judgePolicy(seen: DoctorSeen): HopJudgement {
  const { policies, namespaceLabels, at } = seen;
  if (policies.length === 0)
    return {
      state: 'absent',
      seen: { en: 'There is no NetworkPolicy here.', ko: '네트워크 폴리시가 없습니다.' },
    };
  for (const flow of silentFlows(seen)) {
    for (const direction of ['Egress', 'Ingress'] as const) {
      const blocking = blockedBy(direction, flow, policies, namespaceLabels);
      if (blocking.length === 0) continue;
      return {
        state: 'broken',
        diagnosis: blocked(direction, flow, blocking),
        evidence: blocking.map(({ metadata, spec }) => ({
          title: { en: `NetworkPolicy ${metadata.name}`, ko: `네트워크 폴리시 ${metadata.name}` },
          command: `kubectl get networkpolicy -n ${metadata.namespace ?? ''} ${metadata.name} -o yaml`,
          output: JSON.stringify(spec, undefined, 2),
          at,
        })),
      };
    }
  }
  return {
    state: 'ok',
    seen: {
      en: `None of ${String(policies.length)} NetworkPolicy object(s) stops this.`,
      ko: `네트워크 폴리시 ${String(policies.length)}개 가운데 이 경로를 막는 것이 없습니다.`,
    },
  };
}

/** The connections that met silence: to DNS, and to each endpoint. */
function silentFlows({ client, name, direct, address, state, port }: DoctorSeen): Flow[] {
  if (client === undefined) return [];
  const from = endOf(client);
  const flows: Flow[] = [];
  if (name?.dns.status === 'TIMEOUT') flows.push({ from, to: DNS, port: 53, protocol: 'UDP' });
  for (const { host, port: to, pod, tcp } of direct)
    if (tcp.state === 'silent')
      flows.push({ from, to: pod === undefined ? { address: host } : endOf(pod), port: to, protocol: 'TCP' });
  const servicePort = servicePortOf(state, port);
  if (address.some(({ tcp }) => tcp.state === 'silent') && servicePort !== undefined)
    for (const endpoint of endpointsOf(state, servicePort)) {
      const pod = state.pods.find((one) => one.metadata.name === endpoint.pod);
      const to = pod === undefined ? { address: endpoint.ip } : endOf(pod);
      if (endpoint.port !== undefined)
        flows.push({ from, to, port: endpoint.port, protocol: protocolOf(servicePort) });
    }
  return flows;
}

/** The pods of the cluster's DNS, by the labels that every distribution gives them. */
const DNS: PolicyEnd = {
  address: '',
  pod: {
    namespace: 'kube-system',
    labels: { 'k8s-app': 'kube-dns' },
    ports: [{ name: 'dns', containerPort: 53, protocol: 'UDP' }],
  },
};

function blocked(
  direction: 'Ingress' | 'Egress',
  { to, port, protocol }: Flow,
  policies: readonly NetworkPolicy[],
): Diagnosis {
  const names = policies.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`).join(', ');
  const what = `${protocol} ${String(port)}`;
  if (direction === 'Ingress')
    return {
      finding: 'policy-blocks-ingress',
      brokenHop: 'pod',
      actual: {
        en: `NetworkPolicy ${names} lets no ${what} from this client into the pods`,
        ko: `네트워크 폴리시 ${names}이(가) 이 클라이언트에서 파드로 들어오는 ${what}을(를) 막습니다`,
      },
      why: {
        en: 'A pod that any policy selects for Ingress takes only what some rule allows; everything else is dropped without a word. Allow this client in a rule’s from, and the pod’s port (not the Service’s) in its ports.',
        ko: '어떤 정책이든 Ingress로 선택한 파드는 규칙이 허용한 것만 받고 나머지는 아무 응답 없이 버립니다. 규칙의 from에 이 클라이언트를, ports에 (서비스가 아니라) 파드의 포트를 허용하세요.',
      },
    };
  const dns = to === DNS;
  return {
    finding: 'policy-blocks-egress',
    brokenHop: dns ? 'dns' : 'client',
    actual: {
      en: `NetworkPolicy ${names} lets no ${what}${dns ? ' (DNS)' : ''} out of the client pod`,
      ko: `네트워크 폴리시 ${names}이(가) 클라이언트 파드에서 나가는 ${what}${dns ? '(DNS)' : ''}을(를) 막습니다`,
    },
    why: {
      en: 'A pod that any policy selects for Egress sends only what some rule allows: to the pods behind the Service, and to DNS (port 53, UDP and TCP), which is easily forgotten.',
      ko: '어떤 정책이든 Egress로 선택한 파드는 규칙이 허용한 곳으로만 보낼 수 있습니다. 서비스 뒤의 파드뿐 아니라 잊기 쉬운 DNS(53번 포트, UDP와 TCP)도 허용해야 합니다.',
    },
  };
}
