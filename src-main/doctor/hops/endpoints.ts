import { isPodReady, type Pod, type ServicePort } from '#main/kube/objects.ts';
import type { Evidence } from '#shared/verdict.ts';
import type { Diagnosis } from '../diagnosis.ts';
import { endpointsOf, selectedPods, servicePortOf, type ServiceState } from '../service-state.ts';
import type { Dialled, DoctorSeen, HopJudgement } from '../types.ts';

/** The EndpointSlices list addresses for the port, and somebody has them. */
export function judgeEndpoints({ state, port, direct, at }: DoctorSeen): HopJudgement {
  const servicePort = servicePortOf(state, port);
  const endpoints = endpointsOf(state, servicePort);
  const ready = endpoints.filter((one) => one.ready);
  const usable = ready.filter((one) => one.port !== undefined);
  const evidence = [endpointsEvidence(state, servicePort, at)];
  const headless = state.service?.spec.clusterIP === 'None';
  if (usable.length === 0 && !(headless && ready.length > 0)) {
    const matching = selectedPods(state);
    const otherwise = endpointsMissing(state.name, matching);
    if (matching.length > 0 && !matching.some(isPodReady))
      return {
        state: 'symptom',
        seen: { en: 'No endpoint is ready.', ko: '준비된 엔드포인트가 없습니다.' },
        evidence,
        otherwise,
      };
    const diagnosis =
      matching.length > 0
        ? (unknownPortName(servicePort) ?? otherwise)
        : otherPortName(state, servicePort, endpoints.length);
    return { state: 'broken', diagnosis, evidence };
  }
  const stale = direct.find((one) => one.tcp.state !== 'open' && isNobodys(state, one));
  if (stale !== undefined)
    return {
      state: 'broken',
      diagnosis: staleAddress(state, stale),
      evidence: [...evidence, stale.tcp.evidence],
    };
  const list = usable.map(({ ip, port: at }) => `${ip}:${String(at)}`);
  const text = [...list.slice(0, 4), ...(list.length > 4 ? ['…'] : [])].join(', ');
  return {
    state: 'ok',
    seen: {
      en: `${String(ready.length)} ready endpoint(s): ${text}.`,
      ko: `준비된 엔드포인트 ${String(ready.length)}개: ${text}`,
    },
    evidence,
  };
}

/** An address that was written by hand, and that no pod of the namespace has. */
function isNobodys({ slices, pods }: ServiceState, { host }: Dialled): boolean {
  if (pods.some((pod) => pod.status?.podIP === host)) return false;
  const slice = slices.find(({ endpoints }) => (endpoints ?? []).some((one) => one.addresses.includes(host)));
  return (
    slice?.metadata.labels?.['endpointslice.kubernetes.io/managed-by'] !== 'endpointslice-controller.k8s.io'
  );
}

function endpointsEvidence(state: ServiceState, port: ServicePort | undefined, at: number): Evidence {
  return {
    title: { en: 'Endpoints of the Service', ko: '서비스의 엔드포인트' },
    command: `kubectl get endpointslices -n ${state.namespace} -l kubernetes.io/service-name=${state.name}`,
    output:
      endpointsOf(state, port)
        .slice(0, 20)
        .map((one) =>
          `${one.ip}:${String(one.port ?? '?')} ${one.ready ? 'ready' : 'not ready'} ${one.pod ?? ''}`.trim(),
        )
        .join('\n') || '(no endpoints)',
    at,
  };
}

/** A targetPort by a name that the pods do not declare; undefined when it is none. */
export function unknownPortName(servicePort: ServicePort | undefined): Diagnosis | undefined {
  if (typeof servicePort?.targetPort !== 'string') return undefined;
  return {
    finding: 'target-port-name-unknown',
    brokenHop: 'endpoints',
    actual: {
      en: `targetPort "${servicePort.targetPort}" is a name that no container port of the pods has`,
      ko: `targetPort "${servicePort.targetPort}"(이)라는 이름의 컨테이너 포트가 파드에 없습니다`,
    },
    why: {
      en: 'A targetPort given by name is looked up among the ports that each pod’s containers declare.',
      ko: '이름으로 적은 targetPort는 파드의 컨테이너가 선언한 포트 이름에서 찾습니다.',
    },
  };
}

/** @param ready the ready pods that the Service selects */
export function endpointsMissing(name: string, ready: readonly Pod[]): Diagnosis {
  return {
    finding: 'endpoints-missing',
    brokenHop: 'endpoints',
    actual: {
      en: `Service ${name} selects ${String(ready.length)} ready pod(s), but its EndpointSlice lists none yet`,
      ko: `서비스 ${name}이(가) 준비된 파드 ${String(ready.length)}개를 선택하지만 엔드포인트슬라이스에는 아직 없습니다`,
    },
    why: {
      en: 'The EndpointSlice follows within a moment. If it stays so, look at the control plane.',
      ko: '엔드포인트슬라이스는 곧 따라옵니다. 계속 그대로라면 컨트롤 플레인을 살펴보세요.',
    },
  };
}

/** Endpoints made by hand, none of which belongs to the Service's port. */
function otherPortName(
  { name, slices }: ServiceState,
  port: ServicePort | undefined,
  count: number,
): Diagnosis {
  const wanted = port?.name ?? '';
  const names = [...new Set(slices.flatMap(({ ports }) => ports ?? []).map((one) => one.name ?? ''))];
  const quote = (text: string): string => `"${text}"`;
  return {
    finding: 'slice-port-name',
    brokenHop: 'endpoints',
    actual: {
      en: `The EndpointSlices of ${name} list ${String(count)} address(es), none ready for the port named ${quote(wanted)}: theirs are named ${names.map(quote).join(', ')}`,
      ko: `${name}의 엔드포인트슬라이스에 주소가 ${String(count)}개 있지만 이름이 ${quote(wanted)}인 포트에 쓸 수 있는 것이 없습니다. 슬라이스의 포트 이름: ${names.map(quote).join(', ')}`,
    },
    why: {
      en: 'A port of an EndpointSlice belongs to the port of the Service that has the same name, an empty one included. The numbers may differ.',
      ko: '엔드포인트슬라이스의 포트는 (빈 이름까지 포함해) 이름이 같은 서비스 포트와 짝을 이룹니다. 번호는 달라도 됩니다.',
    },
  };
}

function staleAddress({ name, namespace }: ServiceState, { host, port, tcp }: Dialled): Diagnosis {
  const met = tcp.state === 'refused' ? { en: 'refuses', ko: '거부' } : { en: 'silence', ko: '무응답' };
  return {
    finding: 'endpoint-stale',
    brokenHop: 'endpoints',
    actual: {
      en: `An EndpointSlice of ${name} that was made by hand lists ${host}:${String(port)}, which no pod in ${namespace} has and where nobody takes a connection (${met.en})`,
      ko: `손으로 만든 ${name}의 엔드포인트슬라이스에 ${host}:${String(port)}이(가) 있지만, ${namespace}에 이 주소를 가진 파드가 없고 연결되지도 않습니다(${met.ko})`,
    },
    why: {
      en: 'Nobody keeps such a slice up to date: when the pod behind the address is replaced, the address has to be written anew. A selector does that by itself.',
      ko: '이런 슬라이스는 아무도 갱신해 주지 않습니다. 파드가 교체되면 주소를 다시 적어야 합니다. 셀렉터를 쓰면 자동으로 갱신됩니다.',
    },
  };
}
