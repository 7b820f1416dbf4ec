import type { TcpState } from '#main/probes/tcp.ts';
import type { Diagnosis } from '../diagnosis.ts';
import { protocolOf, servicePortOf } from '../service-state.ts';
import type { DoctorSeen, HopJudgement } from '../types.ts';

/** The Service's address takes a connection. Why it does not, the hops behind it tell. */
export function judgeAddress({ state, port, from, address, direct }: DoctorSeen): HopJudgement {
  const servicePort = servicePortOf(state, port);
  if (state.service?.spec.clusterIP === 'None' && from !== 'host')
    return {
      state: 'absent',
      seen: {
        en: 'A headless Service has no address of its own: clients dial the pods.',
        ko: '헤드리스 서비스에는 자체 주소가 없어 클라이언트가 파드에 직접 접속합니다.',
      },
    };
  if (servicePort !== undefined && protocolOf(servicePort) !== 'TCP')
    return {
      state: 'absent',
      seen: {
        en: `${protocolOf(servicePort)} opens no connection that could be tried: what the pods listen on says more.`,
        ko: `${protocolOf(servicePort)}에는 시험해 볼 연결이 없습니다. 파드가 기다리는 포트를 보는 편이 낫습니다.`,
      },
    };
  const [first] = address;
  if (first === undefined)
    return {
      state: 'unknown',
      seen:
        from === 'host'
          ? {
              en: 'The Service is published nowhere on this machine, so nothing could be dialled from here.',
              ko: '이 컴퓨터에 공개된 서비스 주소가 없어 여기서는 접속해 볼 수 없습니다.',
            }
          : {
              en: 'There is no pod to dial from.',
              ko: '접속을 시도할 파드가 없습니다.',
            },
    };
  const evidence = address.map(({ tcp }) => tcp.evidence);
  // With a traffic policy of Local it is meant that only nodes with an endpoint answer.
  const some = from === 'host' && state.service?.spec.externalTrafficPolicy === 'Local';
  const answered = address.find(({ tcp }) => tcp.state === 'open');
  const failed = some && answered !== undefined ? undefined : address.find(({ tcp }) => tcp.state !== 'open');
  const met = failed ?? answered ?? first;
  const where = `${met.host}:${String(met.port)}`;
  const words = WORDS[met.tcp.state];
  const seen = { en: `${where} ${words.en}.`, ko: `${where} ${words.ko}.` };
  if (failed === undefined) return { state: 'ok', seen, evidence };
  const alive = direct.some(({ tcp }) => tcp.state === 'open');
  return {
    state: 'symptom',
    seen,
    evidence,
    otherwise: alive ? rulesBehind(where) : noAnswer(where, met.tcp.state),
  };
}

const WORDS: Record<TcpState, { en: string; ko: string }> = {
  open: { en: 'takes the connection', ko: '연결됨' },
  refused: { en: 'refuses the connection', ko: '연결이 거부됨' },
  silent: { en: 'does not answer', ko: '응답이 없음' },
  name: { en: 'does not resolve', ko: '이름을 해석할 수 없음' },
  other: { en: 'does not take the connection', ko: '연결에 실패함' },
};

/** The pods answer, and the Service in front of them does not. */
export function rulesBehind(host: string): Diagnosis {
  return {
    finding: 'rules-behind',
    brokenHop: 'service',
    actual: {
      en: `${host} refused the connection, while its pod answers at its own address`,
      ko: `${host}은(는) 연결을 거부했지만, 파드는 자신의 주소에서 응답합니다`,
    },
    why: {
      en: 'The nodes take over a change of the endpoints within a second or two. If it stays so, look at kube-proxy of the client’s node.',
      ko: '엔드포인트의 변경이 노드에 반영되기까지 1~2초가 걸립니다. 계속 그대로라면 클라이언트가 있는 노드의 kube-proxy를 살펴보세요.',
    },
  };
}

function noAnswer(where: string, state: TcpState): Diagnosis {
  return {
    finding: state === 'silent' ? 'no-answer' : 'request-failed',
    brokenHop: 'pod',
    actual: { en: `${where} ${WORDS[state].en}`, ko: `${where} ${WORDS[state].ko}` },
    why: {
      en: 'The Service and its endpoints look right, but no connection came about. See that the pods do their work: kubectl logs.',
      ko: '서비스와 엔드포인트는 올바르지만 연결되지 않습니다. kubectl logs로 파드가 제대로 동작하는지 확인하세요.',
    },
  };
}
