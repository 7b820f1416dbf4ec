import type { LocalizedText } from '#shared/locale.ts';
import type { Hop } from '#shared/verdict.ts';
import {
  isPodReady,
  labelsText,
  selects,
  type Pod,
  type Service,
  type ServicePort,
} from '#main/kube/objects.ts';
import type { DiagnosisFinding } from './findings.ts';
import { declaredPorts, endpointsOf, type ServiceState } from './service-state.ts';

/** The probable cause of a request that does not arrive, and the hop at which it stops. */
export interface Diagnosis {
  finding: DiagnosisFinding;
  brokenHop: Hop;
  /** What was seen. */
  actual: LocalizedText;
  /** What it means and where to look. */
  why: LocalizedText;
}

/**
 * Walks the path of a request behind a Service's name, from the name to the pods, and gives the first thing
 * that stops it (the order of https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/).
 * Undefined when nothing in the objects explains it.
 * @param port the port that the client dials; undefined to take the Service's first
 */
export function diagnoseService(state: ServiceState, port?: number): Diagnosis | undefined {
  const { service } = state;
  if (service === undefined) return missingService(state);
  const type = service.spec.type ?? 'ClusterIP';
  if (type === 'ExternalName') {
    const target = service.spec.externalName ?? '';
    return {
      finding: 'type-external-name',
      brokenHop: 'service',
      actual: {
        en: `Service ${state.name} is of type ExternalName: an alias for ${target}`,
        ko: `서비스 ${state.name}의 유형이 ExternalName입니다: ${target}의 별칭`,
      },
      why: {
        en: 'An ExternalName Service is only an alias in DNS. It has no address and no endpoints of its own.',
        ko: 'ExternalName 서비스는 DNS의 별칭일 뿐입니다. 자체 주소도 엔드포인트도 없습니다.',
      },
    };
  }
  const servicePort =
    port === undefined ? service.spec.ports?.[0] : service.spec.ports?.find((p) => p.port === port);
  // A headless Service has no proxy in front: clients dial the pods' own ports.
  if (servicePort === undefined && service.spec.clusterIP !== 'None')
    return missingPort(state, service, port);
  return diagnoseEndpoints(state, service, servicePort);
}

function missingService(state: ServiceState): Diagnosis {
  const [other] = state.elsewhere;
  if (other !== undefined) {
    return {
      finding: 'wrong-namespace',
      brokenHop: 'service',
      actual: {
        en: `There is no Service ${state.name} in namespace ${state.namespace}, but there is one in ${state.elsewhere.join(', ')}`,
        ko: `네임스페이스 ${state.namespace}에는 서비스 ${state.name}이(가) 없고, ${state.elsewhere.join(', ')}에 있습니다`,
      },
      why: {
        en: `A Service lives in one namespace and selects only pods of that namespace. Make it in ${state.namespace} (metadata.namespace, or -n ${state.namespace}).`,
        ko: `서비스는 한 네임스페이스에 속하고 그 네임스페이스의 파드만 선택합니다. ${state.namespace}에 만드세요(metadata.namespace 또는 -n ${state.namespace}).`,
      },
    };
  }
  return {
    finding: 'service-missing',
    brokenHop: 'service',
    actual: {
      en: `There is no Service ${state.name} in namespace ${state.namespace}`,
      ko: `네임스페이스 ${state.namespace}에 서비스 ${state.name}이(가) 없습니다`,
    },
    why: {
      en: 'Without the Service there is no name in DNS and no address that a request could go to.',
      ko: '서비스가 없으면 DNS에 이름도 없고 요청을 보낼 주소도 없습니다.',
    },
  };
}

function missingPort(state: ServiceState, service: Service, port: number | undefined): Diagnosis {
  const ports = (service.spec.ports ?? []).map((p) => String(p.port)).join(', ');
  return {
    finding: 'service-port-missing',
    brokenHop: 'service',
    actual: {
      en: `Service ${state.name} listens on port ${ports === '' ? '(none)' : ports}, not on ${String(port)}`,
      ko: `서비스 ${state.name}은(는) ${String(port)}번이 아니라 ${ports === '' ? '(없음)' : ports}번 포트에서 받습니다`,
    },
    why: {
      en: 'Clients dial the Service’s own port: spec.ports[].port. The port of the container belongs in targetPort.',
      ko: '클라이언트는 서비스 자신의 포트인 spec.ports[].port로 접속합니다. 컨테이너의 포트는 targetPort에 적습니다.',
    },
  };
}

