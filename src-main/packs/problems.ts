import { AppError } from '#shared/app-error.ts';
import type { LocalizedText } from '#shared/locale.ts';
import { systemErrorCode, wordsOf } from '../store/problems.ts';
import { formatBytes } from './bytes.ts';

/** What is wrong with the file of a pack. */

const copyAgain: LocalizedText = {
  en: 'Copy or download it again from where it came from, then check it with: switchyard pack verify FILE',
  ko: '원본에서 다시 복사하거나 내려받은 다음 확인하세요: switchyard pack verify FILE',
};

export function notAPackError(path: string): AppError {
  return new AppError({
    code: 'pack-unrecognised',
    message: {
      en: `${path} is not an offline pack of Switchyard.`,
      ko: `${path}은(는) Switchyard 오프라인 팩이 아닙니다.`,
    },
    fix: {
      en: 'Name a file that was made with: switchyard pack create',
      ko: '다음 명령으로 만든 파일을 지정하세요: switchyard pack create',
    },
  });
}

export function newerPackError(path: string, version: number): AppError {
  return new AppError({
    code: 'pack-newer',
    message: {
      en: `${path} was made by a newer version of Switchyard (pack format ${version}), which this one cannot read.`,
      ko: `${path}은(는) 더 새로운 버전의 Switchyard로 만들어(팩 형식 ${version}) 이 버전에서 읽을 수 없습니다.`,
    },
    fix: {
      en: 'Update Switchyard here, or make the pack with the version that is installed here.',
      ko: '이 컴퓨터의 Switchyard를 업데이트하거나, 여기에 설치된 버전으로 팩을 만드세요.',
    },
  });
}

export function unfinishedPackError(path: string): AppError {
  return new AppError({
    code: 'pack-unfinished',
    message: {
      en: `The making of ${path} was interrupted: it is not whole.`,
      ko: `${path}을(를) 만드는 작업이 중단되어 파일이 완전하지 않습니다.`,
    },
    fix: {
      en: 'Run the same "switchyard pack create" again where it was made: it goes on where it stopped.',
      ko: '팩을 만들던 곳에서 같은 "switchyard pack create" 명령을 다시 실행하세요. 중단된 곳부터 이어서 진행합니다.',
    },
  });
}

/** @param wanted bytes of the whole file; undefined when too little is there to know it */
export function truncatedPackError(path: string, have: number, wanted: number | undefined): AppError {
  const of = wanted === undefined ? undefined : formatBytes(wanted);
  const part = formatBytes(have);
  return new AppError({
    code: 'pack-truncated',
    message:
      of === undefined || of === part
        ? {
            en: `${path} is cut off: its end is missing (${have} bytes are there${wanted === undefined ? '' : ` of ${wanted}`}).`,
            ko: `${path}의 뒷부분이 잘렸습니다(${wanted === undefined ? '' : `${wanted}바이트 중 `}${have}바이트만 있음).`,
          }
        : {
            en: `${path} is cut off: ${part} of ${of} are there.`,
            ko: `${path}의 뒷부분이 잘렸습니다. ${of} 중 ${part}만 있습니다.`,
          },
    fix: copyAgain,
  });
}

/** @param part which part of the file, as its own table of contents names it */
export function damagedPackError(path: string, part: LocalizedText): AppError {
  return new AppError({
    code: 'pack-damaged',
    message: {
      en: `${path} is damaged: ${part.en}.`,
      ko: `${path} 파일이 손상되었습니다: ${part.ko}.`,
    },
    fix: copyAgain,
  });
}

/** The content of an entry is not what was put in. */
export function checksumError(path: string, entry: string): AppError {
  return new AppError({
    code: 'pack-checksum',
    message: {
      en: `${path} is damaged: the checksum of ${entry} does not match. Nothing of it was loaded.`,
      ko: `${path} 파일이 손상되었습니다: ${entry}의 체크섬이 일치하지 않습니다. 이 항목은 올리지 않았습니다.`,
    },
    fix: copyAgain,
  });
}

/** The file cannot be opened or read. */
export function unreadablePackError(path: string, cause: unknown): AppError {
  const missing = systemErrorCode(cause) === 'ENOENT';
  return new AppError(
    {
      code: missing ? 'pack-missing' : 'pack-unreadable',
      message: missing
        ? { en: `There is no file ${path}.`, ko: `${path} 파일이 없습니다.` }
        : { en: `${path} cannot be read.`, ko: `${path}을(를) 읽을 수 없습니다.` },
      fix: missing
        ? { en: 'See how the file is spelt, and where it is.', ko: '파일 이름과 위치를 확인하세요.' }
        : {
            en: 'See that your user may read it, and that the stick or disk it lies on is in order: copy it to this machine first.',
            ko: '파일을 읽을 권한이 있는지, 파일이 있는 USB나 디스크에 이상이 없는지 확인하세요. 먼저 이 컴퓨터로 복사해 보세요.',
          },
      detail: wordsOf(cause),
    },
    { cause },
  );
}

