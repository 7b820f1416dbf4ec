import type { CheckSpecOf } from '#shared/lab-checks.ts';
import type { LocalizedText } from '#shared/locale.ts';
import type { Evidence } from '#shared/verdict.ts';
import { selects } from '#main/kube/objects.ts';
import { aimAt, aimText, readyEndpointsOf, urlOf, type Aim, type Destination } from './destinations.ts';
import { diagnoseService } from '#main/doctor/diagnose.ts';
import type { Diagnosis } from '#main/doctor/diagnosis.ts';
import { rulesBehind } from '#main/doctor/hops/address.ts';
import { ingressMissing } from '#main/doctor/hops/ingress.ts';
import { refusedByPods } from '#main/doctor/hops/listens.ts';
import { assess, failed, passed, unable, unreachedFromHost, type FailDetails } from './judgements.ts';
import { httpFailure, sendHttp, type HttpFailure, type HttpSeen } from '#main/probes/http.ts';
import { readyPodsByIp, serviceEvidence, type ServiceState } from '#main/doctor/service-state.ts';
import type { CheckContext, Checker } from './types.ts';
import { fromText, vantageOf, type Vantage } from './vantage.ts';

type Spec = CheckSpecOf<'http'>;

export interface HttpAttempt {
  destination: Destination;
  response: HttpSeen;
}

export interface HttpCheckSeen {
  aim: Aim;
  /** In the order in which they were sent. None when there was nothing to send one to. */
  attempts: HttpAttempt[];
  /** The same request to an endpoint itself, when the Service's address refused it. */
  direct?: HttpSeen;
  at: number;
  /** Names of the ready pods that the answer may come from. */
  podNames: string[];
}

/**
 * What stopped a request of a check. A port that is published on this machine takes every connection, and cuts it when
 * nobody in the cluster does: seen from here, that is a refusal.
 */
function failureOf({ from }: Spec, response: HttpSeen): HttpFailure {
  const failure = httpFailure(response);
  return from === 'host' && failure === 'cut' ? 'refused' : failure;
}

/** A request is answered, by whom it should. When it is not, the objects on its way say why. */
export const httpChecker: Checker<'http', HttpCheckSeen> = {
  async probe(check, context) {
    const from = await vantageOf(check.from, context);
    const aim = await aimAt(check, from, context);
    const { state } = aim;
    // A name without a Service goes through the whole search list and on to servers outside: seconds for nothing.
    const absent = state !== undefined && state.service === undefined;
    const attempts = absent ? [] : await sendAll(check, from, aim, context);
    const refused = attempts.find(({ response }) => failureOf(check, response) === 'refused');
    const direct = refused === undefined ? undefined : await probeEndpoint(check, from, aim, context);
    return {
      aim,
      attempts,
      ...(direct === undefined ? {} : { direct }),
      at: context.clock.now(),
      podNames: await podsMeant(check, state, context),
    };
  },

  judge(check, seen) {
    const expected = expectation(check);
    const { aim, attempts, at } = seen;
    if (attempts.length === 0) {
      const cause =
        aim.problem ?? (aim.state === undefined ? undefined : diagnoseService(aim.state, aim.port));
      const evidence = aim.state === undefined ? [] : [serviceEvidence(aim.state, at)];
      return cause === undefined
        ? unable({ en: 'No request was sent.', ko: '요청을 보내지 않았습니다.' }, evidence)
        : failed({ expected, ...cause, evidence });
    }
    const evidence = [
      ...attempts.slice(-3).map(({ response }) => response.evidence),
      ...(seen.direct === undefined ? [] : [seen.direct.evidence]),
    ];
    const lost = attempts.find(
      ({ destination, response }) => !destination.certain && httpFailure(response) === 'timeout',
    );
    if (lost !== undefined) return unreachedFromHost(aimText(check), evidence);
    const last = attempts.at(-1)?.response;
    const answer = answerText(check, last);
    const parts = attempts.flatMap(({ destination, response }) =>
      partsOf(check, seen, destination, response, { expected, evidence: [response.evidence, ...rest(seen)] }),
    );
    return assess(check.partial, parts, passed(expected, answer, evidence));
  },
};

function rest({ direct }: HttpCheckSeen): Evidence[] {
  return direct === undefined ? [] : [direct.evidence];
}

/** One after the other; what fails ends it, more of the same would say nothing new. */
async function sendAll(
  check: Spec,
  from: Vantage,
  { destinations }: Aim,
  { kube }: CheckContext,
): Promise<HttpAttempt[]> {
  const attempts: HttpAttempt[] = [];
  for (const destination of destinations)
    for (let turn = 0; turn < check.times; turn++) {
      const response = await sendHttp(kube, from.origin, {
        url: urlOf(destination),
        ...(destination.via === undefined ? {} : { via: destination.via }),
        headers: check.headers,
        timeoutSeconds: check.timeout,
        withHeaders: Object.keys(check.expect.headers).length > 0,
      });
      attempts.push({ destination, response });
      if (httpFailure(response) !== 'none') return attempts;
    }
  return attempts;
}

