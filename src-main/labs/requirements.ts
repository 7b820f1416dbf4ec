import { AppError } from '#shared/app-error.ts';
import type { Capability, ClusterCapabilities } from '#shared/cluster.ts';
import type { LocalizedText } from '#shared/locale.ts';
import type { Lab } from './lab.ts';

const NAMES: Record<Capability, LocalizedText> = {
  loadBalancer: { en: 'a load balancer', ko: '로드 밸런서' },
  ingress: { en: 'an Ingress controller', ko: 'Ingress 컨트롤러' },
  hostPorts: { en: 'NodePorts that this machine reaches', ko: '이 컴퓨터에서 닿는 NodePort' },
  realSourceIp: { en: 'source addresses that are kept', ko: '유지되는 출발지 주소' },
};

/** What a lab needs and a cluster lacks, each in a sentence. */
export function unmetRequirements(lab: Lab, cluster: ClusterCapabilities): LocalizedText[] {
  const { nodes, capabilities } = lab.file.spec.requires;
  const tooFew: LocalizedText = {
    en: `It needs ${nodes} nodes that take pods; this cluster has ${cluster.nodes}.`,
    ko: `파드를 실행할 수 있는 노드가 ${nodes}개 필요하지만 이 클러스터에는 ${cluster.nodes}개 있습니다.`,
  };
  return [
    ...(cluster.nodes < nodes ? [tooFew] : []),
    ...capabilities
      .filter((capability) => !cluster.has.includes(capability))
      .map((capability) => lacks(NAMES[capability], cluster.missing[capability])),
  ];
}

function lacks(what: LocalizedText, why: LocalizedText | undefined): LocalizedText {
  return {
    en: `It needs ${what.en}, which this cluster has not.${why === undefined ? '' : ` ${why.en}`}`,
    ko: `${what.ko}이(가) 필요하지만 이 클러스터에는 없습니다.${why === undefined ? '' : ` ${why.ko}`}`,
  };
}

/** @throws AppError `cluster-lacks` before anything of a lab is made on a cluster that it cannot work on */
export function requireCapabilities(lab: Lab, cluster: ClusterCapabilities): void {
  const unmet = unmetRequirements(lab, cluster);
  if (unmet.length === 0) return;
  throw new AppError({
    code: 'cluster-lacks',
    message: {
      en: `The lab "${lab.text.en.title}" cannot run on this cluster. ${unmet.map(({ en }) => en).join(' ')}`,
      ko: `이 클러스터에서는 "${lab.text.ko.title}" 실습을 진행할 수 없습니다. ${unmet.map(({ ko }) => ko).join(' ')}`,
    },
    fix: {
      en: 'Choose another kind of cluster for it on the start page, or with --provider.',
      ko: '시작 화면이나 --provider에서 다른 종류의 클러스터를 선택하세요.',
    },
  });
}
