import { AppError, type Problem } from '#shared/app-error.ts';
import type { LocalizedText } from '#shared/locale.ts';
import type { EngineId } from '../../engine/engine-id.ts';

/** None of the engines is installed. */
export function noEngineError(tool: string, engines: readonly EngineId[]): AppError {
  return new AppError({
    code: 'engine-missing',
    message: {
      en: `${tool} needs a container engine, and none is installed.`,
      ko: `${tool}에는 컨테이너 엔진이 필요하지만 설치되어 있지 않습니다.`,
    },
    fix: {
      en: `Install one of: ${engines.join(', ')}. Or use the built-in cluster, which needs none.`,
      ko: `다음 중 하나를 설치하세요: ${engines.join(', ')}. 또는 엔진이 필요 없는 내장 클러스터를 사용하세요.`,
    },
  });
}

/** The engine is there and does not answer. */
export function engineStoppedProblem(engine: EngineId, words: string): Problem {
  return {
    code: 'engine-stopped',
    message: {
      en: `The container engine (${engine}) is not running, and the cluster lives in it.`,
      ko: `클러스터가 실행되는 컨테이너 엔진(${engine})이 실행 중이 아닙니다.`,
    },
    fix: {
      en: `Start ${engine === 'docker' ? 'Docker' : engine}. Switchyard goes on by itself when it is back.`,
      ko: `${engine === 'docker' ? 'Docker' : engine}를 시작하세요. 다시 실행되면 Switchyard가 이어서 진행합니다.`,
    },
    detail: words,
  };
}

/** Somebody has paused the cluster's containers, and will have had a reason. */
export function pausedProblem(cluster: string, engine: EngineId, containers: readonly string[]): Problem {
  return {
    code: 'cluster-paused',
    message: {
      en: `The nodes of the cluster "${cluster}" are paused.`,
      ko: `"${cluster}" 클러스터의 노드가 일시 중지되어 있습니다.`,
    },
    fix: {
      en: 'Let them go on with the line below. Switchyard goes on by itself then.',
      ko: '아래 명령으로 다시 실행하세요. 그러면 Switchyard가 이어서 진행합니다.',
    },
    commands: [`${engine} unpause ${containers.join(' ')}`],
  };
}

/** Somebody deleted the cluster's containers. */
export function deletedElsewhereProblem(cluster: string): Problem {
  return {
    code: 'cluster-gone',
    message: {
      en: `The cluster "${cluster}" was deleted outside Switchyard.`,
      ko: `"${cluster}" 클러스터가 Switchyard 밖에서 삭제되었습니다.`,
    },
    fix: {
      en: 'Make it again: your progress is kept, and each lab builds again what its steps had built.',
      ko: '다시 만드세요. 진행 상황은 보존되며, 각 실습은 앞 단계에서 만든 것을 다시 만듭니다.',
    },
  };
}

/** Another cluster of the same name stands where ours was. */
export function replacedElsewhereProblem(cluster: string): Problem {
  return {
    code: 'cluster-replaced',
    message: {
      en: `The cluster "${cluster}" was deleted outside Switchyard, and another one was made under its name.`,
      ko: `"${cluster}" 클러스터가 Switchyard 밖에서 삭제되고 같은 이름으로 다른 클러스터가 만들어졌습니다.`,
    },
    fix: {
      en: 'Make a new one: it gets another name, and the other one is left alone.',
      ko: '새로 만드세요. 다른 이름으로 만들어지며, 이미 있는 클러스터는 건드리지 않습니다.',
    },
  };
}

export function noPortsError(): AppError {
  return new AppError({
    code: 'ports-exhausted',
    message: {
      en: 'No free ports were found for the cluster on 127.0.0.1.',
      ko: '127.0.0.1에서 클러스터에 쓸 비어 있는 포트를 찾지 못했습니다.',
    },
    fix: {
      en: 'End programs that listen on many ports, then try again.',
      ko: '포트를 많이 쓰는 프로그램을 종료한 다음 다시 시도하세요.',
    },
  });
}

/** Why a half-made cluster is offered for deletion. */
export function leftoverText(cluster: string, since: string): LocalizedText {
  const when = new Date(since);
  return {
    en: `The making of the cluster "${cluster}" was interrupted (${when.toLocaleString('en')}). What there is of it takes memory and disk.`,
    ko: `"${cluster}" 클러스터를 만드는 작업이 중단되었습니다(${when.toLocaleString('ko')}). 남은 부분이 메모리와 디스크를 차지합니다.`,
  };
}

/** Ingress could not be set up; everything else works. */
export function ingressProblem(cause: LocalizedText): Problem {
  return {
    code: 'ingress-unavailable',
    message: {
      en: `The cluster is ready, but Ingress could not be set up: ${cause.en}`,
      ko: `클러스터는 준비되었지만 Ingress를 준비하지 못했습니다: ${cause.ko}`,
    },
    fix: {
      en: 'Labs that need no Ingress work. For the others, delete the cluster and make it again when the cause is mended.',
      ko: 'Ingress가 필요 없는 실습은 진행할 수 있습니다. 나머지는 원인을 해결한 뒤 클러스터를 지우고 다시 만드세요.',
    },
  };
}

/** Another process makes the same cluster just now. */
export function beingMadeError(name: string, pid: number): AppError {
  return new AppError({
    code: 'cluster-being-made',
    message: {
      en: `The cluster "${name}" is being made by another copy of Switchyard (process ${pid}).`,
      ko: `다른 Switchyard(프로세스 ${pid})가 "${name}" 클러스터를 만들고 있습니다.`,
    },
    fix: {
      en: 'Wait until that one has finished, or end it.',
      ko: '그 작업이 끝나기를 기다리거나 종료하세요.',
    },
  });
}
