import type { Problem } from '#shared/app-error.ts';
import type { ClusterFacts } from './facts.ts';
import type { ServerAddress } from './learner-kubeconfig.ts';
import type { WorkshopPlan } from './plan.ts';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** What the facilitator should know before learners depend on it. Nothing of it keeps the cluster from being prepared. */
export function warningsOf(
  { policyEngine, podCidrs }: ClusterFacts,
  { server, insecure }: ServerAddress,
  { outside }: WorkshopPlan,
): Problem[] {
  return [
    ...(policyEngine.state === 'enforced' ? [] : [notIsolated(policyEngine)]),
    ...(outside && podCidrs.length === 0 ? [OUTSIDE_CLOSED] : []),
    ...(LOOPBACK.has(new URL(server).hostname) ? [onlyHere(server)] : []),
    ...(insecure ? [UNVERIFIED] : []),
  ];
}

function notIsolated(engine: Exclude<ClusterFacts['policyEngine'], { state: 'enforced' }>): Problem {
  const [en, ko] =
    engine.state === 'ignored'
      ? [
          `${engine.by} does not enforce NetworkPolicies: pods of learners reach one another.`,
          `${engine.by}은(는) NetworkPolicy를 적용하지 않습니다. 학습자들의 파드가 서로 통신할 수 있습니다.`,
        ]
      : [
          'It could not be seen whether anything in the cluster enforces NetworkPolicies: without that, pods of learners reach one another.',
          '클러스터에서 NetworkPolicy를 적용하는 구성 요소를 찾지 못했습니다. 없다면 학습자들의 파드가 서로 통신할 수 있습니다.',
        ];
  return {
    code: 'network-not-isolated',
    message: { en, ko },
    fix: {
      en: 'Everything else is kept apart all the same. For the network, install a plug-in that enforces them, such as Calico or Cilium.',
      ko: '그 밖의 것은 모두 분리됩니다. 네트워크까지 분리하려면 Calico나 Cilium처럼 정책을 적용하는 플러그인을 설치하세요.',
    },
  };
}

const OUTSIDE_CLOSED: Problem = {
  code: 'network-outside-closed',
  message: {
    en: 'The nodes do not say which addresses pods have: so the network of learners stays closed to the outside, which some of the labs need.',
    ko: '노드에 파드 주소 범위가 나와 있지 않아 학습자의 네트워크를 외부와 차단합니다. 일부 실습에는 외부 연결이 필요합니다.',
  },
  fix: {
    en: 'Try the labs on it before the day, with the kubeconfig of one learner.',
    ko: '워크숍 전에 학습자 한 명의 kubeconfig로 실습을 확인하세요.',
  },
};

function onlyHere(server: string): Problem {
  return {
    code: 'server-on-loopback',
    message: {
      en: `${server} is reached from this machine only: the kubeconfigs are of no use on others.`,
      ko: `${server}는 이 컴퓨터에서만 접속할 수 있어 다른 컴퓨터에서는 kubeconfig를 쓸 수 없습니다.`,
    },
    fix: {
      en: 'Use a kubeconfig with an address that learners reach.',
      ko: '학습자가 접속할 수 있는 주소의 kubeconfig를 사용하세요.',
    },
  };
}

const UNVERIFIED: Problem = {
  code: 'server-not-verified',
  message: {
    en: 'Your kubeconfig does not verify the server (insecure-skip-tls-verify), and so do not those of learners: whoever is between them and the cluster reads their tokens.',
    ko: '이 kubeconfig는 서버를 검증하지 않으므로(insecure-skip-tls-verify) 학습자의 것도 마찬가지입니다. 중간에 있는 사람이 토큰을 읽을 수 있습니다.',
  },
  fix: {
    en: "Put the cluster's certificate authority into your kubeconfig instead.",
    ko: '대신 클러스터의 인증 기관을 kubeconfig에 넣으세요.',
  },
};
