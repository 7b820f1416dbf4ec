import type { LocalizedText } from '#shared/locale.ts';
import type { ServicePort } from '#main/kube/objects.ts';
import type { Diagnosis } from '../diagnosis.ts';
import {
  declaredPorts,
  endpointsOf,
  protocolOf,
  servicePortOf,
  type ServiceState,
} from '../service-state.ts';
import type { Listening } from '../sockets.ts';
import type { Dialled, DoctorSeen, HopJudgement } from '../types.ts';

/** A program in each pod listens on the port that requests are sent to, and not on its loopback address alone. */
export function judgeListens(seen: DoctorSeen): HopJudgement {
  const { state, port, direct, sockets } = seen;
  const servicePort = servicePortOf(state, port);
  if (servicePort !== undefined && protocolOf(servicePort) !== 'TCP')
    return judgeDatagrams(seen, servicePort);
  if (direct.length === 0) return judgeSockets(seen);
  const evidence = direct.map(({ tcp }) => tcp.evidence);
  const failed = direct.find(({ tcp }) => tcp.state !== 'open');
  if (failed === undefined)
    return {
      state: 'ok',
      seen: {
        en: `${String(direct.length)} endpoint(s) take the connection, dialled directly.`,
        ko: `엔드포인트 ${String(direct.length)}개에 직접 접속할 수 있습니다.`,
      },
      evidence,
    };
  const where = `${failed.host}:${String(failed.port)}`;
  if (failed.tcp.state !== 'refused')
    return {
      state: 'symptom',
      seen: {
        en: `${where} does not answer, dialled directly.`,
        ko: `${where}에 직접 접속해도 응답이 없습니다.`,
      },
      evidence: [failed.tcp.evidence],
      otherwise: silentPod(where),
    };
  const asked = sockets.get(failed.pod?.metadata.name ?? '');
  return {
    state: 'broken',
    diagnosis: refusal(state, failed, asked?.listening, port),
    evidence: [failed.tcp.evidence, ...(asked === undefined ? [] : [asked.evidence])],
  };
}

/** Why a pod refuses: what its program listens on, as far as it could be asked. */
function refusal(
  state: ServiceState,
  { host, port, pod }: Dialled,
  listening: readonly Listening[] | undefined,
  asked: number | undefined,
): Diagnosis {
  const name = pod?.metadata.name ?? host;
  const there = (listening ?? []).filter((one) => one.port === port);
  if (there.some((one) => one.protocol === 'TCP' && one.loopback)) return onLocalhost(name, port);
  if (there.some((one) => one.protocol === 'UDP')) return wrongProtocol(name, port, 'TCP', 'UDP');
  const servicePort = servicePortOf(state, asked);
  const [endpoint] = endpointsOf(state, servicePort);
  if (state.service?.spec.clusterIP === 'None' && asked !== undefined && endpoint?.port !== asked)
    return headlessPort(state.name, asked, endpoint?.port);
  const declared = pod?.spec.containers
    .flatMap(({ ports }) => ports ?? [])
    .filter((one) => one.containerPort === port);
  if (listening === undefined && declared?.length === 1 && declared[0]?.protocol === 'UDP')
    return wrongProtocol(name, port, 'TCP', 'UDP');
  return refusedByPods(state, asked, listening);
}

/** Nothing was dialled: then only what a program listens on tells. */
function judgeSockets({ state, port, sockets }: DoctorSeen): HopJudgement {
  const endpoints = endpointsOf(state, servicePortOf(state, port)).filter((one) => one.ready);
  for (const { pod = '', port: target } of endpoints) {
    const asked = sockets.get(pod);
    if (asked === undefined || target === undefined) continue;
    const there = asked.listening.filter((one) => one.protocol === 'TCP' && one.port === target);
    const evidence = [asked.evidence];
    if (there.length === 0)
      return { state: 'broken', diagnosis: refusedByPods(state, port, asked.listening), evidence };
    if (there.every((one) => one.loopback))
      return { state: 'broken', diagnosis: onLocalhost(pod, target), evidence };
    return { state: 'ok', seen: listensOn(pod, target), evidence };
  }
  return {
    state: 'unknown',
    seen: {
      en: 'What the pods listen on could not be asked.',
      ko: '파드가 어느 포트에서 기다리는지 확인할 수 없었습니다.',
    },
  };
}

/** A datagram is not answered by the kernel: the sockets of the pod tell. */
function judgeDatagrams({ state, port, sockets }: DoctorSeen, servicePort: ServicePort): HopJudgement {
  const protocol = protocolOf(servicePort);
  for (const { pod = '', port: target } of endpointsOf(state, servicePortOf(state, port))) {
    const asked = sockets.get(pod);
    if (asked === undefined || target === undefined || protocol !== 'UDP') continue;
    const there = asked.listening.filter((one) => one.port === target);
    const evidence = [asked.evidence];
    if (there.some((one) => one.protocol === 'UDP'))
      return { state: 'ok', seen: listensOn(pod, target), evidence };
    const diagnosis = there.some((one) => one.protocol === 'TCP')
      ? wrongProtocol(pod, target, 'UDP', 'TCP')
      : refusedByPods(state, port, asked.listening);
    return { state: 'broken', diagnosis, evidence };
  }
  return {
    state: 'unknown',
    seen: {
      en: `Whether the pods listen on ${protocol} could not be asked.`,
      ko: `파드가 ${protocol}(으)로 기다리는지 확인할 수 없었습니다.`,
    },
  };
}

