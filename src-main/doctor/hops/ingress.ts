import type { LocalizedText } from '#shared/locale.ts';
import type { Evidence } from '#shared/verdict.ts';
import type { Diagnosis } from '../diagnosis.ts';
import type { DiagnosisFinding } from '../findings.ts';
import type { Ingress } from '#main/kube/ingress-objects.ts';
import { coversHost, routeFor, routesOf } from '../ingress.ts';
import type { ServiceState } from '../service-state.ts';
import type { DoctorSeen, HopJudgement } from '../types.ts';
import { distance } from '../word-distance.ts';

const OLD_CLASS = 'kubernetes.io/ingress.class';
const DEFAULT_CLASS = 'ingressclass.kubernetes.io/is-default-class';

/** The Ingresses that lead to the Service are served, and lead to a port that it has. */
export function judgeIngress(seen: DoctorSeen): HopJudgement {
  const { ingresses, state, url, at } = seen;
  const ours = ingresses.filter((one) => routesOf(one).some(({ service }) => service === state.name));
  if (url !== undefined) {
    const astray = misrouted(seen, url);
    if (astray !== undefined)
      return {
        state: 'broken',
        diagnosis: astray,
        evidence: ingresses.map((one) => ingressEvidence(one, at)),
      };
  }
  if (ours.length === 0) {
    const near = misnamed(seen);
    if (near !== undefined)
      return { state: 'broken', diagnosis: near.diagnosis, evidence: [ingressEvidence(near.ingress, at)] };
    return {
      state: 'absent',
      seen: { en: 'No Ingress leads to this Service.', ko: '이 서비스로 이어지는 인그레스가 없습니다.' },
    };
  }
  for (const ingress of ours) {
    const diagnosis = classProblem(seen, ingress) ?? portProblem(state, ingress) ?? withoutAddress(ingress);
    if (diagnosis !== undefined)
      return { state: 'broken', diagnosis, evidence: [ingressEvidence(ingress, at)] };
  }
  const list = ours.map(({ metadata }) => metadata.name).join(', ');
  return {
    state: 'ok',
    seen: { en: `Ingress ${list} leads here.`, ko: `인그레스 ${list}이(가) 여기로 이어집니다.` },
    evidence: ours.map((one) => ingressEvidence(one, at)),
  };
}

function classProblem({ classes }: DoctorSeen, { metadata, spec }: Ingress): Diagnosis | undefined {
  const { ingressClassName: named } = spec;
  const known = classes.map((one) => one.metadata.name).join(', ') || '–';
  if (named !== undefined)
    return classes.some((one) => one.metadata.name === named)
      ? undefined
      : problem(
          'ingress-class-unknown',
          {
            en: `Ingress ${metadata.name} asks for the class "${named}", which does not exist (there is: ${known})`,
            ko: `인그레스 ${metadata.name}이(가) 지정한 클래스 "${named}"이(가) 없습니다(있는 클래스: ${known})`,
          },
          CLASS,
        );
  if (metadata.annotations?.[OLD_CLASS] !== undefined) return undefined;
  if (classes.some((one) => one.metadata.annotations?.[DEFAULT_CLASS] === 'true')) return undefined;
  return problem(
    'ingress-class-missing',
    {
      en: `Ingress ${metadata.name} names no class, and no class is the default (there is: ${known})`,
      ko: `인그레스 ${metadata.name}에 클래스가 없고, 기본 클래스도 없습니다(있는 클래스: ${known})`,
    },
    CLASS,
  );
}

const CLASS: LocalizedText = {
  en: 'An Ingress is only a wish. A controller serves those of its own class: see kubectl get ingressclass, and set spec.ingressClassName.',
  ko: '인그레스는 규칙을 선언할 뿐입니다. 컨트롤러는 자신의 클래스에 속한 인그레스만 처리합니다. kubectl get ingressclass로 확인하고 spec.ingressClassName을 지정하세요.',
};

/** A backend's port is one of the Service's, by number or by name. */
function portProblem(state: ServiceState, ingress: Ingress): Diagnosis | undefined {
  const ports = state.service?.spec.ports ?? [];
  const wrong = routesOf(ingress).find(
    ({ service, port }) =>
      service === state.name &&
      !ports.some((one) => (port.name === undefined ? one.port === port.number : one.name === port.name)),
  );
  if (wrong === undefined) return undefined;
  const asked = wrong.port.name ?? String(wrong.port.number ?? '–');
  const there = ports
    .map(({ name, port }) => (name === undefined ? String(port) : `${String(port)} (${name})`))
    .join(', ');
  return problem(
    'ingress-backend-port',
    {
      en: `Ingress ${ingress.metadata.name} sends to port ${asked} of Service ${state.name}, which has ${there}`,
      ko: `인그레스 ${ingress.metadata.name}은(는) 서비스 ${state.name}의 ${asked} 포트로 보내지만, 서비스의 포트는 ${there}입니다`,
    },
    {
      en: 'The backend of an Ingress names a port of the Service (spec.ports[].port or its name), not the container’s.',
      ko: '인그레스 백엔드에는 컨테이너가 아니라 서비스의 포트(spec.ports[].port 또는 그 이름)를 적습니다.',
    },
  );
}

function withoutAddress({ metadata, spec, status }: Ingress): Diagnosis | undefined {
  const given =
    (status as { loadBalancer?: { ingress?: unknown[] } } | undefined)?.loadBalancer?.ingress ?? [];
  return given.length > 0 ? undefined : unserved([metadata.name], [spec.ingressClassName ?? '(none)']);
}

