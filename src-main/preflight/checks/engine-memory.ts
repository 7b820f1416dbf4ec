import type { EngineInfo } from '../../engine/info.ts';
import { adviceFor, type Advice } from '../../host/platform.ts';
import type { PreflightCheck } from '../check.ts';
import type { ContainerFacts } from '../facts.ts';
import { gigabytes } from '../words.ts';

/** The machine that the engine runs on has memory for the nodes. */
export function engineMemoryCheck({
  tool,
  host,
  needs,
  running,
}: Pick<ContainerFacts, 'tool' | 'host' | 'needs' | 'running'>): PreflightCheck {
  const nodes = tool.workers + 1;
  const { least, comfortable } = needs.memory;
  return {
    id: 'memory',
    title: { en: 'Memory', ko: '메모리' },
    why: {
      en: `Each of the ${nodes} nodes runs a whole Kubernetes: together they want ${gigabytes(least)} at least, and are at ease with ${gigabytes(comfortable)}.`,
      ko: `노드 ${nodes}개가 각각 온전한 Kubernetes를 실행합니다. 모두 합쳐 적어도 ${gigabytes(least)}가 필요하고, ${gigabytes(comfortable)}면 넉넉합니다.`,
    },
    async look() {
      const found = await running();
      if (found === undefined) return undefined;
      const { info } = found;
      const seen = {
        en: `${info.engine} has ${gigabytes(info.memory)}.`,
        ko: `${info.engine}이(가) 쓸 수 있는 메모리는 ${gigabytes(info.memory)}입니다.`,
      };
      if (info.memory >= comfortable) return { state: 'ok', seen };
      if (info.memory === 0)
        return {
          state: 'unknown',
          seen: {
            en: `${info.engine} does not say how much memory it has.`,
            ko: `${info.engine}이(가) 메모리 크기를 알려 주지 않습니다.`,
          },
          fix: more(info, host.system, comfortable),
        };
      return {
        state: info.memory < least ? 'blocked' : 'warning',
        seen,
        fix: more(info, host.system, comfortable),
      };
    },
  };
}

function more(
  { engine, virtualMachine }: EngineInfo,
  system: Parameters<typeof adviceFor>[1],
  wanted: number,
): Advice {
  const onWindows: Advice = {
    text: {
      en: 'Give WSL more: put the line into the section [wsl2] of %UserProfile%\\.wslconfig, then run "wsl --shutdown" in Windows.',
      ko: 'WSL에 메모리를 더 주세요. %UserProfile%\\.wslconfig의 [wsl2] 절에 아래 줄을 넣고 Windows에서 "wsl --shutdown"을 실행하세요.',
    },
    commands: [`memory=${Math.ceil(wanted / 1e9)}GB`],
  };
  const inMachine: Advice =
    engine === 'podman'
      ? {
          text: { en: 'Give the podman machine more.', ko: 'podman machine에 메모리를 더 주세요.' },
          commands: [
            'podman machine stop',
            `podman machine set --memory ${Math.ceil(wanted / 1e9) * 1024}`,
            'podman machine start',
          ],
        }
      : {
          text: {
            en: 'Give the engine more: in Docker Desktop under Settings, Resources, Memory.',
            ko: '엔진에 메모리를 더 주세요. Docker Desktop에서는 Settings의 Resources, Memory에 있습니다.',
          },
        };
  const here: Advice = {
    text: {
      en: 'Close other programs before you make the cluster, or use the built-in cluster, which takes a tenth of it.',
      ko: '클러스터를 만들기 전에 다른 프로그램을 닫거나, 메모리를 10분의 1만 쓰는 내장 클러스터를 사용하세요.',
    },
  };
  return adviceFor(
    {
      wsl: onWindows,
      windows: engine === 'podman' ? inMachine : onWindows,
      macos: inMachine,
      other: virtualMachine ? inMachine : here,
    },
    system,
  );
}
