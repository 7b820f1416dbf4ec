import { AppError } from '#shared/app-error.ts';
import { ARCHITECTURES, type Architecture } from '../../packs/manifest.ts';
import type { PackLab, PackTool } from '../../packs/plan.ts';
import type { LabLibrary } from '../../labs/library.ts';
import { pickLabs, wordsOf } from './lab-session.ts';

/** What the lists in a command line name: `kind,k3d`. Each is everything there is when it is left out. */

export function chosenTools(tools: readonly PackTool[], list: string | undefined): readonly PackTool[] {
  if (list === undefined) return tools;
  return wordsOf(list).map((id) => {
    const tool = tools.find((candidate) => candidate.id === id);
    if (tool === undefined) throw packProviderError(id, tools);
    return tool;
  });
}

/** @throws AppError `lab-unknown` */
export function chosenLabs(library: LabLibrary, list: string | undefined): PackLab[] {
  return pickLabs(library, list).map(({ id, file }) => ({ id, images: file.spec.images }));
}

/** @param own the engine's, for a list that was left out */
export function chosenArchitectures(list: string | undefined, own: string): Architecture[] {
  return wordsOf(list ?? own).map((word) => {
    const architecture = ARCHITECTURES.find((candidate) => candidate === word);
    if (architecture === undefined) throw architectureError(word);
    return architecture;
  });
}

function packProviderError(id: string, tools: readonly PackTool[]): AppError {
  const known = tools.map((tool) => tool.id).join(', ');
  const needsNone = id === 'emulated' || id === 'existing';
  return new AppError({
    code: 'pack-provider',
    message: needsNone
      ? {
          en: `The provider "${id}" takes no images from this machine: it needs no pack.`,
          ko: `"${id}" 제공자는 이 컴퓨터의 이미지를 쓰지 않으므로 팩이 필요 없습니다.`,
        }
      : { en: `There is no provider "${id}".`, ko: `"${id}" 제공자가 없습니다.` },
    fix: { en: `Packs are made for: ${known}.`, ko: `팩을 만들 수 있는 제공자: ${known}.` },
  });
}

function architectureError(word: string): AppError {
  const known = ARCHITECTURES.join(', ');
  return new AppError({
    code: 'architecture-unknown',
    message: {
      en: `Packs are not made for the architecture "${word}".`,
      ko: `"${word}" 아키텍처용 팩은 만들 수 없습니다.`,
    },
    fix: { en: `Use one or more of: ${known}.`, ko: `다음 중에서 선택하세요: ${known}.` },
  });
}
