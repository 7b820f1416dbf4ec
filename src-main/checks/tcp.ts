import type { CheckSpecOf } from '#shared/lab-checks.ts';
import type { LocalizedText } from '#shared/locale.ts';
import { aimAt, aimText, type Aim, type Destination } from './destinations.ts';
import { diagnoseService } from '#main/doctor/diagnose.ts';
import type { Diagnosis } from '#main/doctor/diagnosis.ts';
import { refusedByPods } from '#main/doctor/hops/listens.ts';
import { assess, failed, passed, unable, unreachedFromHost, type FailDetails } from './judgements.ts';
import { probeTcp, type TcpSeen, type TcpState } from '#main/probes/tcp.ts';
import { serviceEvidence } from '#main/doctor/service-state.ts';
import type { Checker } from './types.ts';
import { fromText, vantageOf } from './vantage.ts';

type Spec = CheckSpecOf<'tcp'>;

export interface TcpCheckSeen {
  aim: Aim;
  attempts: { destination: Destination; result: TcpSeen }[];
  at: number;
}

/** A TCP connection is taken, refused at once, or met with silence. */
export const tcpChecker: Checker<'tcp', TcpCheckSeen> = {
  async probe(check, context) {
    const from = await vantageOf(check.from, context);
    const aim = await aimAt(check, from, context);
    const absent = aim.state !== undefined && aim.state.service === undefined;
    const attempts: TcpCheckSeen['attempts'] = [];
    for (const destination of absent ? [] : aim.destinations) {
      const to = destination.via ?? destination;
      attempts.push({ destination, result: await probeTcp(context.kube, from.origin, to, check.timeout) });
    }
    return { aim, attempts, at: context.clock.now() };
  },

  judge(check, { aim, attempts, at }) {
    const expected = expectation(check);
    if (attempts.length === 0) {
      const cause =
        aim.problem ?? (aim.state === undefined ? undefined : diagnoseService(aim.state, aim.port));
      const evidence = aim.state === undefined ? [] : [serviceEvidence(aim.state, at)];
      return cause === undefined
        ? unable({ en: 'No connection was tried.', ko: '연결을 시도하지 않았습니다.' }, evidence)
        : failed({ expected, ...cause, evidence });
    }
    const evidence = attempts.map(({ result }) => result.evidence);
    const lost = attempts.some(
      ({ destination, result }) => !destination.certain && result.state === 'silent',
    );
    if (lost) return unreachedFromHost(aimText(check), evidence);
    const parts = attempts.map(({ result }): FailDetails | undefined =>
      result.state === check.expect ? undefined : { expected, ...causeOf(check, aim, result), evidence },
    );
    return assess(check.partial, parts, passed(expected, STATES[check.expect], evidence));
  },
};

function causeOf(
  check: Spec,
  aim: Aim,
  { state, words }: TcpSeen,
): Omit<FailDetails, 'expected' | 'evidence'> {
  const service: Diagnosis | undefined =
    check.expect !== 'open' || aim.state === undefined ? undefined : diagnoseService(aim.state, aim.port);
  if (service !== undefined) return service;
  if (state === 'refused' && check.expect === 'open' && aim.state?.service !== undefined)
    return refusedByPods(aim.state, aim.port);
  const actual =
    words === ''
      ? STATES[state]
      : { en: `${STATES[state].en}: ${words}`, ko: `${STATES[state].ko}: ${words}` };
  return {
    actual,
    why: WHY[state],
    finding: FINDING[state],
    ...(state === 'name' ? { brokenHop: 'dns' as const } : {}),
  };
}

const FINDING: Record<TcpState, string> = {
  open: 'connection-open',
  refused: 'connection-refused',
  silent: 'connection-silent',
  name: 'name-not-found',
  other: 'request-failed',
};

const STATES: Record<TcpState, LocalizedText> = {
  open: { en: 'The connection is taken', ko: '연결됨' },
  refused: { en: 'The connection is refused', ko: '연결이 거부됨' },
  silent: { en: 'No answer comes', ko: '응답이 없음' },
  name: { en: 'The name does not resolve', ko: '이름을 해석할 수 없음' },
  other: { en: 'The connection fails', ko: '연결에 실패함' },
};

const WHY: Record<TcpState, LocalizedText> = {
  open: {
    en: 'Something listens there and nothing on the way stops the connection.',
    ko: '그 포트에서 기다리는 프로그램이 있고, 경로에서 연결을 막는 것이 없습니다.',
  },
  refused: {
    en: 'A refusal comes at once, from whoever has the address: nothing listens on this port there, or the Service has no ready endpoint.',
    ko: '거부는 그 주소를 가진 쪽에서 즉시 돌아옵니다. 그 포트에서 기다리는 프로그램이 없거나 서비스에 준비된 엔드포인트가 없습니다.',
  },
  silent: {
    en: 'Silence means that packets are dropped: nobody has the address, a policy forbids it, or a node without a local endpoint drops them.',
    ko: '응답이 없다는 것은 패킷이 버려진다는 뜻입니다. 아무도 쓰지 않는 주소이거나, 네트워크 폴리시가 막거나, 로컬 엔드포인트가 없는 노드가 버린 것입니다.',
  },
  name: {
    en: 'Before a connection there is a name: it has to resolve where the connection starts.',
    ko: '연결하기 전에 먼저 이름을 해석해야 합니다. 연결이 시작되는 곳에서 해석되는 이름이어야 합니다.',
  },
  other: {
    en: 'The connection ended in a way that is neither a refusal nor silence: read what the tool says.',
    ko: '거부도 무응답도 아닌 방식으로 연결이 끝났습니다. 도구가 출력한 내용을 읽어 보세요.',
  },
};

function expectation(check: Spec): LocalizedText {
  const aim = aimText(check);
  const from = fromText(check.from);
  const { en, ko } = STATES[check.expect];
  return {
    en: `TCP to ${aim.en}${from.en}: ${en.toLowerCase()}`,
    ko: `${aim.ko}에 대한 TCP 연결${from.ko}: ${ko}`,
  };
}
