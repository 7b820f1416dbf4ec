import type { CheckSpecOf } from '#shared/lab-format.ts';
import type { LocalizedText } from '#shared/locale.ts';
import { selects } from '#main/kube/objects.ts';
import { diagnoseService, refusedByPods, type Diagnosis } from './diagnose.ts';
import { failed, passed, unable } from './judgements.ts';
import { httpFailure, probeHttp, requireClient, type HttpSeen } from './probes.ts';
import {
  endpointsOf,
  readServiceState,
  readyPodsByIp,
  serviceEvidence,
  type ServiceState,
} from './service-state.ts';
import type { CheckContext, Checker } from './types.ts';

type Spec = CheckSpecOf<'http'>;

export interface HttpCheckSeen {
  /** Absent when there is no Service of the name: nothing was sent, nobody could have answered. */
  response?: HttpSeen;
  /** The Service that the URL's host names, when it names one. */
  /** The same request to an endpoint itself, when the Service's address refused it. */
  direct?: HttpSeen;
  at: number;
  state: ServiceState | undefined;
  port: number;
  /** Names of the ready pods that the answer may come from. */
  podNames: string[];
}

/** A request from a pod is answered, by whom it should. When it is not, the objects on its way say why. */
export const httpChecker: Checker<'http', HttpCheckSeen> = {
  async probe(check, context) {
    const { kube } = context;
    const from = pointOf(check, context);
    await requireClient(kube, from);
    const url = new URL(check.url);
    const named = serviceOfHost(url.hostname, from.namespace);
    const state =
      named === undefined
        ? undefined
        : await readServiceState(kube, named.namespace, named.name, context.lookIn);
    // A name without a Service goes through the whole search list and on to servers outside: seconds for nothing.
    const absent = state !== undefined && state.service === undefined;
    const response = absent ? undefined : await probeHttp(kube, from, check.url);
    const port = url.port === '' ? 80 : Number(url.port);
    const direct =
      response !== undefined && state !== undefined && httpFailure(response) === 'refused'
        ? await probeEndpoint(context, state, port, url)
        : undefined;
    const by = check.expect.bodyIsPodWith;
    const pods =
      by === undefined
        ? []
        : by.namespace === state?.namespace
          ? state.pods
          : await podsOf(context, by.namespace);
    return {
      ...(response === undefined ? {} : { response }),
      ...(direct === undefined ? {} : { direct }),
      at: context.clock.now(),
      state,
      port,
      podNames: [...readyPodsByIp(pods).values()]
        .filter((pod) => selects(by?.labels, pod.metadata.labels))
        .map((pod) => pod.metadata.name),
    };
  },

  judge(check, seen) {
    const { response, state } = seen;
    const expected = expectation(check);
    if (response === undefined) {
      const cause = state === undefined ? undefined : diagnoseService(state);
      return cause === undefined || state === undefined
        ? unable({ en: 'No request was sent.', ko: '요청을 보내지 않았습니다.' })
        : failed({ expected, ...cause, evidence: [serviceEvidence(state, seen.at)] });
    }
    const evidence = [response.evidence, ...(seen.direct === undefined ? [] : [seen.direct.evidence])];
    const failure = httpFailure(response);
    if (failure !== 'none') {
      const cause = causeOf(check, seen, response, failure);
      return failed({ expected, ...cause, evidence });
    }
    const status = check.expect.status;
    if (response.status !== status) {
      return failed({
        expected,
        actual: { en: `HTTP ${String(response.status)}`, ko: `HTTP ${String(response.status)}` },
        evidence,
        finding: 'unexpected-status',
        brokenHop: 'pod',
      });
    }
    const body = response.body.trim();
    const shown = body.slice(0, 200);
    if (check.expect.body !== undefined && !new RegExp(check.expect.body).test(body)) {
      return failed({
        expected,
        actual: { en: `The body is: ${shown}`, ko: `본문: ${shown}` },
        evidence,
        finding: 'unexpected-body',
        brokenHop: 'pod',
      });
    }
    if (check.expect.bodyIsPodWith !== undefined && !seen.podNames.includes(body)) {
      return failed({
        expected,
        actual: { en: `It was answered by: ${shown}`, ko: `응답한 곳: ${shown}` },
        why: {
          en: 'The answer comes from a pod other than the ones that are meant.',
          ko: '의도한 파드가 아닌 다른 파드가 응답했습니다.',
        },
        evidence,
        finding: 'wrong-pod',
        brokenHop: 'endpoints',
      });
    }
    const answer = `HTTP ${String(response.status)} ${shown}`;
    return passed(expected, { en: answer, ko: answer }, evidence);
  },
};

