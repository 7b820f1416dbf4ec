import { isAtLeast } from '../../engine/info.ts';
import { knownAdvice } from '../../providers/failures/advice.ts';
import { kubernetesVersionOf } from '../../providers/kind/parse.ts';
import type { PreflightCheck } from '../check.ts';
import type { ContainerFacts } from '../facts.ts';

/** Kubernetes from 1.35 on refuses cgroup v1: the kubelet’s `failCgroupV1` is true by default. */
const REFUSES_V1 = '1.35';

/** The engine's machine has the control groups that the nodes' Kubernetes wants. */
export function cgroupCheck({
  tool,
  host,
  running,
}: Pick<ContainerFacts, 'tool' | 'host' | 'running'>): PreflightCheck {
  return {
    id: 'cgroup',
    title: { en: 'Control groups', ko: '제어 그룹(cgroup)' },
    why: {
      en: `Kubernetes limits containers through cgroups; from ${REFUSES_V1} on it starts on cgroup v2 only.`,
      ko: `Kubernetes는 cgroup으로 컨테이너의 자원을 제한합니다. ${REFUSES_V1}부터는 cgroup v2에서만 시작합니다.`,
    },
    async look() {
      const found = await running();
      if (found === undefined) return undefined;
      const { engine, cgroup, rootless } = found.info;
      if (cgroup === 2) return { state: 'ok', seen: { en: 'cgroup v2.', ko: 'cgroup v2입니다.' } };
      const fix = knownAdvice('cgroup-v1', { engine, tool: tool.id, cluster: '', system: host.system });
      if (cgroup === undefined)
        return {
          state: 'unknown',
          seen: {
            en: `${engine} does not say whether it uses cgroup v1 or v2.`,
            ko: `${engine}이(가) cgroup v1과 v2 중 무엇을 쓰는지 알려 주지 않습니다.`,
          },
          fix,
        };
      if (rootless)
        return {
          state: 'blocked',
          seen: {
            en: 'cgroup v1, and the engine runs without root: nodes cannot be started like this.',
            ko: 'cgroup v1이고 엔진이 rootless로 실행됩니다. 이 상태로는 노드를 시작할 수 없습니다.',
          },
          fix,
        };
      const kubernetes = kubernetesVersionOf(tool.nodeImage);
      if (kubernetes === undefined)
        return {
          state: 'blocked',
          seen: {
            en: `cgroup v1, and the node image ${tool.nodeImage} does not say whether its Kubernetes is older than ${REFUSES_V1}.`,
            ko: `cgroup v1인데, 노드 이미지 ${tool.nodeImage}의 Kubernetes가 ${REFUSES_V1}보다 오래된 버전인지 알 수 없습니다.`,
          },
          fix,
        };
      return isAtLeast(kubernetes, REFUSES_V1)
        ? {
            state: 'blocked',
            seen: {
              en: `cgroup v1, which Kubernetes ${kubernetes} of the node image refuses.`,
              ko: `cgroup v1이며, 노드 이미지의 Kubernetes ${kubernetes}은(는) 이를 거부합니다.`,
            },
            fix,
          }
        : {
            state: 'warning',
            seen: {
              en: `cgroup v1. Kubernetes ${kubernetes} of the node image still starts on it.`,
              ko: `cgroup v1입니다. 노드 이미지의 Kubernetes ${kubernetes}은(는) 아직 시작할 수 있습니다.`,
            },
            fix,
          };
    },
  };
}
