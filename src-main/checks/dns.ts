import type { CheckSpecOf } from '#shared/lab-format.ts';
import type { LocalizedText } from '#shared/locale.ts';
import { diagnoseService } from './diagnose.ts';
import { pointOf } from './http.ts';
import { failed, passed, unable } from './judgements.ts';
import { probeDns, requireClient, type DnsSeen } from './probes.ts';
import { readServiceState, serviceEvidence, type ServiceState } from './service-state.ts';
import type { Checker } from './types.ts';

type Spec = CheckSpecOf<'dns'>;

export interface DnsCheckSeen {
  /** Absent when the Service that the name should mean is not there. */
  lookup?: DnsSeen;
  at: number;
  state: ServiceState | undefined;
  /** Whether the cluster's DNS answers at all: asked only when the name did not resolve. */
  serverAnswers: boolean;
}

// Every cluster has this name: it tells "no such name" from "no DNS".
const ALWAYS_THERE = 'kubernetes.default.svc.cluster.local.';

/** A name resolves, from a pod, to the cluster IP of the Service that it should mean; or does not resolve. */
export const dnsChecker: Checker<'dns', DnsCheckSeen> = {
  async probe(check, context) {
    const { kube } = context;
    const from = pointOf(check, context);
    await requireClient(kube, from);
    const wanted = 'service' in check.expect ? check.expect.service : undefined;
    const state =
      wanted === undefined
        ? undefined
        : await readServiceState(kube, wanted.namespace, wanted.name, context.lookIn);
    const at = context.clock.now();
    // Without the Service there can be no such name: asking for it would only wait for servers outside.
    if (state !== undefined && state.service === undefined) return { state, serverAnswers: true, at };
    const lookup = await probeDns(kube, from, check.name);
    const serverAnswers =
      lookup.addresses.length > 0 ||
      lookup.status === 'NXDOMAIN' ||
      (await probeDns(kube, from, ALWAYS_THERE)).addresses.length > 0;
    return { lookup, state, serverAnswers, at };
  },

  judge(check, { lookup, state, serverAnswers, at }) {
    const expected = expectation(check);
    if (lookup === undefined) {
      const cause = state === undefined ? undefined : diagnoseService(state);
      return cause === undefined || state === undefined
        ? unable({ en: 'The name was not looked up.', ko: '이름을 조회하지 않았습니다.' })
        : failed({ expected, ...cause, evidence: [serviceEvidence(state, at)] });
    }
    const evidence = [lookup.evidence];
    if (!serverAnswers)
      return unable(
        { en: 'The cluster’s DNS server did not answer.', ko: '클러스터 DNS 서버가 응답하지 않습니다.' },
        evidence,
        'dns',
      );
    const found = lookup.addresses.join(', ');
    if ('absent' in check.expect) {
      return lookup.addresses.length === 0
        ? passed(expected, { en: lookup.status, ko: lookup.status }, evidence)
        : failed({
            expected,
            actual: { en: `It resolves to ${found}`, ko: `${found}(으)로 해석됩니다` },
            evidence,
            finding: 'name-exists',
            brokenHop: 'dns',
          });
    }
    const service = state?.service;
    if (service?.spec.clusterIP === 'None') {
      return failed({
        expected,
        actual: {
          en: `The Service is headless (clusterIP: None); the name gives ${found === '' ? 'no address' : `pod addresses: ${found}`}`,
          ko: `헤드리스 서비스(clusterIP: None)라서 이름이 ${found === '' ? '주소로 해석되지 않습니다' : `파드 주소로 해석됩니다: ${found}`}`,
        },
        why: {
          en: 'A headless Service has no address of its own, so clients hold pod addresses that change. Leave clusterIP out.',
          ko: '헤드리스 서비스에는 자체 주소가 없어 클라이언트가 바뀌는 파드 주소를 갖게 됩니다. clusterIP를 적지 마세요.',
        },
        evidence,
        finding: 'headless',
        brokenHop: 'service',
      });
    }
    if (lookup.addresses.length === 0) {
      return failed({
        expected,
        actual: { en: `${check.name}: ${lookup.status}`, ko: `${check.name}: ${lookup.status}` },
        why: {
          en: 'The short name works only inside the Service’s own namespace; from elsewhere the namespace belongs in the name.',
          ko: '짧은 이름은 서비스가 속한 네임스페이스 안에서만 통합니다. 다른 곳에서는 이름에 네임스페이스를 붙여야 합니다.',
        },
        evidence,
        finding: 'name-not-found',
        brokenHop: 'dns',
      });
    }
    if (lookup.addresses.length === 1 && lookup.addresses[0] === service?.spec.clusterIP)
      return passed(expected, { en: found, ko: found }, evidence);
    return failed({
      expected,
      actual: { en: `It resolves to ${found}`, ko: `${found}(으)로 해석됩니다` },
      evidence,
      finding: 'wrong-address',
      brokenHop: 'dns',
    });
  },
};

function expectation(check: Spec): LocalizedText {
  if ('absent' in check.expect)
    return { en: `${check.name} does not resolve`, ko: `${check.name}은(는) 해석되지 않음` };
  const { namespace, name } = check.expect.service;
  return {
    en: `${check.name} resolves to the cluster IP of Service ${name} in ${namespace}`,
    ko: `${check.name}이(가) ${namespace} 네임스페이스에 있는 서비스 ${name}의 클러스터 IP로 해석됨`,
  };
}
