import { AppError } from '#shared/app-error.ts';

export function startFailedError(logFile: string, detail: string): AppError {
  return new AppError({
    code: 'cluster-start-failed',
    message: {
      en: 'The emulated cluster could not be started.',
      ko: '에뮬레이션 클러스터를 시작하지 못했습니다.',
    },
    fix: {
      en: `Try again. If it fails again, delete the cluster and make a new one; what it printed is in ${logFile}.`,
      ko: `다시 시도하세요. 계속 실패하면 클러스터를 삭제하고 새로 만드세요. 출력은 ${logFile}에 있습니다.`,
    },
    detail,
  });
}

export function startDeadlineError(seconds: number, logFile: string, detail: string): AppError {
  return new AppError({
    code: 'cluster-start-deadline',
    message: {
      en: `The emulated cluster did not answer within ${seconds} seconds.`,
      ko: `에뮬레이션 클러스터가 ${seconds}초 안에 응답하지 않았습니다.`,
    },
    fix: {
      en: `Close what keeps this computer busy and try again; what the cluster printed is in ${logFile}.`,
      ko: `컴퓨터를 바쁘게 하는 프로그램을 닫고 다시 시도하세요. 클러스터의 출력은 ${logFile}에 있습니다.`,
    },
    detail,
  });
}
