import { isAtLeast } from '../../engine/info.ts';
import type { EngineId } from '../../engine/engine-id.ts';
import type { PreflightCheck } from '../check.ts';
import type { ContainerFacts } from '../facts.ts';

/**
 * What kind asks for (kind.sigs.k8s.io/docs/user/rootless). Of nerdctl, `info` tells the version of containerd
 * only.
 */
const LEAST: Partial<Record<EngineId, string>> = { docker: '20.10', podman: '3.0' };

/** The engine is not too old. */
export function engineVersionCheck({ running }: Pick<ContainerFacts, 'running'>): PreflightCheck {
  return {
    id: 'engine-version',
    title: { en: 'Engine version', ko: '엔진 버전' },
    why: {
      en: 'Nodes run systemd, which older engines cannot host.',
      ko: '노드는 systemd를 실행하며, 오래된 엔진에서는 동작하지 않습니다.',
    },
    async look() {
      const found = await running();
      if (found === undefined) return undefined;
      const { engine, version, containerdStore } = found.info;
      const least = LEAST[engine];
      if (least === undefined) return undefined;
      if (!isAtLeast(version, least))
        return {
          state: 'blocked',
          seen: {
            en: `${engine} ${version}; clusters need ${least} or later.`,
            ko: `${engine} ${version}. 클러스터에는 ${least} 이상이 필요합니다.`,
          },
          fix: { text: { en: `Update ${engine}.`, ko: `${engine}을(를) 업데이트하세요.` } },
        };
      const store = containerdStore
        ? {
            en: ' It keeps images in containerd’s store; Switchyard loads them into nodes as archives, which works with it.',
            ko: ' 이미지를 containerd 저장소에 보관합니다. Switchyard는 이미지를 보관 파일로 노드에 올리므로 문제없습니다.',
          }
        : { en: '', ko: '' };
      return {
        state: 'ok',
        seen: {
          en: `${engine} ${version} is new enough.${store.en}`,
          ko: `${engine} ${version}은(는) 충분히 새 버전입니다.${store.ko}`,
        },
      };
    },
  };
}
