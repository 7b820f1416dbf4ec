import type { CheckSpecOf } from '#shared/lab-checks.ts';
import type { LocalizedText } from '#shared/locale.ts';
import { labelsText, selects } from '#main/kube/objects.ts';
import { diagnoseService } from '#main/doctor/diagnose.ts';
import { missingSelector } from '#main/doctor/hops/selector.ts';
import { failed, passed } from './judgements.ts';
import {
  endpointsOf,
  readServiceState,
  readyPodsByIp,
  type ServiceState,
} from '#main/doctor/service-state.ts';
import type { Checker } from './types.ts';

type Spec = CheckSpecOf<'endpoints'>;

export interface EndpointsSeen {
  state: ServiceState;
  at: number;
}

/** A Service's ready endpoints are exactly the ready pods that it is meant for. */
export const endpointsChecker: Checker<'endpoints', EndpointsSeen> = {
  async probe(check, { kube, clock, lookIn }) {
    return {
      state: await readServiceState(kube, check.service.namespace, check.service.name, lookIn),
      at: clock.now(),
    };
  },

  judge(check, { state, at }) {
    const endpoints = endpointsOf(state).filter((endpoint) => endpoint.ready);
    const pods = [...readyPodsByIp(state.pods)].filter(([, pod]) => selects(check.pods, pod.metadata.labels));
    const expected = expectation(check);
    const evidence = [
      {
        title: { en: 'Endpoints of the Service', ko: '서비스의 엔드포인트' },
        output:
          endpoints.map((e) => `${e.ip}:${String(e.port ?? '?')} ${e.pod ?? ''}`.trim()).join('\n') ||
          '(no endpoints)',
        at,
      },
      {
        title: {
          en: `Ready pods with ${labelsText(check.pods)}`,
          ko: `${labelsText(check.pods)} 레이블이 있는 준비된 파드`,
        },
        output: pods.map(([ip, pod]) => `${ip} ${pod.metadata.name}`).join('\n') || '(no pods)',
        at,
      },
    ];
    const broken = check.count === 0 ? undefined : diagnoseService(state);
    if (broken !== undefined) return failed({ expected, ...broken, evidence });
    if (state.service !== undefined && Object.keys(state.service.spec.selector ?? {}).length === 0)
      return failed({ expected, ...missingSelector(state.name), evidence });

    const wanted = new Map(pods);
    const foreign = endpoints.filter((endpoint) => !wanted.has(endpoint.ip));
    const absent = pods.filter(([ip]) => !endpoints.some((endpoint) => endpoint.ip === ip));
    if (foreign.length > 0) {
      const names = foreign.map((e) => e.pod ?? e.ip).join(', ');
      return failed({
        expected,
        actual: { en: `The Service also sends to ${names}`, ko: `서비스가 ${names}에도 보냅니다` },
        why: {
          en: `Every pod that has the labels of the selector (${labelsText(state.service?.spec.selector)}) is an endpoint, whoever made it.`,
          ko: `누가 만들었든 셀렉터(${labelsText(state.service?.spec.selector)})의 레이블을 가진 파드는 모두 엔드포인트가 됩니다.`,
        },
        evidence,
        finding: 'endpoints-foreign',
        brokenHop: 'endpoints',
      });
    }
    if (absent.length > 0) {
      const names = absent.map(([, pod]) => pod.metadata.name).join(', ');
      return failed({
        expected,
        actual: { en: `The Service does not send to ${names}`, ko: `서비스가 ${names}에는 보내지 않습니다` },
        why: {
          en: 'The selector asks for a label that these pods do not have.',
          ko: '셀렉터가 이 파드에 없는 레이블을 요구합니다.',
        },
        evidence,
        finding: 'endpoints-absent',
        brokenHop: 'endpoints',
      });
    }
    if (check.count !== undefined && pods.length !== check.count) {
      return failed({
        expected,
        actual: {
          en: `${String(pods.length)} endpoint(s), ${String(check.count)} wanted`,
          ko: `엔드포인트 ${String(pods.length)}개, 필요한 수는 ${String(check.count)}개`,
        },
        evidence,
        finding: 'endpoints-count',
        brokenHop: 'endpoints',
      });
    }
    const list = pods.map(([, pod]) => pod.metadata.name).join(', ');
    return passed(expected, { en: list, ko: list }, evidence);
  },
};

function expectation(check: Spec): LocalizedText {
  const labels = labelsText(check.pods);
  const count = check.count === undefined ? '' : String(check.count);
  return {
    en: `Endpoints of Service ${check.service.name}: exactly the ${count === '' ? '' : `${count} `}ready pods with ${labels}`,
    ko: `서비스 ${check.service.name}의 엔드포인트: ${labels} 레이블을 가진 준비된 파드 ${count === '' ? '전부' : `${count}개`}와 일치`,
  };
}
