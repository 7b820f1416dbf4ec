import { AppError, type Problem } from '#shared/app-error.ts';

export function noSourceError(): AppError {
  return new AppError({
    code: 'no-kubeconfig',
    message: {
      en: 'It is not known which cluster to use: none was used before.',
      ko: '이전에 사용한 클러스터가 없어 어떤 클러스터를 쓸지 알 수 없습니다.',
    },
    fix: {
      en: 'Choose one in the app, or name it with --kubeconfig FILE --context NAME.',
      ko: '앱에서 선택하거나 --kubeconfig FILE --context NAME 옵션으로 지정하세요.',
    },
  });
}

const CHOOSE_AGAIN = {
  en: 'Choose the cluster again. Your progress is kept.',
  ko: '클러스터를 다시 선택하세요. 진행 상황은 보존됩니다.',
};

export function goneProblem(name: string): Problem {
  return {
    code: 'cluster-forgotten',
    message: {
      en: `Nothing is known any more of the cluster "${name}".`,
      ko: `클러스터 "${name}"의 정보가 남아 있지 않습니다.`,
    },
    fix: CHOOSE_AGAIN,
  };
}

/** The user has confirmed another cluster than the one that is there now. */
export function replacedProblem(context: string, before: string, now: string): Problem {
  return {
    code: 'cluster-replaced',
    message:
      before === now
        ? {
            en: `At ${now} there is another cluster now than the one that you confirmed.`,
            ko: `${now}에 지금 있는 클러스터는 확인했던 클러스터가 아닙니다.`,
          }
        : {
            en: `The context "${context}" leads to ${now} now. You confirmed ${before}.`,
            ko: `컨텍스트 "${context}"은(는) 이제 ${now}을(를) 가리킵니다. 확인했던 주소는 ${before}입니다.`,
          },
    fix: CHOOSE_AGAIN,
  };
}
