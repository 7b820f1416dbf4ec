import type { PreflightCheck } from '../check.ts';
import type { ContainerFacts } from '../facts.ts';

const WANTED = 2;

/** The machine that the engine runs on has processors for the nodes. */
export function processorsCheck({ running }: Pick<ContainerFacts, 'running'>): PreflightCheck {
  return {
    id: 'processors',
    title: { en: 'Processors', ko: '프로세서' },
    why: {
      en: `The control plane alone is meant for ${WANTED}; with one, everything is ready late and probes fail.`,
      ko: `컨트롤 플레인만 해도 ${WANTED}개를 전제로 합니다. 하나로는 준비가 늦어지고 프로브가 실패합니다.`,
    },
    async look() {
      const found = await running();
      if (found === undefined) return undefined;
      const { engine, processors, virtualMachine } = found.info;
      const seen = {
        en: processors === 1 ? `${engine} has 1 processor.` : `${engine} has ${processors} processors.`,
        ko: `${engine}이(가) 쓸 수 있는 프로세서는 ${processors}개입니다.`,
      };
      if (processors >= WANTED) return { state: 'ok', seen };
      return {
        state: processors === 0 ? 'unknown' : 'warning',
        seen:
          processors === 0
            ? {
                en: `${engine} does not say how many it has.`,
                ko: `${engine}이(가) 프로세서 수를 알려 주지 않습니다.`,
              }
            : seen,
        fix: {
          text: virtualMachine
            ? {
                en: `Give the engine's virtual machine at least ${WANTED}: in Docker Desktop under Settings, Resources, CPUs.`,
                ko: `엔진의 가상 머신에 ${WANTED}개 이상을 주세요. Docker Desktop에서는 Settings의 Resources, CPUs에 있습니다.`,
              }
            : {
                en: 'Expect everything to take longer, or use the built-in cluster.',
                ko: '모든 것이 더 오래 걸립니다. 내장 클러스터를 쓰는 방법도 있습니다.',
              },
        },
      };
    },
  };
}