/** An Ingress that names a Service which is not there, and whose name is close to this one's. */
function misnamed({
  ingresses,
  services,
  state,
}: DoctorSeen): { ingress: Ingress; diagnosis: Diagnosis } | undefined {
  for (const ingress of ingresses) {
    const wrong = routesOf(ingress).find(
      ({ service }) => !services.includes(service) && distance(service, state.name) <= 2,
    );
    if (wrong === undefined) continue;
    const diagnosis = problem(
      'ingress-backend-missing',
      {
        en: `Ingress ${ingress.metadata.name} sends to Service ${wrong.service}, which does not exist`,
        ko: `인그레스 ${ingress.metadata.name}이(가) 보내는 서비스 ${wrong.service}이(가) 없습니다`,
      },
      {
        en: `The backend names a Service of the Ingress’s own namespace. Is ${state.name} meant?`,
        ko: `백엔드에는 인그레스와 같은 네임스페이스의 서비스를 적습니다. ${state.name}을(를) 적으려던 것인지 확인하세요.`,
      },
    );
    return { ingress, diagnosis };
  }
  return undefined;
}

/** Where a URL leads that was meant to lead to the Service; undefined when it does. */
function misrouted({ ingresses, state }: DoctorSeen, { hostname, pathname }: URL): Diagnosis | undefined {
  const routes = ingresses.flatMap(routesOf);
  const own = routes.filter(({ host }) => host === hostname);
  const wild = routes.filter(({ host }) => host !== undefined && coversHost(host, hostname));
  const any = routes.filter(({ host }) => host === undefined);
  const ruled = [own, wild, any].find((some) => some.length > 0) ?? [];
  if (ruled.length === 0) {
    const hosts = [...new Set(routes.flatMap(({ host }) => host ?? []))].join(', ');
    return {
      ...ingressMissing(hostname),
      finding: 'ingress-host-unmatched',
      actual: {
        en: `No Ingress has a rule for the host ${hostname}${hosts === '' ? '' : `; there are rules for ${hosts}`}`,
        ko: `호스트 ${hostname}에 대한 규칙이 있는 인그레스가 없습니다${hosts === '' ? '' : `. 규칙이 있는 호스트: ${hosts}`}`,
      },
    };
  }
  const route = routeFor(ruled, pathname);
  if (route?.service === state.name) return undefined;
  const paths = ruled.map(({ path, pathType, service }) => `${path} (${pathType}) → ${service}`).join(', ');
  const to = route?.service;
  return problem(
    'ingress-path-unmatched',
    {
      en: `${hostname}${pathname} leads to ${to === undefined ? 'nothing' : `Service ${to}`}, not to ${state.name}. The paths are ${paths}`,
      ko: `${hostname}${pathname}은(는) ${state.name}이(가) 아니라 ${to === undefined ? '아무 데도' : `서비스 ${to}(으)로`} 이어집니다${to === undefined ? '지 않습니다' : ''}. 경로: ${paths}`,
    },
    {
      en: 'The longest path that matches wins. Exact takes the path alone; Prefix takes what lies below it too, by whole elements: /shop takes /shop/cart, not /shopping.',
      ko: '일치하는 경로 가운데 가장 긴 것이 선택됩니다. Exact는 그 경로만, Prefix는 하위 경로까지 요소 단위로 일치합니다. /shop은 /shop/cart와 일치하지만 /shopping과는 일치하지 않습니다.',
    },
  );
}

function problem(finding: DiagnosisFinding, actual: LocalizedText, why: LocalizedText): Diagnosis {
  return { finding, brokenHop: 'service', actual, why };
}

function ingressEvidence({ metadata, spec, status }: Ingress, at: number): Evidence {
  return {
    title: { en: `Ingress ${metadata.name}`, ko: `인그레스 ${metadata.name}` },
    command: `kubectl get ingress -n ${metadata.namespace ?? ''} ${metadata.name} -o yaml`,
    output: JSON.stringify({ spec, status }, undefined, 2).slice(0, 4000),
    at,
  };
}

export function ingressMissing(host: string): Diagnosis {
  return problem(
    'ingress-missing',
    {
      en: `No Ingress has a rule for the host ${host}`,
      ko: `호스트 ${host}에 대한 규칙이 있는 인그레스가 없습니다`,
    },
    {
      en: 'The controller chooses by the Host header: what no rule names is answered with 404, or by the default backend.',
      ko: '컨트롤러는 Host 헤더로 대상을 고릅니다. 어떤 규칙에도 없는 호스트에는 404나 기본 백엔드로 응답합니다.',
    },
  );
}

/** @param classes of the Ingresses, as they name them */
export function unserved(ingresses: readonly string[], classes: readonly string[]): Diagnosis {
  const names = ingresses.join(', ');
  const named = [...new Set(classes)].join(', ');
  return problem(
    'ingress-without-address',
    {
      en: `Nobody serves the Ingress ${names}: it has no address (ingressClassName: ${named})`,
      ko: `인그레스 ${names}을(를) 처리하는 컨트롤러가 없어 주소가 없습니다(ingressClassName: ${named})`,
    },
    {
      en: 'An Ingress is only a wish. A controller serves those of its own class: kubectl get ingressclass.',
      ko: '인그레스는 규칙을 선언할 뿐입니다. 컨트롤러는 자신의 클래스에 속한 인그레스만 처리합니다. kubectl get ingressclass로 확인하세요.',
    },
  );
}
