import { AppError } from '#shared/app-error.ts';
import type { LocalizedText } from '#shared/locale.ts';
import { CommandFailedError } from '../command/errors.ts';
import type { EngineId } from '../engine/engine-id.ts';
import type { OperatingSystem } from '../host/platform.ts';
import { explainFailure } from '../providers/failures/explain.ts';

/** What is wrong with images and with the engine that they come from or go to. */

/** Only a name with a tag can be put into an archive and found again. */
export function untaggedImageError(reference: string): AppError {
  return new AppError({
    code: 'image-untagged',
    message: {
      en: `The image ${reference} has no tag, and an archive of images carries tags only.`,
      ko: `이미지 ${reference}에 태그가 없습니다. 이미지 아카이브에는 태그만 담을 수 있습니다.`,
    },
    fix: {
      en: 'Name it with a tag (and the digest after it) in spec.images of the lab: name:tag@sha256:…',
      ko: '실습의 spec.images에 태그와 다이제스트를 함께 적으세요: name:tag@sha256:…',
    },
  });
}

/** What was saved is not what was asked for. */
export function imageArchitectureError(references: readonly string[], architecture: string): AppError {
  const names = references.join(', ');
  return new AppError({
    code: 'image-architecture',
    message: {
      en: `The engine gave no ${architecture} image of: ${names}.`,
      ko: `엔진이 다음 이미지의 ${architecture} 버전을 내주지 않았습니다: ${names}.`,
    },
    fix: {
      en: `Leave out ${architecture} with --arch, name an image that exists for it, or make that pack on a machine of that architecture.`,
      ko: `--arch에서 ${architecture}를 빼거나, 해당 아키텍처를 제공하는 이미지를 지정하거나, 그 아키텍처의 컴퓨터에서 팩을 만드세요.`,
    },
  });
}

/** The tag leads to another image than the one that is pinned. */
export function digestMovedError(reference: string, found: string | undefined): AppError {
  const seen = found ?? '–';
  return new AppError({
    code: 'image-moved',
    message: {
      en: `${reference} cannot be fetched for a second architecture: its tag now means ${seen}, and this engine keeps one architecture of a digest only.`,
      ko: `${reference}의 다른 아키텍처 이미지를 받을 수 없습니다. 태그가 이제 ${seen}을(를) 가리키고, 이 엔진은 다이제스트 하나에 아키텍처 하나만 보관합니다.`,
    },
    fix: {
      en: 'Switch Docker to the containerd image store, or make the other pack on a machine of that architecture.',
      ko: 'Docker를 containerd 이미지 저장소로 전환하거나, 그 아키텍처의 컴퓨터에서 팩을 따로 만드세요.',
    },
  });
}

/** It keeps several architectures of an image, and cannot write one of them. */
export function engineTooOldError(architecture: string): AppError {
  return new AppError({
    code: 'engine-too-old',
    message: {
      en: `This Docker cannot write images of ${architecture}: that takes Docker 28 or later with the containerd image store.`,
      ko: `이 Docker로는 ${architecture} 이미지를 저장할 수 없습니다. containerd 이미지 저장소에서는 Docker 28 이상이 필요합니다.`,
    },
    fix: {
      en: `Update Docker, or leave out ${architecture} with --arch.`,
      ko: `Docker를 업데이트하거나 --arch에서 ${architecture}를 빼세요.`,
    },
  });
}

export function otherArchitectureError(
  path: string,
  held: readonly string[],
  architecture: string,
): AppError {
  return new AppError({
    code: 'pack-other-architecture',
    message: {
      en: `${path} holds images for ${held.join(', ')} only; the container engine here runs ${architecture}.`,
      ko: `${path}에는 ${held.join(', ')} 이미지만 있습니다. 이 컴퓨터의 컨테이너 엔진은 ${architecture}입니다.`,
    },
    fix: {
      en: `Get a pack that was made with: switchyard pack create FILE --arch ${architecture}`,
      ko: `다음과 같이 만든 팩을 받으세요: switchyard pack create FILE --arch ${architecture}`,
    },
  });
}

/** The engine took the archive, and does not have all that was in it. */
export function notLoadedError(references: readonly string[]): AppError {
  const names = references.join(', ');
  return new AppError({
    code: 'images-not-loaded',
    message: {
      en: `The engine took the archive without a complaint, and does not have: ${names}.`,
      ko: `엔진이 아카이브를 오류 없이 받았지만 다음 이미지가 없습니다: ${names}.`,
    },
    fix: {
      en: 'Run "switchyard pack load" again. If it stays so, restart the container engine, then try once more.',
      ko: '"switchyard pack load"를 다시 실행하세요. 계속되면 컨테이너 엔진을 다시 시작한 뒤 한 번 더 시도하세요.',
    },
  });
}

/** No engine that runs: which one does not, and in its own words why. */
export function engineStoppedError(engine: EngineId, words: string, system: OperatingSystem): AppError {
  const known = explained(engine, words.split('\n'), system);
  if (known !== undefined) return new AppError(known);
  const name = engine === 'docker' ? 'Docker' : engine;
  return new AppError({
    code: 'engine-stopped',
    message: {
      en: `The container engine (${engine}) does not answer.`,
      ko: `컨테이너 엔진(${engine})이 응답하지 않습니다.`,
    },
    fix: { en: `Start ${name}, then try again.`, ko: `${name}을(를) 시작한 다음 다시 시도하세요.` },
    detail: words,
  });
}

/** Puts a remedy in place of an engine's own words, where they are known, and leaves everything else as it is. */
export function explainEngine(
  error: unknown,
  engine: EngineId,
  doing: LocalizedText,
  system: OperatingSystem,
): unknown {
  if (!(error instanceof CommandFailedError)) return error;
  const { stdout, stderr } = error.result;
  const known = explained(engine, [...stdout.split('\n'), ...stderr.split('\n')], system);
  if (known !== undefined) return new AppError(known, { cause: error });
  const { detail } = error.problem;
  return new AppError(
    {
      code: 'engine-failed',
      message: {
        en: `${doing.en}: ${engine} could not do it.`,
        ko: `${doing.ko}: ${engine}이(가) 처리하지 못했습니다.`,
      },
      fix: {
        en: 'Its own words say why. Mend that, then run the same command again: it goes on where it stopped.',
        ko: '엔진이 출력한 내용에 이유가 있습니다. 해결한 뒤 같은 명령을 다시 실행하면 이어서 진행합니다.',
      },
      ...(detail !== undefined && { detail }),
    },
    { cause: error },
  );
}

function explained(engine: EngineId, output: readonly string[], system: OperatingSystem) {
  const problem = explainFailure({
    engine,
    tool: engine,
    cluster: '',
    system,
    step: { en: '', ko: '' },
    output,
  });
  return problem.code === 'cluster-failed' ? undefined : problem;
}
