import type { Service } from '#main/kube/objects.ts';
import type { Diagnosis } from '../diagnosis.ts';
import { protocolOf, servicePortOf, type ServiceState } from '../service-state.ts';
import type { DoctorSeen, HopJudgement } from '../types.ts';

/** The Service has the port that the client dials. */
export function judgePort({ state, port }: DoctorSeen): HopJudgement {
  const { service } = state;
  const found = servicePortOf(state, port);
  if (service === undefined) return { state: 'absent', seen: { en: '', ko: '' } };
  if (found !== undefined) {
    const target = String(found.targetPort ?? found.port);
    return {
      state: 'ok',
      seen: {
        en: `Port ${String(found.port)}/${protocolOf(found)} leads to targetPort ${target}.`,
        ko: `${String(found.port)}/${protocolOf(found)} 포트는 targetPort ${target}(으)로 이어집니다.`,
      },
    };
  }
  // A headless Service has no proxy in front: clients dial the pods' own ports.
  if (service.spec.clusterIP === 'None')
    return {
      state: 'ok',
      seen: {
        en: 'Headless: the port that clients dial is the pod’s own.',
        ko: '헤드리스: 클라이언트가 접속하는 포트는 파드 자신의 포트입니다.',
      },
    };
  return {
    state: 'broken',
    diagnosis: missingPort(state, service, port),
    evidence: [
      {
        title: { en: 'Ports of the Service', ko: '서비스의 포트' },
        command: `kubectl get service -n ${state.namespace} ${state.name} -o jsonpath='{.spec.ports}'`,
        output: JSON.stringify(service.spec.ports ?? []),
        at: Date.now(),
      },
    ],
  };
}

export function missingPort(state: ServiceState, service: Service, port: number | undefined): Diagnosis {
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
