import type { EngineId } from '../../engine/engine-id.ts';
import type { KnownFailure } from './known-failures.ts';

/** podman has no service but for its socket; nerdctl is the command line of containerd. */
const START_ON_LINUX: Record<EngineId, string> = {
  docker: 'sudo systemctl start docker',
  podman: 'systemctl --user start podman.socket',
  nerdctl: 'sudo systemctl start containerd',
};

/** What the engine itself refuses. What stands first says more than what stands after it. */
export const ENGINE_FAILURES: readonly KnownFailure[] = [
  {
    code: 'engine-permission',
    words:
      /permission denied while trying to connect to the (?:Docker daemon|docker API)|dial unix \S+: connect: permission denied/i,
    message: ({ engine }) => ({
      en: `Your user may not talk to ${engine}.`,
      ko: `현재 사용자에게 ${engine} 사용 권한이 없습니다.`,
    }),
    fix: () => ({
      other: {
        text: {
          en: 'Add your user to the group "docker", then log in again.',
          ko: '사용자를 "docker" 그룹에 추가한 다음 다시 로그인하세요.',
        },
        commands: ['sudo usermod -aG docker "$USER"'],
      },
      macos: {
        text: {
          en: 'Start Docker Desktop as your own user.',
          ko: '현재 사용자로 Docker Desktop을 시작하세요.',
        },
      },
      windows: {
        text: {
          en: 'Add your user to the group "docker-users", then log in again.',
          ko: '사용자를 "docker-users" 그룹에 추가한 다음 다시 로그인하세요.',
        },
      },
    }),
  },
  {
    code: 'engine-stopped',
    words:
      /Cannot connect to the Docker daemon|failed to get docker info|Is the docker daemon running|error during connect: .*docker|failed to connect to the docker API|Cannot connect to Podman|unable to connect to Podman|cannot access containerd socket|rootless containerd not running/i,
    message: ({ engine }) => ({
      en: `The container engine (${engine}) is not running.`,
      ko: `컨테이너 엔진(${engine})이 실행 중이 아닙니다.`,
    }),
    fix: ({ engine }) => ({
      linux: {
        text: { en: `Start ${engine}, then try again.`, ko: `${engine}을(를) 시작한 다음 다시 시도하세요.` },
        commands: [START_ON_LINUX[engine]],
      },
      other: {
        text:
          engine === 'podman'
            ? {
                en: 'Start the podman machine, then try again.',
                ko: 'podman machine을 시작한 다음 다시 시도하세요.',
              }
            : {
                en: 'Start Docker Desktop (or whatever runs Docker here), wait until it says that it runs, then try again.',
                ko: 'Docker Desktop(또는 사용 중인 Docker)을 시작하고 실행 중이라고 표시되면 다시 시도하세요.',
              },
        ...(engine === 'podman' && { commands: ['podman machine start'] }),
      },
    }),
  },
  {
    code: 'port-taken',
    // Docker up to 27, from 28 on, Docker Desktop; podman; what Windows says of a port that it keeps for itself.
    words:
      /(?:Bind for|listen tcp4?|host port for|exposing port TCP) (\d+\.\d+\.\d+\.\d+:\d+).*(?:failed: port is already allocated|address already in use|access a socket in a way forbidden|Only one usage of each socket address)|port is already allocated|address already in use|access a socket in a way forbidden|Only one usage of each socket address/i,
    message: (_context, port) =>
      port === ''
        ? {
            en: 'A port that the cluster needs is taken.',
            ko: '클러스터에 필요한 포트를 다른 프로그램이 쓰고 있습니다.',
          }
        : {
            en: `Port ${port} is taken by another program.`,
            ko: `포트 ${port}을(를) 다른 프로그램이 쓰고 있습니다.`,
          },
    fix: () => ({
      other: {
        text: {
          en: 'Try again: Switchyard looks for free ports each time.',
          ko: '다시 시도하세요. Switchyard는 매번 비어 있는 포트를 찾습니다.',
        },
      },
      windows: {
        text: {
          en: 'Try again: Switchyard looks for free ports each time. Windows itself reserves ranges of ports; these lines show them, and free them.',
          ko: '다시 시도하세요. Switchyard는 매번 비어 있는 포트를 찾습니다. Windows가 예약한 포트 범위는 아래 명령으로 확인하고 해제할 수 있습니다.',
        },
        commands: [
          'netsh interface ipv4 show excludedportrange protocol=tcp',
          'net stop winnat',
          'net start winnat',
        ],
      },
    }),
  },
  {
    code: 'disk-full',
    words:
      /no space left on device|must evict pod\(s\) to reclaim ephemeral-storage|not enough (?:free )?(?:disk )?space|disk quota exceeded/i,
    message: () => ({
      en: 'The disk of the container engine is full.',
      ko: '컨테이너 엔진의 디스크가 가득 찼습니다.',
    }),
    fix: ({ engine }) => ({
      other: {
        text: {
          en: 'Make space: this line removes what no container uses. Docker Desktop also lets you enlarge its disk under Settings, Resources.',
          ko: '공간을 확보하세요. 아래 명령은 어떤 컨테이너도 쓰지 않는 것을 지웁니다. Docker Desktop은 Settings의 Resources에서 디스크를 늘릴 수도 있습니다.',
        },
        commands: [`${engine} system prune`],
      },
    }),
  },
  {
    code: 'address-pool-exhausted',
    words:
      /could not find an available, non-overlapping IPv4 address pool|exhausted attempts trying to find a non-overlapping subnet|all predefined address pools have been fully subnetted/i,
    message: ({ engine }) => ({
      en: `${engine} has no free range of addresses for the cluster's network: too many networks, or a VPN covers them all.`,
      ko: `${engine}에 클러스터 네트워크로 쓸 주소 범위가 없습니다. 네트워크가 너무 많거나 VPN이 모두 차지하고 있습니다.`,
    }),
    fix: ({ engine }) => ({
      other: {
        text: {
          en: 'Remove networks that nobody uses, or disconnect the VPN while the cluster is made. For good: give the engine a range of its own with "default-address-pools" in daemon.json.',
          ko: '쓰지 않는 네트워크를 지우거나, 클러스터를 만드는 동안 VPN 연결을 끊으세요. 근본적으로는 daemon.json의 "default-address-pools"로 전용 범위를 지정하세요.',
        },
        commands: [`${engine} network prune`],
      },
    }),
  },
  {
    code: 'cluster-exists',
    words:
      /node\(s\) already exist for a cluster with the name "([^"]+)"|Failed to create cluster '([^']+)' because a cluster with that name already exists/i,
    message: (_context, name) => ({
      en: `A cluster named "${name}" is there already.`,
      ko: `"${name}" 클러스터가 이미 있습니다.`,
    }),
    fix: ({ tool }, name) => ({
      other: {
        text: {
          en: 'Try again: the new one gets another name. This copy of Switchyard did not make the other one and leaves it alone; delete it yourself if you do not need it.',
          ko: '다시 시도하면 다른 이름으로 만듭니다. 이미 있는 클러스터는 이 Switchyard가 만든 것이 아니므로 건드리지 않습니다. 필요 없다면 직접 지우세요.',
        },
        commands: [tool === 'k3d' ? `k3d cluster delete ${name}` : `kind delete cluster --name ${name}`],
      },
    }),
  },
];
