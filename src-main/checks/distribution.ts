import type { CheckSpecOf } from '#shared/lab-checks.ts';
import type { LocalizedText } from '#shared/locale.ts';
import { labelsText, POD, selects, type Pod } from '#main/kube/objects.ts';
import { aimAt, aimText, urlOf, type Aim } from './destinations.ts';
import { diagnoseService } from '#main/doctor/diagnose.ts';
import { isWithin, rangeText } from './fields.ts';
import { assess, failed, passed, unable, unreachedFromHost, type FailDetails } from './judgements.ts';
import { sendMany, tally, type ManySeen } from '#main/probes/many.ts';
import { readyPodsByIp, serviceEvidence } from '#main/doctor/service-state.ts';
import type { Checker } from './types.ts';
import { fromText, vantageOf } from './vantage.ts';

type Spec = CheckSpecOf<'distribution'>;

export interface DistributionSeen {
  aim: Aim;
  many?: ManySeen;
  /** Ready pods that are meant. */
  pods: Pod[];
  /** The node that the requests come from; undefined from this machine. */
  node: string | undefined;
  at: number;
}

/** Who answers when the same request is sent again and again. */
export const distributionChecker: Checker<'distribution', DistributionSeen> = {
  async probe(check, context) {
    const from = await vantageOf(check.from, context);
    const aim = await aimAt(check, from, context);
    const { namespace, labels } = check.expect.pods;
    const all = await context.kube.list<Pod>(POD, { namespace });
    const pods = [...readyPodsByIp(all).values()].filter((pod) => selects(labels, pod.metadata.labels));
    const seen = { aim, pods, node: from.pod?.spec.nodeName, at: context.clock.now() };
    const [destination] = aim.destinations;
    const absent = aim.state !== undefined && aim.state.service === undefined;
    if (destination === undefined || absent) return seen;
    const request = {
      url: urlOf(destination),
      ...(destination.via === undefined ? {} : { via: destination.via }),
      timeoutSeconds: check.timeout,
    };
    const options = { count: check.requests, keepAlive: check.connection === 'keep-alive' };
    return { ...seen, many: await sendMany(context.kube, from.origin, request, options) };
  },

  judge(check, { aim, many, pods, node, at }) {
    const expected = expectation(check);
    const broken =
      aim.problem ?? (aim.state === undefined ? undefined : diagnoseService(aim.state, aim.port));
    if (many === undefined) {
      const evidence = aim.state === undefined ? [] : [serviceEvidence(aim.state, at)];
      return broken === undefined
        ? unable({ en: 'No request was sent.', ko: '요청을 보내지 않았습니다.' }, evidence)
        : failed({ expected, ...broken, evidence });
    }
    const evidence = [many.evidence];
    if (many.bodies.length === 0 && aim.destinations[0]?.certain === false)
      return unreachedFromHost(aimText(check), evidence);
    if (many.errors.length > 0) {
      const words = [...new Set(many.errors)].join('; ');
      const count = String(check.requests - many.bodies.length);
      const cause = broken ?? {
        actual: {
          en: `${count} of ${String(check.requests)} requests failed: ${words}`,
          ko: `요청 ${String(check.requests)}개 중 ${count}개가 실패했습니다: ${words}`,
        },
        finding: 'request-failed',
      };
      return failed({ expected, ...cause, evidence });
    }
    const answered = tally(many.bodies);
    const list = answered.map(([name, times]) => `${name} ${String(times)}`).join(', ');
    const parts = partsOf(check, answered, pods, node).map((part) =>
      part === undefined
        ? undefined
        : { expected, actual: { en: `Answers: ${list}`, ko: `응답: ${list}` }, ...part, evidence },
    );
    return assess(check.partial, parts, passed(expected, { en: list, ko: list }, evidence));
  },
};

type Part = Pick<FailDetails, 'finding'> & Partial<Pick<FailDetails, 'actual' | 'why'>>;

