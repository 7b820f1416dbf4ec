import { ORPCError } from '@orpc/client';
import type { Problem } from '#shared/app-error.ts';
import { ConnectionLost } from './transport.ts';

/** Turns whatever a call threw into something a person can read and act on. */
export function toProblem(error: unknown): Problem {
  if (error instanceof ORPCError && error.code === 'PROBLEM' && isProblem(error.data)) return error.data;
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof ConnectionLost || /not open|closed|aborted/i.test(detail)) {
    return {
      code: 'connection-lost',
      message: {
        en: 'Switchyard did not answer: the connection is lost.',
        ko: 'Switchyard가 응답하지 않습니다. 연결이 끊어졌습니다.',
      },
      fix: {
        en: 'Wait until the page has reconnected, then do it again.',
        ko: '페이지가 다시 연결될 때까지 기다린 다음 다시 시도하세요.',
      },
    };
  }
  return {
    code: 'unexpected',
    message: {
      en: 'Switchyard could not do that, and did not expect it.',
      ko: '예상하지 못한 이유로 작업을 마치지 못했습니다.',
    },
    fix: {
      en: 'Do it again. If it stays so, restart Switchyard: your progress is kept.',
      ko: '다시 시도하세요. 계속되면 Switchyard를 다시 시작하세요. 진행 상황은 보존됩니다.',
    },
    detail,
  };
}

function isProblem(data: unknown): data is Problem {
  return typeof data === 'object' && data !== null && 'code' in data && 'message' in data;
}