function listensOn(pod: string, port: number): LocalizedText {
  return {
    en: `A program in ${pod} listens on port ${String(port)}.`,
    ko: `${pod}의 프로그램이 ${String(port)}번 포트에서 기다립니다.`,
  };
}

function onLocalhost(pod: string, port: number): Diagnosis {
  return {
    finding: 'listens-on-localhost',
    brokenHop: 'pod',
    actual: {
      en: `The program in ${pod} listens on port ${String(port)} of 127.0.0.1 only`,
      ko: `${pod}의 프로그램이 127.0.0.1의 ${String(port)}번 포트에서만 기다립니다`,
    },
    why: {
      en: 'Only programs of the same pod reach 127.0.0.1. Requests from a Service arrive at the pod’s own address: let the program listen on 0.0.0.0.',
      ko: '127.0.0.1에는 같은 파드의 프로그램만 접속할 수 있습니다. 서비스를 거친 요청은 파드의 주소로 오므로 프로그램이 0.0.0.0에서 기다려야 합니다.',
    },
  };
}

function wrongProtocol(pod: string, port: number, service: string, program: string): Diagnosis {
  return {
    finding: 'wrong-protocol',
    brokenHop: 'pod',
    actual: {
      en: `The Service sends ${service} to port ${String(port)}, where the program in ${pod} listens for ${program}`,
      ko: `서비스는 ${String(port)}번 포트로 ${service}를 보내지만 ${pod}의 프로그램은 ${program}로 기다립니다`,
    },
    why: {
      en: 'TCP and UDP ports are apart from each other, even with the same number. The protocol stands in spec.ports[].protocol; it is TCP when left out.',
      ko: 'TCP와 UDP의 포트는 번호가 같아도 서로 다릅니다. 프로토콜은 spec.ports[].protocol에 적으며, 생략하면 TCP입니다.',
    },
  };
}

function headlessPort(name: string, port: number, target: number | undefined): Diagnosis {
  return {
    finding: 'headless-port',
    brokenHop: 'pod',
    actual: {
      en: `Service ${name} is headless, and its pods do not listen on port ${String(port)}`,
      ko: `서비스 ${name}은(는) 헤드리스이고, 파드는 ${String(port)}번 포트에서 기다리지 않습니다`,
    },
    why: {
      en: `A headless Service (clusterIP: None) has no proxy that would turn one port into another: clients dial the pods’ own port${target === undefined ? '' : `, here ${String(target)}`}.`,
      ko: `헤드리스 서비스(clusterIP: None)에는 포트를 바꿔 줄 프록시가 없습니다. 클라이언트는 파드 자신의 포트${target === undefined ? '' : `(여기서는 ${String(target)})`}로 접속해야 합니다.`,
    },
  };
}

function silentPod(where: string): Diagnosis {
  return {
    finding: 'no-answer',
    brokenHop: 'pod',
    actual: { en: `${where} does not answer`, ko: `${where}에서 응답이 없습니다` },
    why: {
      en: 'Silence means that packets are dropped on the way to the pod: see its node and what stands between.',
      ko: '응답이 없다는 것은 파드로 가는 길에서 패킷이 버려진다는 뜻입니다. 파드가 있는 노드와 그 사이를 살펴보세요.',
    },
  };
}

/**
 * The request reached the Service and its endpoints refused the connection.
 * @param listening what the program in the pod listens on, where it is known
 */
export function refusedByPods(
  state: ServiceState,
  port?: number,
  listening?: readonly Listening[],
): Diagnosis {
  const servicePort = servicePortOf(state, port);
  const endpoints = endpointsOf(state, servicePort);
  const target =
    endpoints.find((endpoint) => endpoint.port !== undefined)?.port ?? servicePort?.targetPort ?? port;
  const declared = new Set(
    endpoints.flatMap((endpoint) => {
      const pod = state.pods.find((p) => p.status?.podIP === endpoint.ip);
      return pod === undefined ? [] : declaredPorts(pod);
    }),
  );
  const others = listening?.filter((one) => one.protocol === 'TCP').map((one) => one.port) ?? [...declared];
  const list = others.filter((p) => p !== target).join(', ');
  const hint =
    list === ''
      ? { en: '', ko: '' }
      : listening === undefined
        ? { en: ` The containers declare ${list}.`, ko: ` 컨테이너가 선언한 포트: ${list}.` }
        : { en: ` The program listens on ${list}.`, ko: ` 프로그램이 기다리는 포트: ${list}.` };
  return {
    finding: 'target-port-refused',
    brokenHop: 'pod',
    actual: {
      en: `The pods refused the connection on port ${String(target)}, which Service ${state.name} sends requests to`,
      ko: `서비스 ${state.name}이(가) 요청을 보내는 ${String(target)}번 포트에서 파드가 연결을 거부했습니다`,
    },
    why: {
      en: `Nothing listens on port ${String(target)} in the pods: targetPort has to be the port of the program in the container.${hint.en}`,
      ko: `파드 안의 ${String(target)}번 포트에서 기다리는 프로그램이 없습니다. targetPort는 컨테이너 안의 프로그램이 쓰는 포트여야 합니다.${hint.ko}`,
    },
  };
}
