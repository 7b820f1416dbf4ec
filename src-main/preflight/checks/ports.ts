import type { LocalizedText } from '#shared/locale.ts';
import { adviceFor, type Advice, type OperatingSystem } from '../../host/platform.ts';
import {
  chooseHostPorts,
  preferredHostPorts,
  PUBLISHED_NODE_PORTS,
  type HostPorts,
  type PortProbe,
} from '../../providers/container/ports.ts';
import { noPortsError } from '../../providers/container/problems.ts';
import type { Finding, PreflightCheck } from '../check.ts';
import type { ContainerFacts } from '../facts.ts';
import { ranges } from '../words.ts';

/** The ports at which the cluster will be reached are free, or others are. */
export function portsCheck({
  tool,
  host,
  cluster,
  isPortFree,
}: Pick<ContainerFacts, 'tool' | 'host' | 'cluster' | 'isPortFree'>): PreflightCheck {
  return {
    id: 'ports',
    title: { en: 'Ports', ko: '포트' },
    why: {
      en: 'Your browser and curl reach the cluster at these ports of 127.0.0.1; they are fixed when it is made.',
      ko: '브라우저와 curl은 127.0.0.1의 이 포트로 클러스터에 접속하며, 포트는 클러스터를 만들 때 정해집니다.',
    },
    async look() {
      const { own } = await cluster();
      if (own !== undefined) return ofOwn(own, isPortFree, host.system);
      const preferred = preferredHostPorts(tool.workers);
      const [taken, chosen] = await Promise.all([
        takenOf(preferred, isPortFree),
        chooseHostPorts(tool.workers, isPortFree),
      ]);
      if (chosen === undefined) {
        const { message, fix } = noPortsError().problem;
        return { state: 'blocked', seen: message, fix: { text: fix ?? message } };
      }
      if (taken.length === 0)
        return {
          state: 'ok',
          seen: { en: `Free: ${list(preferred).en}.`, ko: `비어 있음: ${list(preferred).ko}.` },
        };
      return {
        state: 'warning',
        seen: {
          en: `Taken by other programs: ${ranges(taken)}. The cluster gets ${list(chosen).en}.`,
          ko: `다른 프로그램이 사용 중: ${ranges(taken)}. 클러스터는 ${list(chosen).ko}을(를) 씁니다.`,
        },
        fix: whoListens(taken[0] ?? preferred.http, host.system, {
          en: 'Nothing has to be done: Switchyard chooses the ports and shows them. To have the usual ones, end the program before you make the cluster; this line shows which it is.',
          ko: '조치가 필요 없습니다. Switchyard가 포트를 고르고 화면에 표시합니다. 평소 포트를 쓰려면 클러스터를 만들기 전에 그 프로그램을 종료하세요. 아래 명령으로 어떤 프로그램인지 볼 수 있습니다.',
        }),
      };
    },
  };
}

/** A cluster that is there has its ports already. While it is stopped, somebody else may have taken one. */
async function ofOwn(
  { record, running }: { record: { cluster: string; ports: HostPorts }; running: boolean },
  isPortFree: PortProbe,
  system: OperatingSystem,
): Promise<Finding> {
  const { cluster, ports } = record;
  const taken = running ? [] : await takenOf(ports, isPortFree);
  if (taken.length === 0)
    return {
      state: 'ok',
      seen: {
        en: `Your cluster "${cluster}" has ${list(ports).en}.`,
        ko: `"${cluster}" 클러스터가 ${list(ports).ko}을(를) 씁니다.`,
      },
    };
  return {
    state: 'warning',
    seen: {
      en: `Your cluster "${cluster}" is stopped, and another program has taken of its ports: ${ranges(taken)}.`,
      ko: `"${cluster}" 클러스터가 멈춰 있는 동안 다른 프로그램이 그 포트를 차지했습니다: ${ranges(taken)}.`,
    },
    fix: whoListens(taken[0] ?? ports.http, system, {
      en: 'End that program (this line shows which it is), or delete the cluster and make a new one, which gets other ports.',
      ko: '그 프로그램을 종료하거나(아래 명령으로 확인), 클러스터를 지우고 새로 만드세요. 새 클러스터는 다른 포트를 씁니다.',
    }),
  };
}

async function takenOf({ http, https, workers }: HostPorts, isPortFree: PortProbe): Promise<number[]> {
  const all = [http, https, ...workers.flatMap(block)];
  const free = await Promise.all(all.map(isPortFree));
  return all.filter((_, index) => free[index] === false);
}

function block(first: number): number[] {
  return Array.from({ length: PUBLISHED_NODE_PORTS.count }, (_, index) => first + index);
}

function list({ http, https, workers }: HostPorts): LocalizedText {
  const text = `${http} (HTTP), ${https} (HTTPS), ${ranges(workers.flatMap(block))} (NodePort)`;
  return { en: text, ko: text };
}

function whoListens(port: number, system: OperatingSystem, text: LocalizedText): Advice {
  return adviceFor(
    {
      macos: { text, commands: [`lsof -nP -iTCP:${port} -sTCP:LISTEN`] },
      windows: { text, commands: [`Get-NetTCPConnection -State Listen -LocalPort ${port}`] },
      other: { text, commands: [`sudo ss -ltnp 'sport = :${port}'`] },
    },
    system,
  );
}
