import type { LocalizedText } from '#shared/locale.ts';
import type { EngineId } from '../../engine/engine-id.ts';
import { QUESTION_MS, type Host } from '../../host/host.ts';
import { adviceFor, type Advice } from '../../host/platform.ts';
import { noEngineError } from '../../providers/container/problems.ts';
import { explainSilence, knownAdvice } from '../../providers/failures/advice.ts';
import type { Finding, PreflightCheck } from '../check.ts';
import type { ContainerFacts } from '../facts.ts';
import { oneLine } from '../words.ts';

/** The variables that tell the engines' command lines where their engine is. */
const ADDRESS_VARIABLES: Partial<Record<EngineId, string>> = {
  docker: 'DOCKER_HOST',
  podman: 'CONTAINER_HOST',
};

/** A container engine is installed, and answers. */
export function engineCheck({
  tool,
  host,
  preferred,
  engines,
}: Pick<ContainerFacts, 'tool' | 'host' | 'preferred' | 'engines'>): PreflightCheck {
  return {
    id: 'engine',
    title: { en: 'Container engine', ko: '컨테이너 엔진' },
    why: {
      en: 'Each node of the cluster is a container.',
      ko: '클러스터의 노드 하나하나가 컨테이너입니다.',
    },
    async look() {
      const asked = await engines();
      for (const { engine, state } of asked)
        if (state.state === 'running') return runs(engine.id, state.info, host);
      for (const { engine, state } of asked)
        if (state.state === 'stopped') return doesNotAnswer(engine.id, state, tool.id, host);
      return missing(
        asked.map(({ engine }) => engine.id),
        tool.id,
        preferred,
        host,
      );
    },
  };
}

function runs(engine: EngineId, info: { version: string; operatingSystem: string }, host: Host): Finding {
  const address = addressOf(engine, host);
  if (address !== undefined && isElsewhere(address.value))
    return {
      state: 'blocked',
      seen: {
        en: `${engine} runs on another machine: ${address.name} is ${address.value}.`,
        ko: `${engine}이(가) 다른 컴퓨터에서 실행됩니다: ${address.name}=${address.value}.`,
      },
      fix: {
        text: {
          en: `The cluster's ports would be open there, not here. Unset ${address.name} to use the engine of this machine; a cluster of another machine is used through its kubeconfig ("A cluster you have").`,
          ko: `클러스터의 포트가 이 컴퓨터가 아닌 그쪽에 열립니다. 이 컴퓨터의 엔진을 쓰려면 ${address.name}을(를) 해제하세요. 다른 컴퓨터의 클러스터는 kubeconfig로 사용할 수 있습니다("이미 있는 클러스터").`,
        },
      },
    };
  const on = info.operatingSystem === '' ? '' : ` (${info.operatingSystem})`;
  return {
    state: 'ok',
    seen: {
      en: `${engine} ${info.version} runs${on}.`,
      ko: `${engine} ${info.version} 실행 중${on}.`,
    },
  };
}

function doesNotAnswer(
  engine: EngineId,
  { words, silent }: { words: string; silent?: true },
  tool: string,
  host: Host,
): Finding {
  const context = { engine, tool, cluster: '', system: host.system };
  if (silent === true) {
    const seconds = QUESTION_MS / 1000;
    return {
      state: 'blocked',
      seen: {
        en: `${engine} is installed and does not answer: nothing came within ${seconds} seconds.`,
        ko: `${engine}이(가) 설치되어 있지만 응답하지 않습니다. ${seconds}초를 기다렸습니다.`,
      },
      fix: withAddress(restart(engine, host), engine, host),
    };
  }
  const problem = explainSilence(context, words);
  const message = problem?.message ?? {
    en: `${engine} is installed and does not answer.`,
    ko: `${engine}이(가) 설치되어 있지만 응답하지 않습니다.`,
  };
  const advice =
    problem?.fix === undefined
      ? knownAdvice('engine-stopped', context)
      : { text: problem.fix, ...(problem.commands !== undefined && { commands: problem.commands }) };
  return {
    state: 'blocked',
    seen: {
      en: `${message.en} ${engine} says: ${oneLine(words)}`,
      ko: `${message.ko} ${engine}의 메시지: ${oneLine(words)}`,
    },
    fix: withAddress(advice, engine, host),
  };
}