type Common = Pick<FailDetails, 'expected' | 'evidence'>;

function partsOf(
  check: Spec,
  seen: HttpCheckSeen,
  destination: Destination,
  response: HttpSeen,
  common: Common,
): (FailDetails | undefined)[] {
  const failure = failureOf(check, response);
  const { refused, silent } = check.expect;
  if (refused === true || silent === true) {
    const wanted = refused === true ? 'refused' : 'timeout';
    return [failure === wanted ? undefined : { ...common, ...otherThan(wanted, failure, response) }];
  }
  if (failure !== 'none') return [{ ...common, ...causeOf(seen, destination, response, failure) }];
  const { status, body, headers, bodyIsPodWith } = check.expect;
  const statuses = Array.isArray(status) ? status : [status];
  const text = response.body.trim();
  const shown = text.slice(0, 200);
  const parts: (FailDetails | undefined)[] = [
    statuses.includes(response.status)
      ? undefined
      : { ...common, ...unexpectedStatus(seen, response.status) },
  ];
  for (const [name, wanted] of Object.entries(headers)) {
    const value = response.headers[name.toLowerCase()];
    const right = value !== undefined && new RegExp(wanted).test(value);
    parts.push(right ? undefined : { ...common, ...unexpectedHeader(name, value) });
  }
  if (body !== undefined)
    parts.push(
      new RegExp(body).test(text)
        ? undefined
        : {
            ...common,
            actual: { en: `The body is: ${shown}`, ko: `본문: ${shown}` },
            finding: 'unexpected-body',
            brokenHop: 'pod',
          },
    );
  if (bodyIsPodWith !== undefined)
    parts.push(
      seen.podNames.includes(text)
        ? undefined
        : {
            ...common,
            actual: { en: `It was answered by: ${shown}`, ko: `응답한 곳: ${shown}` },
            why: {
              en: 'The answer comes from a pod other than the ones that are meant.',
              ko: '의도한 파드가 아닌 다른 파드가 응답했습니다.',
            },
            finding: 'wrong-pod',
            brokenHop: 'endpoints',
          },
    );
  return parts;
}

function otherThan(
  wanted: 'refused' | 'timeout',
  failure: HttpFailure,
  response: HttpSeen,
): Omit<FailDetails, keyof Common> {
  if (failure === 'none')
    return {
      actual: {
        en: `It was answered: HTTP ${String(response.status)}`,
        ko: `응답이 왔습니다: HTTP ${String(response.status)}`,
      },
      why: {
        en: 'Something still takes this connection: a Service, a rule or a pod on the way lets it through.',
        ko: '아직 이 연결을 받아 주는 것이 있습니다. 경로에 있는 서비스나 규칙, 파드가 연결을 통과시킵니다.',
      },
      finding: 'answered',
    };
  if (failure === 'name') return nameNotFound(response);
  return wanted === 'refused'
    ? {
        actual: {
          en: `No refusal came: ${response.error}`,
          ko: `거부 응답이 오지 않았습니다: ${response.error}`,
        },
        why: {
          en: 'A refusal comes at once. Silence means that packets are dropped on the way: a policy, or an address that nobody has.',
          ko: '거부는 즉시 돌아옵니다. 아무 응답이 없다면 네트워크 폴리시나 아무도 쓰지 않는 주소처럼 경로에서 패킷이 버려진 것입니다.',
        },
        finding: 'not-refused',
      }
    : {
        actual: { en: `It was refused: ${response.error}`, ko: `연결이 거부되었습니다: ${response.error}` },
        why: {
          en: 'A refusal is an answer: somebody is there and listens on another port, or a Service has no endpoints.',
          ko: '거부도 응답입니다. 상대가 있지만 그 포트에서 기다리는 프로그램이 없거나, 서비스에 엔드포인트가 없는 경우입니다.',
        },
        finding: 'not-silent',
      };
}

function unexpectedStatus(
  { aim: { ingress } }: HttpCheckSeen,
  status: number,
): Omit<FailDetails, keyof Common> {
  const actual = { en: `HTTP ${String(status)}`, ko: `HTTP ${String(status)}` };
  if (ingress?.rules.length === 0 && status === 404) return { ...ingressMissing(ingress.host), actual };
  return { actual, finding: 'unexpected-status', brokenHop: 'pod' };
}

function unexpectedHeader(name: string, value: string | undefined): Omit<FailDetails, keyof Common> {
  return {
    actual: { en: `${name}: ${value ?? '(not sent)'}`, ko: `${name}: ${value ?? '(없음)'}` },
    finding: 'unexpected-header',
    brokenHop: 'pod',
  };
}

function nameNotFound({ error }: HttpSeen): Diagnosis {
  return {
    finding: 'name-not-found',
    brokenHop: 'dns',
    actual: { en: `The name does not resolve: ${error}`, ko: `이름을 찾을 수 없습니다: ${error}` },
    why: {
      en: 'The cluster’s DNS has a name for every Service: its own, and its namespace’s.',
      ko: '클러스터 DNS에는 서비스마다 서비스 이름과 네임스페이스로 된 이름이 있습니다.',
    },
  };
}

