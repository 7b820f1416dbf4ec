import type { LocalizedText } from '#shared/locale.ts';
import type { Diagnosis } from '../diagnosis.ts';
import type { DoctorSeen, HopJudgement } from '../types.ts';

/** The name resolves where the client is. */
export function judgeName({ from, name, state, client }: DoctorSeen): HopJudgement {
  if (from === 'host')
    return {
      state: 'absent',
      seen: {
        en: 'This machine does not ask the cluster’s DNS.',
        ko: '이 컴퓨터는 클러스터 DNS를 사용하지 않습니다.',
      },
    };
  if (name === undefined) return { state: 'unknown', seen: NOT_ASKED };
  const { asked, dns, usual } = name;
  const evidence = [dns.evidence];
  if (dns.addresses.length > 0)
    return {
      state: 'ok',
      seen: {
        en: `${asked} resolves to ${dns.addresses.join(', ')}.`,
        ko: `${asked}의 주소는 ${dns.addresses.join(', ')}입니다.`,
      },
      evidence,
    };
  if (usual !== undefined && usual.dns.addresses.length > 0)
    return {
      state: 'broken',
      diagnosis: mistyped(asked, usual.name, dns.status),
      evidence: [...evidence, usual.dns.evidence],
    };
  const seen = {
    en: `${asked} does not resolve (${dns.status}).`,
    ko: `${asked}을(를) 해석할 수 없습니다(${dns.status}).`,
  };
  const dnsPolicy = client?.spec.dnsPolicy ?? CLUSTER_FIRST;
  const otherwise = notFound(seen, dnsPolicy);
  if (!dnsPolicy.startsWith(CLUSTER_FIRST)) return { state: 'broken', diagnosis: otherwise, evidence };
  if (dns.status === 'TIMEOUT') return { state: 'symptom', seen, evidence, otherwise: silent(asked) };
  // The name of a headless Service is the addresses of its pods: without any there is none.
  return state.service?.spec.clusterIP === 'None'
    ? { state: 'symptom', seen, evidence, otherwise }
    : { state: 'broken', diagnosis: otherwise, evidence };
}

/** Also ClusterFirstWithHostNet: https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy */
const CLUSTER_FIRST = 'ClusterFirst';

const NOT_ASKED: LocalizedText = {
  en: 'There is no pod to ask from.',
  ko: '질의를 보낼 파드가 없습니다.',
};

function mistyped(asked: string, usual: string, status: string): Diagnosis {
  return {
    finding: 'name-mistyped',
    brokenHop: 'dns',
    actual: {
      en: `${asked} does not resolve (${status}), but ${usual} does`,
      ko: `${asked}은(는) 해석되지 않지만(${status}) ${usual}은(는) 해석됩니다`,
    },
    why: {
      en: `From this pod the Service is called ${usual}. A short name is looked up in the client’s own namespace; another namespace has to be named: service.namespace.`,
      ko: `이 파드에서 서비스의 이름은 ${usual}입니다. 짧은 이름은 클라이언트의 네임스페이스에서 찾으므로, 다른 네임스페이스라면 서비스.네임스페이스처럼 적어야 합니다.`,
    },
  };
}

function silent(asked: string): Diagnosis {
  return {
    finding: 'dns-silent',
    brokenHop: 'dns',
    actual: {
      en: `No name server answered the question for ${asked}`,
      ko: `${asked}에 대한 질의에 응답한 네임서버가 없습니다`,
    },
    why: {
      en: 'The pod asks the server in its /etc/resolv.conf. See that the pods of kube-dns run: kubectl get pods -n kube-system -l k8s-app=kube-dns.',
      ko: '파드는 /etc/resolv.conf에 적힌 서버에 질의합니다. kubectl get pods -n kube-system -l k8s-app=kube-dns로 DNS 파드가 실행 중인지 확인하세요.',
    },
  };
}

function notFound({ en, ko }: LocalizedText, dnsPolicy: string): Diagnosis {
  return {
    finding: 'name-not-found',
    brokenHop: 'dns',
    actual: { en: en.replace(/\.$/, ''), ko: ko.replace(/\.$/, '') },
    why: dnsPolicy.startsWith(CLUSTER_FIRST)
      ? {
          en: 'The cluster’s DNS has a name for every Service: its own, and its namespace’s. See which server and which search list the pod has: cat /etc/resolv.conf.',
          ko: '클러스터 DNS에는 서비스마다 서비스 이름과 네임스페이스로 된 이름이 있습니다. cat /etc/resolv.conf로 파드가 쓰는 서버와 검색 목록을 확인하세요.',
        }
      : {
          en: `The pod’s dnsPolicy is ${dnsPolicy}: it asks the node’s name servers, which know nothing of Services. ClusterFirst asks the cluster’s.`,
          ko: `파드의 dnsPolicy가 ${dnsPolicy}이므로 서비스를 모르는 노드의 네임서버에 질의합니다. ClusterFirst이면 클러스터 DNS에 질의합니다.`,
        },
  };
}
