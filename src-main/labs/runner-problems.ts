import { AppError } from '#shared/app-error.ts';

export function unknownStepError(stepId: string): AppError {
  return new AppError({
    code: 'unknown-step',
    message: { en: `The lab has no step "${stepId}".`, ko: `이 실습에는 "${stepId}" 단계가 없습니다.` },
  });
}

/**
 * @param wanted `check`, or `question` where only a check that asks will do
 * @param known the ids of those that the step has
 */
export function unknownCheckError(
  stepId: string,
  checkId: string,
  wanted: 'check' | 'question',
  known: readonly string[],
): AppError {
  const ko = wanted === 'check' ? '검사' : '질문';
  return new AppError({
    code: 'unknown-check',
    message: {
      en: `Step "${stepId}" has no ${wanted} "${checkId}".`,
      ko: `"${stepId}" 단계에는 "${checkId}" ${ko}이(가) 없습니다.`,
    },
    fix:
      known.length === 0
        ? { en: `This step has no ${wanted}s.`, ko: `이 단계에는 ${ko}이(가) 없습니다.` }
        : { en: `It has: ${known.join(', ')}.`, ko: `이 단계의 ${ko}: ${known.join(', ')}.` },
  });
}

/** Work on the lab was given up because the lab was closed. */
export function closedError(): AppError {
  return new AppError({
    code: 'lab-closed',
    message: { en: 'The lab was closed.', ko: '실습을 닫았습니다.' },
  });
}

export function lockedError(): AppError {
  return new AppError({
    code: 'step-locked',
    message: { en: 'This step is not open yet.', ko: '아직 열리지 않은 단계입니다.' },
    fix: {
      en: 'Start the lab and finish the steps before it, or catch up to it.',
      ko: '실습을 시작하고 앞 단계를 마치거나, 풀이로 따라잡으세요.',
    },
  });
}

export function unsolvedError(stepId: string): AppError {
  return new AppError({
    code: 'solution-failed',
    message: {
      en: `The solution of step "${stepId}" did not make every check pass.`,
      ko: `"${stepId}" 단계의 풀이를 적용했지만 통과하지 못한 검사가 있습니다.`,
    },
    fix: { en: 'Reset the step and try again.', ko: '단계를 초기화한 다음 다시 시도하세요.' },
  });
}
