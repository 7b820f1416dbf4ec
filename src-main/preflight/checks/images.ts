import { tagOf } from '../../engine/images.ts';
import type { PreflightCheck } from '../check.ts';
import type { ContainerFacts } from '../facts.ts';
import { downloadOf } from '../image-sizes.ts';

/** Everything that is run in the cluster is on this machine already: the node image, its tool's, the labs'. */
export function imagesCheck({ running, images }: Pick<ContainerFacts, 'running' | 'images'>): PreflightCheck {
  return {
    id: 'images',
    title: { en: 'Images', ko: '이미지' },
    why: {
      en: 'What is there already needs no network: a cluster and every lab work offline when nothing is missing.',
      ko: '이미 있는 이미지는 네트워크가 필요 없습니다. 빠진 것이 없으면 클러스터와 모든 실습이 오프라인에서 동작합니다.',
    },
    async look() {
      const [found, supply] = await Promise.all([running(), images()]);
      if (found === undefined || supply === undefined)
        return {
          state: 'unknown',
          offlineReady: false,
          seen: {
            en: 'Nobody can say which images are there while no engine runs.',
            ko: '실행 중인 엔진이 없어 어떤 이미지가 있는지 알 수 없습니다.',
          },
          fix: { text: { en: 'Look again when one runs.', ko: '엔진이 실행되면 다시 확인하세요.' } },
        };
      const { missing, present } = supply;
      if (missing.length === 0)
        return {
          state: 'ok',
          offlineReady: true,
          seen: {
            en: `${present.length} of ${present.length} images are there: ready for offline.`,
            ko: `필요한 이미지 ${present.length}개가 모두 있습니다. 오프라인에서 쓸 수 있습니다.`,
          },
        };
      const megabytes = missing.reduce((sum, reference) => sum + downloadOf(reference), 0);
      const names = missing.map(tagOf).join(', ');
      const total = missing.length + present.length;
      return {
        state: 'warning',
        offlineReady: false,
        seen: {
          en: `${missing.length} of ${total} images are missing (${names}): about ${megabytes} MB to fetch.`,
          ko: `이미지 ${total}개 중 ${missing.length}개가 없습니다(${names}). 받을 양은 약 ${megabytes} MB입니다.`,
        },
        fix: {
          text: {
            en: 'They are fetched when the cluster is made. Where the network is slow, fetch them before, or load an offline pack: switchyard pack load FILE',
            ko: '클러스터를 만들 때 받습니다. 네트워크가 느린 곳이라면 미리 받아 두거나 오프라인 팩을 불러오세요: switchyard pack load FILE',
          },
          commands: missing.map((reference) => `${found.info.engine} pull ${reference}`),
        },
      };
    },
  };
}