function missing(
  ids: readonly EngineId[],
  tool: string,
  preferred: EngineId | undefined,
  host: Host,
): Finding {
  const { message, fix } = noEngineError(tool, ids).problem;
  const insists = preferred !== undefined && ids.length === 1;
  const { text, commands } = adviceFor(
    {
      macos: { text: DESKTOP, commands: ['brew install --cask docker-desktop'] },
      windows: { text: DESKTOP, commands: ['winget install Docker.DockerDesktop'] },
      wsl: {
        text: {
          en: 'Docker Desktop in Windows works too: switch on this distribution under Settings, Resources, WSL integration.',
          ko: 'Windows의 Docker Desktop도 쓸 수 있습니다. Settings의 Resources, WSL integration에서 이 배포판을 켜세요.',
        },
      },
      other: {
        text: {
          en: 'How Docker is installed: https://docs.docker.com/engine/install/',
          ko: 'Docker 설치 방법: https://docs.docker.com/engine/install/',
        },
      },
    },
    host.system,
  );
  return {
    state: 'blocked',
    seen: insists
      ? {
          en: `KIND_EXPERIMENTAL_PROVIDER asks for ${preferred}, which is not installed.`,
          ko: `KIND_EXPERIMENTAL_PROVIDER로 지정한 ${preferred}이(가) 설치되어 있지 않습니다.`,
        }
      : message,
    fix: {
      text: insists
        ? {
            en: `Install ${preferred}, or unset KIND_EXPERIMENTAL_PROVIDER to use another engine.`,
            ko: `${preferred}을(를) 설치하거나, 다른 엔진을 쓰려면 KIND_EXPERIMENTAL_PROVIDER를 해제하세요.`,
          }
        : joined(fix ?? message, text),
      ...(!insists && commands !== undefined && { commands }),
    },
  };
}

const DESKTOP: LocalizedText = {
  en: 'Docker Desktop is the usual one:',
  ko: '보통은 Docker Desktop을 씁니다:',
};

function restart(engine: EngineId, { system }: Host): Advice {
  return adviceFor(
    {
      linux: {
        text: { en: `Restart ${engine}, then look again.`, ko: `${engine}을(를) 다시 시작한 뒤 확인하세요.` },
        commands: [engine === 'docker' ? 'sudo systemctl restart docker' : `${engine} info`],
      },
      other:
        engine === 'podman'
          ? {
              text: {
                en: 'Restart the podman machine, then look again.',
                ko: 'podman machine을 다시 시작한 뒤 확인하세요.',
              },
              commands: ['podman machine stop', 'podman machine start'],
            }
          : {
              text: {
                en: 'Docker Desktop may still be starting: wait until it says that it runs, then look again. If it stays so, restart it.',
                ko: 'Docker Desktop이 시작하는 중일 수 있습니다. 실행 중이라고 표시되면 다시 확인하세요. 계속되면 Docker Desktop을 다시 시작하세요.',
              },
            },
    },
    system,
  );
}

/** An address that the user has set is most often the reason why nobody answers at it. */
function withAddress(advice: Advice, engine: EngineId, host: Host): Advice {
  const address = addressOf(engine, host);
  if (address === undefined) return advice;
  return {
    ...advice,
    text: joined(advice.text, {
      en: `${address.name} is set to ${address.value}: unset it if that is not where ${engine} is.`,
      ko: `${address.name}이(가) ${address.value}(으)로 설정되어 있습니다. ${engine}이(가) 거기에 없다면 해제하세요.`,
    }),
  };
}

function addressOf(engine: EngineId, { env }: Host): { name: string; value: string } | undefined {
  const name = ADDRESS_VARIABLES[engine];
  const value = name === undefined ? undefined : env[name];
  return name === undefined || value === undefined || value === '' ? undefined : { name, value };
}

function isElsewhere(address: string): boolean {
  const { protocol, hostname } = URL.parse(address) ?? { protocol: '', hostname: '' };
  const remote = ['tcp:', 'ssh:', 'http:', 'https:'].includes(protocol);
  return remote && !/^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
}

function joined(one: LocalizedText, two: LocalizedText): LocalizedText {
  return { en: `${one.en} ${two.en}`, ko: `${one.ko} ${two.ko}` };
}
