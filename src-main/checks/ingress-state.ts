import type { Diagnosis } from './diagnose.ts';
import { loadBalancerAddress } from './destination-problems.ts';
import type { KindRef, KubeObject } from '#main/kube/objects.ts';
import type { CheckContext } from './types.ts';

interface Ingress extends KubeObject {
  spec: {
    ingressClassName?: string;
    rules?: { host?: string }[];
    tls?: { hosts?: string[]; secretName?: string }[];
  };
}

/** What the lab's namespaces say of a host behind the Ingress controller. */
export interface IngressState {
  host: string;
  /** Names of the Ingresses with a rule for the host, `namespace/name`. */
  rules: string[];
  /** Where Ingresses of the lab are served. */
  address: string | undefined;
  /** Why nothing is served at all. */
  problem?: Diagnosis;
}

export const INGRESS: KindRef = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' };

export async function ingressOf(host: string, { kube, namespaces }: CheckContext): Promise<IngressState> {
  const lists = await Promise.all(namespaces.map((namespace) => kube.list<Ingress>(INGRESS, { namespace })));
  const all = lists.flat();
  const ruled = all.filter(({ spec }) => (spec.rules ?? []).some((rule) => coversHost(rule.host, host)));
  const address = [...ruled, ...all]
    .map((ingress) => loadBalancerAddress(ingress))
    .find((a) => a !== undefined);
  const rules = ruled.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);
  const problem = all.length === 0 ? ingressMissing(host) : address === undefined ? unserved(all) : undefined;
  return { host, rules, address, ...(problem === undefined ? {} : { problem }) };
}

/** https://kubernetes.io/docs/concepts/services-networking/ingress/#hostname-wildcards */
function coversHost(rule: string | undefined, host: string): boolean {
  if (rule === undefined || rule === host) return true;
  return rule.startsWith('*.') && host.slice(host.indexOf('.')) === rule.slice(1);
}

export function ingressMissing(host: string): Diagnosis {
  return {
    finding: 'ingress-missing',
    brokenHop: 'service',
    actual: {
      en: `No Ingress has a rule for the host ${host}`,
      ko: `호스트 ${host}에 대한 규칙이 있는 인그레스가 없습니다`,
    },
    why: {
      en: 'The controller chooses by the Host header: what no rule names is answered with 404, or by the default backend.',
      ko: '컨트롤러는 Host 헤더로 대상을 고릅니다. 어떤 규칙에도 없는 호스트에는 404나 기본 백엔드로 응답합니다.',
    },
  };
}

function unserved(ingresses: readonly Ingress[]): Diagnosis {
  const names = ingresses.map(({ metadata }) => metadata.name).join(', ');
  const named = [...new Set(ingresses.map(({ spec }) => spec.ingressClassName ?? '(none)'))].join(', ');
  return {
    finding: 'ingress-without-address',
    brokenHop: 'service',
    actual: {
      en: `Nobody serves the Ingress ${names}: it has no address (ingressClassName: ${named})`,
      ko: `인그레스 ${names}을(를) 처리하는 컨트롤러가 없어 주소가 없습니다(ingressClassName: ${named})`,
    },
    why: {
      en: 'An Ingress is only a wish. A controller serves those of its own class: kubectl get ingressclass.',
      ko: '인그레스는 규칙을 선언할 뿐입니다. 컨트롤러는 자신의 클래스에 속한 인그레스만 처리합니다. kubectl get ingressclass로 확인하세요.',
    },
  };
}