function partsOf(
  { expect, requests, connection }: Spec,
  answered: readonly [string, number][],
  pods: readonly Pod[],
  node: string | undefined,
): (Part | undefined)[] {
  const meant = new Map(pods.map((pod) => [pod.metadata.name, pod]));
  const foreign = answered.filter(([name]) => !meant.has(name)).map(([name]) => name.slice(0, 80));
  const parts: (Part | undefined)[] = [
    foreign.length === 0
      ? undefined
      : {
          finding: 'wrong-pod',
          actual: {
            en: `It was also answered by ${foreign.join(', ')}`,
            ko: `${foreign.join(', ')}도 응답했습니다`,
          },
          why: {
            en: 'An answer came from something that is none of the pods which are meant.',
            ko: '의도한 파드가 아닌 곳에서 응답했습니다.',
          },
        },
  ];
  const { distinct } = expect;
  if (distinct !== undefined)
    parts.push(
      isWithin(answered.length, distinct)
        ? undefined
        : answered.length > (distinct.max ?? Infinity)
          ? { finding: 'too-many-pods', why: WHY_MANY }
          : { finding: 'too-few-pods', why: connection === 'keep-alive' ? WHY_KEPT : WHY_FEW },
    );
  if (expect.all === true) {
    const silent = [...meant.keys()].filter((name) => !answered.some(([one]) => one === name));
    parts.push(
      silent.length === 0 && meant.size > 0
        ? undefined
        : {
            finding: 'pods-unused',
            actual: {
              en: `Of ${String(requests)} requests none reached ${silent.join(', ') || 'a pod'}`,
              ko: `요청 ${String(requests)}개 중 하나도 ${silent.join(', ') || '파드'}에 닿지 않았습니다`,
            },
            why: connection === 'keep-alive' ? WHY_KEPT : WHY_FEW,
          },
    );
  }
  if (expect.sameNode === true) {
    const elsewhere = answered.filter(([name]) => meant.get(name)?.spec.nodeName !== node);
    parts.push(
      elsewhere.length === 0
        ? undefined
        : {
            finding: 'other-node',
            actual: {
              en: `Pods on other nodes than ${node ?? '(none)'} answer: ${elsewhere.map(([name]) => name).join(', ')}`,
              ko: `${node ?? '(없음)'} 이외의 노드에 있는 파드가 응답합니다: ${elsewhere.map(([name]) => name).join(', ')}`,
            },
            why: {
              en: 'With internalTrafficPolicy: Cluster, the default, a request may go to a pod on any node.',
              ko: '기본값인 internalTrafficPolicy: Cluster에서는 어느 노드의 파드로든 요청이 갈 수 있습니다.',
            },
          },
    );
  }
  for (const { labels, share } of expect.shares) {
    const count = answered
      .filter(([name]) => selects(labels, meant.get(name)?.metadata.labels))
      .reduce((sum, [, times]) => sum + times, 0);
    const is = count / requests;
    const percent = `${String(Math.round(is * 100))} %`;
    parts.push(
      isWithin(is, share)
        ? undefined
        : {
            finding: 'share-differs',
            actual: {
              en: `Pods with ${labelsText(labels)} answered ${percent} of the requests`,
              ko: `${labelsText(labels)} 레이블의 파드가 요청의 ${percent}에 응답했습니다`,
            },
            why: {
              en: 'A Service chooses among all its endpoints alike: a share follows from how many of them there are.',
              ko: '서비스는 모든 엔드포인트를 똑같은 확률로 고릅니다. 비율은 엔드포인트 수에 따라 정해집니다.',
            },
          },
    );
  }
  return parts;
}

const WHY_FEW: LocalizedText = {
  en: 'A Service chooses an endpoint anew for each connection. Fewer answer when session affinity holds a client to one, or when fewer are endpoints.',
  ko: '서비스는 연결마다 엔드포인트를 새로 고릅니다. 세션 어피니티가 클라이언트를 한 파드에 묶어 두거나 엔드포인트가 적으면 응답하는 파드도 적어집니다.',
};

const WHY_KEPT: LocalizedText = {
  en: 'The choice is made once for a connection. All requests that are sent on it go to the same pod.',
  ko: '엔드포인트는 연결이 맺어질 때 한 번 정해집니다. 그 연결로 보내는 요청은 모두 같은 파드로 갑니다.',
};

const WHY_MANY: LocalizedText = {
  en: 'Without session affinity each new connection may go to another pod: sessionAffinity: ClientIP holds a client’s address to one.',
  ko: '세션 어피니티가 없으면 새 연결마다 다른 파드로 갈 수 있습니다. sessionAffinity: ClientIP를 쓰면 클라이언트 주소별로 한 파드에 고정됩니다.',
};

function expectation(check: Spec): LocalizedText {
  const aim = aimText(check);
  const from = fromText(check.from);
  const { pods, distinct, all, sameNode, shares } = check.expect;
  const range = distinct === undefined ? undefined : rangeText(distinct);
  const kept = check.connection === 'keep-alive';
  const parts: LocalizedText[] = [
    { en: `pods with ${labelsText(pods.labels)}`, ko: `${labelsText(pods.labels)} 레이블의 파드` },
    ...(range === undefined ? [] : [{ en: `${range.en} different`, ko: `서로 다른 파드 ${range.ko}개` }]),
    ...(all === true ? [{ en: 'every one of them', ko: '모든 파드' }] : []),
    ...(sameNode === true ? [{ en: 'on the same node only', ko: '같은 노드의 파드만' }] : []),
    ...shares.map(({ labels, share }) => {
      const wanted = rangeText(share);
      return {
        en: `${labelsText(labels)}: a share of ${wanted.en}`,
        ko: `${labelsText(labels)}: 비율 ${wanted.ko}`,
      };
    }),
  ];
  return {
    en: `${String(check.requests)} requests${kept ? ' on one connection' : ''} to ${aim.en}${from.en} are answered by ${parts.map(({ en }) => en).join('; ')}`,
    ko: `${aim.ko}에 보낸${kept ? ' 한 연결의' : ''} 요청 ${String(check.requests)}개${from.ko}에 응답하는 곳: ${parts.map(({ ko }) => ko).join('; ')}`,
  };
}
