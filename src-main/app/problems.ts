import { AppError, type Problem } from '#shared/app-error.ts';
import { providerIdSchema } from '#shared/cluster.ts';
import { wordsOf } from '../store/problems.ts';

const PROVIDER_IDS = providerIdSchema.options.join(', ');

export function noClusterError(): AppError {
  return new AppError({
    code: 'no-cluster',
    message: {
      en: 'There is no cluster yet, or it does not answer.',
      ko: '클러스터가 아직 없거나 응답하지 않습니다.',
    },
    fix: { en: 'Create a cluster first.', ko: '먼저 클러스터를 만드세요.' },
  });
}

export function unknownProviderError(id: string): AppError {
  return new AppError({
    code: 'provider-unknown',
    message: { en: `There is no provider "${id}".`, ko: `"${id}" 제공자가 없습니다.` },
    fix: { en: `Use one of: ${PROVIDER_IDS}.`, ko: `${PROVIDER_IDS} 중 하나를 사용하세요.` },
  });
}

/** Whatever was thrown, as something to show: an error that nobody foresaw keeps its own words. */
export function problemOf(error: unknown): Problem {
  if (error instanceof AppError) return error.problem;
  return {
    code: 'unexpected',
    message: {
      en: `Something failed that Switchyard did not foresee: ${wordsOf(error)}`,
      ko: `Switchyard가 예상하지 못한 오류가 발생했습니다: ${wordsOf(error)}`,
    },
    fix: {
      en: 'Try again. If it happens again, restart Switchyard: labs and cluster go on where they were.',
      ko: '다시 시도하세요. 계속되면 Switchyard를 다시 시작하세요. 실습과 클러스터는 그대로 이어집니다.',
    },
    ...(error instanceof Error && error.stack !== undefined && { detail: error.stack }),
  };
}

export function notFoundError(object: string): AppError {
  return new AppError({
    code: 'object-not-found',
    message: { en: `${object} is not there any more.`, ko: `${object}이(가) 더 이상 없습니다.` },
  });
}

/** The API server has stopped answering. */
export function unreachableProblem(server: string, error: unknown): Problem {
  return {
    code: 'cluster-unreachable',
    message: {
      en: `The cluster at ${server} does not answer. Switchyard tries to bring it back.`,
      ko: `클러스터 ${server}가 응답하지 않습니다. Switchyard가 다시 연결을 시도합니다.`,
    },
    fix: {
      en: 'Wait a few seconds. If it stays so, delete the cluster and make a new one: your progress is kept.',
      ko: '몇 초 기다려 보세요. 계속되면 클러스터를 삭제하고 새로 만드세요. 진행 상황은 보존됩니다.',
    },
    detail: wordsOf(error),
  };
}
