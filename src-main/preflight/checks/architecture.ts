import { tagOf } from '../../engine/images.ts';
import type { PreflightCheck } from '../check.ts';
import type { ContainerFacts } from '../facts.ts';

/** Engine and images are for this machine's processor, and emulate none. */
export function architectureCheck({
  host,
  running,
  images,
}: Pick<ContainerFacts, 'host' | 'running' | 'images'>): PreflightCheck {
  return {
    id: 'architecture',
    title: { en: 'Architecture', ko: '아키텍처' },
    why: {
      en: 'Programs for another kind of processor are emulated: slowly, and sometimes wrongly.',
      ko: '다른 종류의 프로세서용 프로그램은 에뮬레이션으로 실행되어 느리고 때로는 잘못 동작합니다.',
    },
    async look() {
      const [found, supply] = await Promise.all([running(), images()]);
      if (found === undefined || supply === undefined) return undefined;
      const { engine, architecture } = found.info;
      if (architecture !== host.architecture)
        return {
          state: 'warning',
          seen: {
            en: `${engine} is ${architecture} on a machine that is ${host.architecture}.`,
            ko: `이 컴퓨터는 ${host.architecture}인데 ${engine}은(는) ${architecture}입니다.`,
          },
          fix: {
            text: {
              en: `Install the ${host.architecture} edition of the engine, or make its virtual machine for ${host.architecture}.`,
              ko: `${host.architecture}용 엔진을 설치하거나, 엔진의 가상 머신을 ${host.architecture}용으로 만드세요.`,
            },
          },
        };
      const others = supply.present.filter(
        ({ image }) => image.architecture !== '' && image.architecture !== architecture,
      );
      if (others.length === 0)
        return { state: 'ok', seen: { en: `${architecture}.`, ko: `${architecture}입니다.` } };
      const names = others
        .map(({ reference, image }) => `${tagOf(reference)} (${image.architecture})`)
        .join(', ');
      return {
        state: 'warning',
        seen: {
          en: `The engine is ${architecture}; images for another kind of processor: ${names}.`,
          ko: `엔진은 ${architecture}인데 다른 프로세서용 이미지가 있습니다: ${names}.`,
        },
        fix: {
          text: {
            en: `Fetch them again for ${architecture}.`,
            ko: `${architecture}용으로 다시 받으세요.`,
          },
          commands: others.map(
            ({ reference }) => `${engine} pull --platform linux/${architecture} ${reference}`,
          ),
        },
      };
    },
  };
}