/** What is wrong between a Service and its pods, when something is: selector, readiness, named port. */
function diagnoseEndpoints(
  state: ServiceState,
  service: Service,
  servicePort?: ServicePort,
): Diagnosis | undefined {
  const selector = service.spec.selector;
  const endpoints = endpointsOf(state, servicePort);
  const name = state.name;
  if (endpoints.some((endpoint) => endpoint.ready && endpoint.port !== undefined)) return undefined;
  if (selector === undefined || Object.keys(selector).length === 0) return missingSelector(name);
  const matching = state.pods.filter((pod) => selects(selector, pod.metadata.labels));
  if (matching.length === 0) return selectsNothing(state, selector);
  const ready = matching.filter(isPodReady);
  if (ready.length === 0) {
    return {
      finding: 'pods-not-ready',
      brokenHop: 'endpoints',
      actual: {
        en: `The selector ${labelsText(selector)} matches ${String(matching.length)} pod(s), none of them Ready`,
        ko: `셀렉터 ${labelsText(selector)}에 맞는 파드가 ${String(matching.length)}개 있지만 준비(Ready)된 파드가 없습니다`,
      },
      why: {
        en: 'Only ready pods become endpoints. Look at the pods: kubectl get pods, kubectl describe pod.',
        ko: '준비된 파드만 엔드포인트가 됩니다. kubectl get pods와 kubectl describe pod로 파드를 살펴보세요.',
      },
    };
  }
  if (typeof servicePort?.targetPort === 'string') {
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

export function missingSelector(name: string): Diagnosis {
  return {
    finding: 'selector-missing',
    brokenHop: 'endpoints',
    actual: {
      en: `Service ${name} has no selector`,
      ko: `서비스 ${name}에 셀렉터가 없습니다`,
    },
    why: {
      en: 'Without a selector nobody keeps the endpoints: addresses written by hand are wrong as soon as a pod is replaced.',
      ko: '셀렉터가 없으면 엔드포인트를 갱신해 주는 주체가 없습니다. 손으로 적은 주소는 파드가 교체되는 순간 틀린 주소가 됩니다.',
    },
  };
}

function selectsNothing(state: ServiceState, selector: Record<string, string>): Diagnosis {
  const near = nearestLabels(state.pods, selector);
  const text = labelsText(selector);
  return {
    finding: 'selector-matches-nothing',
    brokenHop: 'endpoints',
    actual: {
      en: `The selector of Service ${state.name} is ${text}: no pod in ${state.namespace} has these labels`,
      ko: `서비스 ${state.name}의 셀렉터는 ${text}인데, ${state.namespace}에 이 레이블을 모두 가진 파드가 없습니다`,
    },
    why: {
      en: `A pod is selected only when it has every label of the selector.${near === undefined ? '' : ` Pods there have ${near}.`}`,
      ko: `파드는 셀렉터의 레이블을 모두 가져야 선택됩니다.${near === undefined ? '' : ` 이 네임스페이스의 파드 레이블: ${near}.`}`,
    },
  };
}

/** Labels of the pods that come closest to a selector, without those that controllers add. */
function nearestLabels(pods: readonly Pod[], selector: Record<string, string>): string | undefined {
  const score = (pod: Pod): number =>
    Object.entries(selector).reduce((sum, [key, value]) => {
      const own = pod.metadata.labels?.[key];
      return sum + (own === value ? 2 : own === undefined ? 0 : 1);
    }, 0);
  const best = pods.filter((pod) => score(pod) > 0).sort((a, b) => score(b) - score(a));
  const distinct = new Set(
    best.map((pod) =>
      labelsText(
        Object.fromEntries(
          Object.entries(pod.metadata.labels ?? {}).filter(
            ([key]) => key !== 'pod-template-hash' && !key.startsWith('switchyard.dev/'),
          ),
        ),
      ),
    ),
  );
  const texts = [...distinct].filter((text) => text !== '').slice(0, 3);
  return texts.length === 0 ? undefined : texts.join(' / ');
}

/** The request reached the Service and its endpoints refused the connection. */
export function refusedByPods(state: ServiceState, port?: number): Diagnosis {
  const servicePort = state.service?.spec.ports?.find((p) => port === undefined || p.port === port);
  const endpoints = endpointsOf(state, servicePort);
  const target =
    endpoints.find((endpoint) => endpoint.port !== undefined)?.port ?? servicePort?.targetPort ?? port;
  const listening = new Set(
    endpoints.flatMap((endpoint) => {
      const pod = state.pods.find((p) => p.status?.podIP === endpoint.ip);
      return pod === undefined ? [] : declaredPorts(pod);
    }),
  );
  const hint = [...listening].filter((p) => p !== target).join(', ');
  return {
    finding: 'target-port-refused',
    brokenHop: 'pod',
    actual: {
      en: `The pods refused the connection on port ${String(target)}, which Service ${state.name} sends requests to`,
      ko: `서비스 ${state.name}이(가) 요청을 보내는 ${String(target)}번 포트에서 파드가 연결을 거부했습니다`,
    },
    why: {
      en: `Nothing listens on port ${String(target)} in the pods: targetPort has to be the port of the program in the container.${hint === '' ? '' : ` The containers declare ${hint}.`}`,
      ko: `파드 안의 ${String(target)}번 포트에서 기다리는 프로그램이 없습니다. targetPort는 컨테이너 안의 프로그램이 쓰는 포트여야 합니다.${hint === '' ? '' : ` 컨테이너가 선언한 포트: ${hint}.`}`,
    },
  };
}