function causeOf(
  check: Spec,
  seen: HttpCheckSeen,
  response: HttpSeen,
  failure: ReturnType<typeof httpFailure>,
): Diagnosis {
  const { state } = seen;
  const diagnosis = state === undefined ? undefined : diagnoseService(state, seen.port);
  if (diagnosis !== undefined) return diagnosis;
  const words = response.error;
  const host = new URL(check.url).hostname;
  if (failure === 'name')
    return {
      finding: 'name-not-found',
      brokenHop: 'dns',
      actual: {
        en: `The name ${host} does not resolve: ${words}`,
        ko: `이름 ${host}을(를) 찾을 수 없습니다: ${words}`,
      },
      why: {
        en: 'The cluster’s DNS has a name for every Service: its own, and its namespace’s.',
        ko: '클러스터 DNS에는 서비스마다 서비스 이름과 네임스페이스로 된 이름이 있습니다.',
      },
    };
  if (seen.direct !== undefined && httpFailure(seen.direct) === 'none') return rulesBehind(host);
  if (failure === 'refused' && state?.service !== undefined) return refusedByPods(state, seen.port);
  return {
    finding: failure === 'timeout' ? 'no-answer' : 'request-failed',
    brokenHop: 'pod',
    actual: { en: words, ko: words },
    why: {
      en: 'The Service and its endpoints look right, but no answer came back. See that the pods do their work: kubectl logs.',
      ko: '서비스와 엔드포인트는 올바르지만 응답이 없습니다. kubectl logs로 파드가 제대로 동작하는지 확인하세요.',
    },
  };
}

/** Dials a ready endpoint without the Service in between: it tells a wrong targetPort from rules that lag behind. */
async function probeEndpoint(
  context: CheckContext,
  state: ServiceState,
  port: number,
  url: URL,
): Promise<HttpSeen | undefined> {
  const servicePort = state.service?.spec.ports?.find((p) => p.port === port);
  const endpoint = endpointsOf(state, servicePort).find((e) => e.ready && e.port !== undefined);
  if (servicePort === undefined || endpoint === undefined) return undefined;
  const target = `http://${endpoint.ip}:${String(endpoint.port)}${url.pathname}`;
  return probeHttp(context.kube, context.client, target);
}

function rulesBehind(host: string): Diagnosis {
  return {
    finding: 'rules-behind',
    brokenHop: 'service',
    actual: {
      en: `${host} refused the connection, while its pod answers at its own address`,
      ko: `${host}은(는) 연결을 거부했지만, 파드는 자신의 주소에서 응답합니다`,
    },
    why: {
      en: 'The nodes take over a change of the endpoints within a second or two. The check looks again by itself.',
      ko: '엔드포인트의 변경이 노드에 반영되기까지 1~2초가 걸립니다. 검사는 자동으로 다시 실행됩니다.',
    },
  };
}

/** Which Service a host name means, seen from a namespace: `web`, `web.shop`, `web.shop.svc.cluster.local`. */
export function serviceOfHost(
  host: string,
  namespace: string,
): { namespace: string; name: string } | undefined {
  if (/^[\d.]+$/.test(host) || host.includes(':')) return undefined;
  const match = /^([a-z0-9-]+)(?:\.([a-z0-9-]+)(?:\.svc(?:\.cluster\.local\.?)?)?)?$/.exec(host);
  return match === null ? undefined : { name: match[1] ?? '', namespace: match[2] ?? namespace };
}

export function pointOf(
  check: { from?: string | undefined },
  { client }: CheckContext,
): { namespace: string; pod: string } {
  if (check.from === undefined) return client;
  const [namespace = '', pod = ''] = check.from.split('/');
  return { namespace, pod };
}

async function podsOf({ kube }: CheckContext, namespace: string): Promise<ServiceState['pods']> {
  return kube.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace });
}

function expectation(check: Spec): LocalizedText {
  const { status, body, bodyIsPodWith } = check.expect;
  const en =
    body !== undefined ? ` with ${body}` : bodyIsPodWith !== undefined ? ' from one of the pods' : '';
  const ko = body !== undefined ? `, 본문 ${body}` : bodyIsPodWith !== undefined ? ', 대상 파드가 응답' : '';
  return { en: `GET ${check.url} → ${String(status)}${en}`, ko: `GET ${check.url} → ${String(status)}${ko}` };
}