function causeOf(
  { aim, direct }: HttpCheckSeen,
  { host }: Destination,
  response: HttpSeen,
  failure: HttpFailure,
): Diagnosis {
  const { state } = aim;
  const diagnosis = state === undefined ? undefined : diagnoseService(state, aim.port);
  if (diagnosis !== undefined) return diagnosis;
  if (failure === 'name') return nameNotFound(response);
  if (direct !== undefined && httpFailure(direct) === 'none') return rulesBehind(host);
  if (failure === 'refused' && state?.service !== undefined) return refusedByPods(state, aim.port);
  const words = response.error;
  if (failure === 'refused' && state === undefined) return refusedAt(host, words);
  return {
    finding: failure === 'timeout' ? 'no-answer' : 'request-failed',
    brokenHop: 'pod',
    actual: { en: words, ko: words },
    why:
      state === undefined
        ? {
            en: 'No answer came back. See that something runs at this address and does its work: kubectl logs.',
            ko: '응답이 오지 않았습니다. 이 주소에서 프로그램이 제대로 동작하는지 kubectl logs로 확인하세요.',
          }
        : {
            en: 'The Service and its endpoints look right, but no answer came back. See that the pods do their work: kubectl logs.',
            ko: '서비스와 엔드포인트는 올바르지만 응답이 없습니다. kubectl logs로 파드가 제대로 동작하는지 확인하세요.',
          },
  };
}

/** Without a Service in between it is the one who has the address that refuses. */
function refusedAt(host: string, words: string): Diagnosis {
  return {
    finding: 'target-port-refused',
    brokenHop: 'pod',
    actual: { en: words, ko: words },
    why: {
      en: `${host} was reached, but nothing listens on this port there.`,
      ko: `${host}에 도달했지만 이 포트에서 기다리는 프로그램이 없습니다.`,
    },
  };
}

/** Dials a ready endpoint without the Service in between: it tells a wrong targetPort from rules that lag behind. */
async function probeEndpoint(
  check: Spec,
  from: Vantage,
  aim: Aim,
  { kube, client }: CheckContext,
): Promise<HttpSeen | undefined> {
  const endpoint = readyEndpointsOf(aim).find(({ port }) => port !== undefined);
  if (endpoint === undefined || check.expect.refused === true) return undefined;
  const path = aim.destinations[0]?.path ?? '/';
  const url = `http://${endpoint.ip}:${String(endpoint.port)}${path}`;
  return sendHttp(kube, from.origin === 'host' ? client : from.origin, { url });
}

async function podsMeant(
  check: Spec,
  state: ServiceState | undefined,
  { kube }: CheckContext,
): Promise<string[]> {
  const by = check.expect.bodyIsPodWith;
  if (by === undefined) return [];
  const pods =
    by.namespace === state?.namespace
      ? state.pods
      : await kube.list<ServiceState['pods'][number]>(
          { apiVersion: 'v1', kind: 'Pod' },
          { namespace: by.namespace },
        );
  return [...readyPodsByIp(pods).values()]
    .filter((pod) => selects(by.labels, pod.metadata.labels))
    .map((pod) => pod.metadata.name);
}

function answerText(check: Spec, response: HttpSeen | undefined): LocalizedText {
  if (response === undefined) return { en: '', ko: '' };
  switch (failureOf(check, response)) {
    case 'refused':
      return { en: 'refused', ko: '연결이 거부됨' };
    case 'timeout':
      return { en: 'no answer', ko: '응답 없음' };
    default: {
      const answer = `HTTP ${String(response.status)} ${response.body.trim().slice(0, 200)}`;
      return { en: answer, ko: answer };
    }
  }
}

function expectation(check: Spec): LocalizedText {
  const aim = aimText(check);
  const from = fromText(check.from);
  const { status, body, bodyIsPodWith, refused, silent, headers } = check.expect;
  const statuses = (Array.isArray(status) ? status : [status]).join(' / ');
  const times =
    check.times === 1
      ? { en: '', ko: '' }
      : { en: `, ${String(check.times)} times in a row`, ko: `, 연속 ${String(check.times)}회` };
  const wanted =
    refused === true
      ? { en: 'refused', ko: '연결 거부' }
      : silent === true
        ? { en: 'no answer', ko: '응답 없음' }
        : {
            en: `${statuses}${body !== undefined ? ` with ${body}` : bodyIsPodWith !== undefined ? ' from one of the pods' : ''}`,
            ko: `${statuses}${body !== undefined ? `, 본문 ${body}` : bodyIsPodWith !== undefined ? ', 대상 파드가 응답' : ''}`,
          };
  const extra = Object.entries(headers)
    .map(([name, value]) => `, ${name}: ${value}`)
    .join('');
  return {
    en: `GET ${aim.en}${from.en} → ${wanted.en}${extra}${times.en}`,
    ko: `GET ${aim.ko}${from.ko} → ${wanted.ko}${extra}${times.ko}`,
  };
}