/** A pack, or what is loaded of one, cannot be written. */
export function writeFailure(path: string, cause: unknown): AppError {
  const code = systemErrorCode(cause);
  const detail = wordsOf(cause);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new AppError(
      {
        code: 'disk-full',
        message: {
          en: `The disk became full while ${path} was written.`,
          ko: `${path}을(를) 쓰는 중에 디스크가 가득 찼습니다.`,
        },
        fix: {
          en: 'Free some space, or name a file on another disk.',
          ko: '공간을 확보하거나 다른 디스크의 파일을 지정하세요.',
        },
        detail,
      },
      { cause },
    );
  if (code === 'EFBIG')
    return new AppError(
      {
        code: 'file-too-large',
        message: {
          en: `The disk that ${path} lies on takes no file as large as this (FAT32, as on many USB sticks, ends at 4 GB).`,
          ko: `${path}이(가) 있는 디스크에는 이렇게 큰 파일을 저장할 수 없습니다(많은 USB가 쓰는 FAT32는 4 GB까지입니다).`,
        },
        fix: {
          en: 'Format the stick as exFAT, or make one pack for each architecture with --arch.',
          ko: 'USB를 exFAT으로 포맷하거나 --arch로 아키텍처마다 팩을 따로 만드세요.',
        },
        detail,
      },
      { cause },
    );
  return new AppError(
    {
      code: 'pack-unwritable',
      message: { en: `${path} cannot be written.`, ko: `${path}을(를) 쓸 수 없습니다.` },
      fix: {
        en: 'Name a file in a folder that exists and that your user may write to.',
        ko: '쓰기 권한이 있는, 존재하는 폴더의 파일을 지정하세요.',
      },
      detail,
    },
    { cause },
  );
}

export function notEnoughSpaceError(path: string, needed: number, free: number): AppError {
  return new AppError({
    code: 'disk-full',
    message: {
      en: `There is too little space for ${path}: it takes about ${formatBytes(needed)}, and ${formatBytes(free)} are free.`,
      ko: `${path}을(를) 저장할 공간이 부족합니다. 약 ${formatBytes(needed)}가 필요하지만 ${formatBytes(free)}만 남았습니다.`,
    },
    fix: {
      en: 'Free some space, or name a file on another disk.',
      ko: '공간을 확보하거나 다른 디스크의 파일을 지정하세요.',
    },
  });
}

export function packExistsError(path: string): AppError {
  return new AppError({
    code: 'pack-exists',
    message: { en: `${path} exists already.`, ko: `${path} 파일이 이미 있습니다.` },
    fix: {
      en: 'Name another file, or delete this one first.',
      ko: '다른 파일 이름을 지정하거나 이 파일을 먼저 삭제하세요.',
    },
  });
}

export function packBeingMadeError(path: string, pid: number): AppError {
  return new AppError({
    code: 'pack-being-made',
    message: {
      en: `${path} is being made by another copy of Switchyard (process ${pid}).`,
      ko: `다른 Switchyard(프로세스 ${pid})가 ${path}을(를) 만들고 있습니다.`,
    },
    fix: {
      en: 'Wait until that one has finished, or end it.',
      ko: '그 작업이 끝나기를 기다리거나 종료하세요.',
    },
  });
}

/** A load was given up by the user. */
export function cancelledLoadError(): AppError {
  return new AppError({
    code: 'cancelled',
    message: {
      en: 'Cancelled. What was loaded before stays in the engine; the rest was not loaded.',
      ko: '취소했습니다. 이미 올린 것은 엔진에 남고 나머지는 올리지 않았습니다.',
    },
    fix: {
      en: 'Run the same command again to go on.',
      ko: '이어서 진행하려면 같은 명령을 다시 실행하세요.',
    },
  });
}

/** What is left of a pack whose making was given up or failed, and what to do with it. */
export function remainsText(part: string, finished: number, all: number): LocalizedText {
  return finished === 0
    ? { en: 'Nothing of it is left on the disk.', ko: '디스크에 남은 것은 없습니다.' }
    : {
        en: `${finished} of ${all} parts are finished and kept in ${part}: run the same command again to go on, or delete that file.`,
        ko: `전체 ${all}개 중 완성된 ${finished}개를 ${part}에 보관했습니다. 같은 명령을 다시 실행하면 이어서 진행합니다. 필요 없으면 파일을 삭제하세요.`,
      };
}
