import type { Host } from '../../host/host.ts';
import { adviceFor, type OperatingSystem } from '../../host/platform.ts';
import type { PreflightCheck } from '../check.ts';
import type { ContainerFacts } from '../facts.ts';

/** A proxy of this machine is known to whoever needs it, and kept away from 127.0.0.1. */
export function proxyCheck({ host, running }: Pick<ContainerFacts, 'host' | 'running'>): PreflightCheck {
  return {
    id: 'proxy',
    title: { en: 'Proxy', ko: '프록시' },
    why: {
      en: 'Images come through the engine’s proxy, not through yours; and what a terminal sends to 127.0.0.1 must not go through any.',
      ko: '이미지는 사용자의 프록시가 아니라 엔진의 프록시를 통해 받습니다. 그리고 터미널에서 127.0.0.1로 보내는 요청은 프록시를 거치면 안 됩니다.',
    },
    async look() {
      const info = (await running())?.info;
      const own = proxyOf(host.env);
      const seen = {
        en: own === undefined ? 'No proxy is set here.' : `This machine uses ${own}.`,
        ko: own === undefined ? '설정된 프록시가 없습니다.' : `이 컴퓨터는 ${own}을(를) 사용합니다.`,
      };
      // podman and nerdctl fetch images themselves, with the variables that they are started with.
      if (own !== undefined && info?.engine === 'docker' && info.proxy === undefined)
        return {
          state: 'warning',
          seen: {
            en: `This machine uses ${own}, and docker knows no proxy: it may not be able to fetch images.`,
            ko: `이 컴퓨터는 ${own}을(를) 사용하지만 docker에는 프록시가 설정되어 있지 않습니다. 이미지를 받지 못할 수 있습니다.`,
          },
          fix: adviceFor(
            {
              linux: {
                text: {
                  en: 'Set it for the engine too: https://docs.docker.com/engine/daemon/proxy/',
                  ko: '엔진에도 설정하세요: https://docs.docker.com/engine/daemon/proxy/',
                },
              },
              other: {
                text: {
                  en: 'Set it in Docker Desktop too, under Settings, Resources, Proxies.',
                  ko: 'Docker Desktop에도 설정하세요. Settings의 Resources, Proxies에 있습니다.',
                },
              },
            },
            host.system,
          ),
        };
      if (own !== undefined && !sparesLoopback(host.env))
        return {
          state: 'warning',
          seen: {
            en: `This machine uses ${own}, and NO_PROXY does not name 127.0.0.1: curl would ask the proxy for the cluster's ports.`,
            ko: `이 컴퓨터는 ${own}을(를) 사용하는데 NO_PROXY에 127.0.0.1이 없습니다. curl이 클러스터의 포트를 프록시에 요청하게 됩니다.`,
          },
          fix: {
            text: {
              en: 'Name it in the terminal in which you work.',
              ko: '작업하는 터미널에서 추가하세요.',
            },
            commands: spareLoopback(host.env, host.system),
          },
        };
      if (info?.proxy === undefined) return { state: 'ok', seen };
      const engines = withoutPassword(info.proxy);
      return {
        state: 'ok',
        seen: {
          en: `${seen.en} ${info.engine} uses ${engines}.`,
          ko: `${seen.ko} ${info.engine}은(는) ${engines}을(를) 사용합니다.`,
        },
      };
    },
  };
}

/** Programs read the variables in either case. */
function variable(env: Host['env'], name: string): string | undefined {
  const value = env[name] ?? env[name.toLowerCase()];
  return value === '' ? undefined : value;
}

function proxyOf(env: Host['env']): string | undefined {
  const proxy = variable(env, 'HTTPS_PROXY') ?? variable(env, 'HTTP_PROXY');
  return proxy === undefined ? undefined : withoutPassword(proxy);
}

/** `http://user:secret@proxy:3128` is shown without who uses it. */
function withoutPassword(proxy: string): string {
  return proxy.replace(/^([\w+.-]+:\/\/)?[^@/]*@/, '$1');
}

function sparesLoopback(env: Host['env']): boolean {
  return (variable(env, 'NO_PROXY') ?? '')
    .split(',')
    .some((entry) => /^(\*|127\.0\.0\.1|127\.[\d.]+\/\d+)$/.test(entry.trim()));
}

function spareLoopback(env: Host['env'], system: OperatingSystem): string[] {
  const before = variable(env, 'NO_PROXY');
  const value = [...(before === undefined ? [] : [before]), '127.0.0.1', 'localhost'].join(',');
  return [system === 'windows' ? `$env:NO_PROXY = '${value}'` : `export NO_PROXY='${value}'`];
}
