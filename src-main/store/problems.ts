import { AppError, type Problem } from '#shared/app-error.ts';

/** The `code` of a Node.js system error (`EACCES`, `ENOSPC` …). */
export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Words for a person: the message of whatever was thrown. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The data folder, or a file in it, cannot be written. */
export function unwritableError(path: string, cause: unknown): AppError {
  const full = systemErrorCode(cause) === 'ENOSPC';
  return new AppError(
    {
      code: full ? 'disk-full' : 'data-folder-unwritable',
      message: full
        ? {
            en: `The disk is full: ${path} could not be written.`,
            ko: `디스크가 가득 차서 ${path}에 쓸 수 없습니다.`,
          }
        : { en: `Switchyard cannot write to ${path}.`, ko: `Switchyard가 ${path}에 쓸 수 없습니다.` },
      fix: full
        ? { en: 'Free some space, then start again.', ko: '공간을 확보한 뒤 다시 시작하세요.' }
        : {
            en: 'Give your user write access to that folder, or choose another one with the environment variable SWITCHYARD_DATA.',
            ko: '현재 사용자에게 그 폴더의 쓰기 권한을 주거나, 환경 변수 SWITCHYARD_DATA로 다른 폴더를 지정하세요.',
          },
      detail: wordsOf(cause),
    },
    { cause },
  );
}

/** Another copy of the app uses the data folder. */
export function alreadyRunningError(directory: string, pid: number, address: string | undefined): AppError {
  const at = address === undefined ? '' : ` (${address})`;
  return new AppError({
    code: 'already-running',
    message: {
      en: `Another copy of Switchyard is running with this data folder: process ${pid}${at}.`,
      ko: `이 데이터 폴더를 쓰는 Switchyard가 이미 실행 중입니다: 프로세스 ${pid}${at}.`,
    },
    fix: {
      en: `Use that copy, or stop it and start again. To run two side by side, give one another folder with SWITCHYARD_DATA (this one is ${directory}).`,
      ko: `실행 중인 쪽을 사용하거나 종료한 뒤 다시 시작하세요. 둘을 함께 쓰려면 한쪽에 SWITCHYARD_DATA로 다른 폴더를 지정하세요(현재 폴더: ${directory}).`,
    },
  });
}

/** A file could not be understood; it was set aside so that nothing is lost. */
export function corruptFileProblem(path: string, setAside: string, detail: string): Problem {
  return {
    code: 'file-set-aside',
    message: {
      en: `${path} could not be read, so Switchyard started with a fresh one. The old file was kept as ${setAside}.`,
      ko: `${path} 파일을 읽을 수 없어 새 파일로 시작했습니다. 이전 파일은 ${setAside}(으)로 보관했습니다.`,
    },
    fix: {
      en: 'If you know what is wrong in the kept file, correct it, close Switchyard and move it back.',
      ko: '보관된 파일에서 잘못된 부분을 알고 있다면 고친 뒤, Switchyard를 닫고 원래 이름으로 되돌리세요.',
    },
    detail,
  };
}
