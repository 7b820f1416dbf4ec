import type { EngineInfo } from '../../engine/info.ts';
import type { Host } from '../../host/host.ts';
import { knownAdvice } from '../../providers/failures/advice.ts';
import type { Finding, PreflightCheck } from '../check.ts';
import type { ContainerFacts } from '../facts.ts';
import { gigabytes } from '../words.ts';

/** The disk where the engine keeps images has room for them, and for the nodes' copies. */
export function diskCheck({
  tool,
  host,
  needs,
  running,
}: Pick<ContainerFacts, 'tool' | 'host' | 'needs' | 'running'>): PreflightCheck {
  const { least, comfortable, keepFree } = needs.disk;
  return {
    id: 'disk',
    title: { en: 'Disk', ko: '디스크' },
    why: {
      en: 'Images are unpacked once in the engine and once in every node; when the disk runs full, pods are evicted.',
      ko: '이미지는 엔진과 모든 노드에 각각 풀립니다. 디스크가 가득 차면 파드가 축출됩니다.',
    },
    async look() {
      const found = await running();
      if (found === undefined) return undefined;
      const { info } = found;
      const fix = knownAdvice('disk-full', {
        engine: info.engine,
        tool: tool.id,
        cluster: '',
        system: host.system,
      });
      const disk = isHere(info, host)
        ? await host.disk(info.rootDirectory).catch(() => undefined)
        : undefined;
      if (disk === undefined) return unseen(info);
      const seen = {
        en: `${gigabytes(disk.free)} free in ${info.rootDirectory}.`,
        ko: `${info.rootDirectory}에 ${gigabytes(disk.free)} 남아 있습니다.`,
      };
      if (disk.free < least) return { state: 'blocked', seen, fix };
      const evicts = disk.free < disk.total * keepFree;
      return disk.free < comfortable || evicts ? { state: 'warning', seen, fix } : { state: 'ok', seen };
    },
  };
}

/** Whether the engine's folders are this machine's. An engine in Docker Desktop's distribution of WSL has the same kernel. */
function isHere({ kernel, operatingSystem }: EngineInfo, host: Host): boolean {
  return kernel === host.kernel && !/desktop/i.test(operatingSystem);
}

function unseen({ engine, virtualMachine }: EngineInfo): Finding {
  return {
    state: 'unknown',
    seen: virtualMachine
      ? {
          en: `${engine} keeps images in a virtual machine, whose disk cannot be seen from here.`,
          ko: `${engine}은(는) 이미지를 가상 머신에 보관하며, 그 디스크는 여기서 볼 수 없습니다.`,
        }
      : {
          en: `The disk on which ${engine} keeps images cannot be seen from here.`,
          ko: `${engine}이(가) 이미지를 보관하는 디스크는 여기서 볼 수 없습니다.`,
        },
    fix: {
      text: {
        en: 'This line shows what is used; Docker Desktop shows under Settings, Resources how large its disk may grow.',
        ko: '아래 명령으로 사용량을 볼 수 있습니다. Docker Desktop의 디스크 한도는 Settings의 Resources에 있습니다.',
      },
      commands: [`${engine} system df`],
    },
  };
}
