import type { Problem } from '../../src-shared/app-error.ts';
import type { KubeContext, SourceReport } from '../../src-shared/cluster.ts';

/** Clusters that a user has, and what can be wrong with them. */

export const CONTEXTS: KubeContext[] = [
  {
    file: '/home/learner/.kube/config',
    context: 'workshop',
    cluster: 'workshop',
    server: 'https://k8s.workshop.example.com:6443',
    user: 'alice',
    namespace: 'alice-shop',
    current: true,
  },
  {
    file: '/home/learner/.kube/config',
    context: 'kind-scratch',
    cluster: 'kind-scratch',
    server: 'https://127.0.0.1:38211',
    user: 'kind-scratch',
    current: false,
  },
  {
    file: '/home/learner/.kube/config',
    context: 'arn:aws:eks:ap-northeast-2:123456789012:cluster/production-with-a-rather-long-name',
    cluster: 'production',
    server: 'https://0123456789ABCDEF0123456789ABCDEF.gr7.ap-northeast-2.eks.example.com',
    user: 'arn:aws:eks:ap-northeast-2:123456789012:cluster/production-with-a-rather-long-name',
    current: false,
  },
];

/** What was found of the first context. */
export const SOURCE: SourceReport = {
  source: { file: '/home/learner/.kube/config', context: 'workshop' },
  server: 'https://k8s.workshop.example.com:6443',
  version: 'v1.35.8',
  capabilities: {
    nodes: 9,
    has: ['loadBalancer', 'realSourceIp'],
    missing: {
      ingress: { en: 'There is no IngressClass.', ko: 'IngressClass가 없습니다.' },
      hostPorts: {
        en: 'Nothing is known of ports of this machine that lead to its nodes.',
        ko: '이 컴퓨터의 포트가 노드로 이어지는지 알 수 없습니다.',
      },
    },
  },
  learner: 'alice',
  namespaces: [
    { name: 'alice-shop', labs: ['cluster-ip'], state: 'prepared' },
    { name: 'alice-stock', labs: ['cluster-ip'], state: 'ours' },
    { name: 'alice-edge', labs: ['ingress'], state: 'to-make' },
    { name: 'alice-lost', labs: ['source-ip'], state: 'taken' },
  ],
  missing: ['create pods/exec in alice-shop', 'watch endpointslices.discovery.k8s.io in alice-shop'],
  problems: [],
  usable: true,
};

export const INSPECT_DEADLINE: Problem = {
  code: 'cluster-silent',
  message: {
    en: 'https://k8s.workshop.example.com:6443 did not answer within 10 seconds.',
    ko: 'https://k8s.workshop.example.com:6443이 10초 안에 응답하지 않았습니다.',
  },
  fix: {
    en: 'See whether you need a VPN for it, then try again.',
    ko: 'VPN이 필요한 클러스터인지 확인한 다음 다시 시도하세요.',
  },
  detail: 'connect ETIMEDOUT 203.0.113.7:6443',
};

export const FILE_MISSING: Problem = {
  code: 'kubeconfig-missing',
  message: { en: '/nowhere/config does not exist.', ko: '/nowhere/config 파일이 없습니다.' },
  fix: { en: 'Give the path of a kubeconfig file.', ko: 'kubeconfig 파일의 경로를 지정하세요.' },
};
