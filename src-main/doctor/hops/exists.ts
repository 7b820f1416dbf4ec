import type { Diagnosis } from '../diagnosis.ts';
import { serviceEvidence, type ServiceState } from '../service-state.ts';
import type { DoctorSeen, HopJudgement } from '../types.ts';
import { distance } from '../word-distance.ts';

/** The Service is there, and is one that has pods behind it. An alias is judged by whether it leads anywhere. */
export function judgeExists(seen: DoctorSeen): HopJudgement {
  const { state, at } = seen;
  const evidence = [serviceEvidence(state, at)];
  const { service } = state;
  if (service === undefined) {
    const diagnosis = missingService(state, seen.services);
    return { state: 'broken', diagnosis, evidence };
  }
  const { type = 'ClusterIP', externalName = '' } = service.spec;
  if (type !== 'ExternalName')
    return {
      state: 'ok',
      seen: {
        en: `Service ${state.name} exists in ${state.namespace} (${type}).`,
        ko: `${state.namespace}에 서비스 ${state.name}이(가) 있습니다(${type}).`,
      },
      evidence,
    };
  const led = seen.name === undefined || seen.name.dns.addresses.length > 0;
  const taken = seen.address.length === 0 || seen.address.some(({ tcp }) => tcp.state === 'open');
  if (!led || !taken)
    return {
      state: 'broken',
      diagnosis: isAlias(state),
      evidence: [
        ...evidence,
        ...(seen.name === undefined ? [] : [seen.name.dns.evidence]),
        ...seen.address.map(({ tcp }) => tcp.evidence),
      ],
    };
  return {
    state: 'ok',
    seen: {
      en: `Service ${state.name} is an alias for ${externalName} (ExternalName).`,
      ko: `서비스 ${state.name}은(는) ${externalName}의 별칭입니다(ExternalName).`,
    },
    evidence,
  };
}

/** @param services names of the namespace's Services, for what was probably meant */
export function missingService(state: ServiceState, services: readonly string[] = []): Diagnosis {
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
  const near = services.filter((name) => distance(name, state.name) <= 2).join(', ');
  return {
    finding: 'service-missing',
    brokenHop: 'service',
    actual: {
      en: `There is no Service ${state.name} in namespace ${state.namespace}`,
      ko: `네임스페이스 ${state.namespace}에 서비스 ${state.name}이(가) 없습니다`,
    },
    why: {
      en: `Without the Service there is no name in DNS and no address that a request could go to.${near === '' ? '' : ` There is ${near}: is it a slip of the keys?`}`,
      ko: `서비스가 없으면 DNS에 이름도 없고 요청을 보낼 주소도 없습니다.${near === '' ? '' : ` 비슷한 이름의 서비스가 있습니다: ${near}. 오타인지 확인하세요.`}`,
    },
  };
}

/** A Service of type ExternalName where one with pods behind it was wanted. */
export function isAlias(state: ServiceState): Diagnosis {
  const target = state.service?.spec.externalName ?? '';
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
