import { knownAdvice } from '../../providers/failures/advice.ts';
import type { PreflightCheck } from '../check.ts';
import type { ContainerFacts } from '../facts.ts';

/** kind.sigs.k8s.io/docs/user/known-issues: pod errors due to "too many open files". */
const WANTED = { max_user_instances: 512, max_user_watches: 524_288 };
const FOLDER = '/proc/sys/fs/inotify';
const KEPT_IN = '/etc/sysctl.d/99-switchyard.conf';

/**
 * The kernel lets several nodes watch files. Only where its limits can be seen: Linux, and WSL, whose
 * distributions (Docker Desktop's too) share one kernel.
 */
export function inotifyCheck({
  tool,
  host,
  running,
}: Pick<ContainerFacts, 'tool' | 'host' | 'running'>): PreflightCheck {
  return {
    id: 'inotify',
    title: { en: 'File watches (inotify)', ko: '파일 감시(inotify)' },
    why: {
      en: 'Every node watches files; the limits are for all of them together, and a node that meets one does not start.',
      ko: '모든 노드가 파일을 감시하며, 한도는 모두 합쳐 적용됩니다. 한도에 걸린 노드는 시작하지 못합니다.',
    },
    async look() {
      if (host.system !== 'linux' && host.system !== 'wsl') return undefined;
      const info = (await running())?.info;
      if (info !== undefined && info.kernel !== host.kernel) return undefined;
      const read = async (name: string): Promise<number> => Number(await host.readText(`${FOLDER}/${name}`));
      const [instances, watches] = await Promise.all([read('max_user_instances'), read('max_user_watches')]);
      const seen = {
        en: `max_user_instances is ${instances}, max_user_watches is ${watches}.`,
        ko: `max_user_instances는 ${instances}, max_user_watches는 ${watches}입니다.`,
      };
      if (instances >= WANTED.max_user_instances && watches >= WANTED.max_user_watches)
        return { state: 'ok', seen };
      const { text, commands = [] } = knownAdvice('inotify-limits', {
        engine: info?.engine ?? 'docker',
        tool: tool.id,
        cluster: '',
        system: host.system,
      });
      const lines = Object.entries(WANTED).map(([name, value]) => `fs.inotify.${name}=${value}`);
      return {
        state: 'warning',
        seen,
        fix: {
          text: {
            en: `${text.en} The last line keeps them over a restart.`,
            ko: `${text.ko} 마지막 줄은 다시 시작한 뒤에도 한도를 유지합니다.`,
          },
          commands: [...commands, `printf '${lines.join('\\n')}\\n' | sudo tee ${KEPT_IN}`],
        },
      };
    },
  };
}
