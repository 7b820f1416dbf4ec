import type { LocalizedText } from '#shared/locale.ts';
import type { EngineId } from '../../engine/engine-id.ts';
import type { AdviceBySystem } from '../../host/platform.ts';

/** What a remedy may name. */
export interface FailureContext {
  engine: EngineId;
  /** The program that makes the cluster: kind or k3d. */
  tool: string;
  /** The cluster's name, as that program knows it. */
  cluster: string;
}

/** A failure that is known by the words that programs print for it. */
export interface KnownFailure {
  code: string;
  /** The words, as kind, k3d, the engines and kubeadm print them. The first group, if any, is what they are about. */
  words: RegExp;
  message: (context: FailureContext, subject: string) => LocalizedText;
  fix: (context: FailureContext, subject: string) => AdviceBySystem;
}

const raiseInotify = [
  'sudo sysctl fs.inotify.max_user_watches=524288',
  'sudo sysctl fs.inotify.max_user_instances=512',
];

/** In this order: what stands first says more than what stands after it. */
export const KNOWN_FAILURES: readonly KnownFailure[] = [
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
      /Cannot connect to the Docker daemon|failed to get docker info|Is the docker daemon running|error during connect: .*docker|failed to connect to the docker API|Cannot connect to Podman|unable to connect to Podman|cannot access containerd socket/i,
    message: ({ engine }) => ({
      en: `The container engine (${engine}) is not running.`,
      ko: `컨테이너 엔진(${engine})이 실행 중이 아닙니다.`,
    }),
    fix: ({ engine }) => ({
      linux: {
        text: { en: `Start ${engine}, then try again.`, ko: `${engine}을(를) 시작한 다음 다시 시도하세요.` },
        commands: [engine === 'docker' ? 'sudo systemctl start docker' : `systemctl --user start ${engine}`],
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
    code: 'cgroup-v1',
    words:
      /kubelet is configured to not run on a host using cgroup v1|requires cgroup v2|cgroup v1 (?:is not supported|detected)/i,
    message: () => ({
      en: 'This machine uses cgroup v1, which this version of Kubernetes refuses.',
      ko: '이 컴퓨터는 cgroup v1을 사용하며, 이 Kubernetes 버전은 cgroup v1을 거부합니다.',
    }),
    fix: () => ({
      wsl: {
        text: {
          en: 'Put the line into the section [wsl2] of %UserProfile%\\.wslconfig, then run "wsl --shutdown" in Windows.',
          ko: '%UserProfile%\\.wslconfig의 [wsl2] 절에 아래 줄을 넣고 Windows에서 "wsl --shutdown"을 실행하세요.',
        },
        commands: ['kernelCommandLine = cgroup_no_v1=all'],
      },
      windows: {
        text: {
          en: 'Put the line into the section [wsl2] of %UserProfile%\\.wslconfig, then run "wsl --shutdown".',
          ko: '%UserProfile%\\.wslconfig의 [wsl2] 절에 아래 줄을 넣고 "wsl --shutdown"을 실행하세요.',
        },
        commands: ['kernelCommandLine = cgroup_no_v1=all'],
      },
      other: {
        text: {
          en: 'Boot with cgroup v2 (every distribution of the last years does by default), or use a node image of Kubernetes 1.34.',
          ko: 'cgroup v2로 부팅하거나(최근 배포판의 기본값) Kubernetes 1.34 노드 이미지를 사용하세요.',
        },
      },
    }),
  },
  {
    code: 'port-taken',
    words:
      /(?:Bind for|listen tcp4?|exposing port TCP) (\S+?):? ?(?:failed: port is already allocated|bind: address already in use|-> )|Ports are not available: [^\n]*?(\d+\.\d+\.\d+\.\d+:\d+)|(?:port is already allocated|address already in use|An attempt was made to access a socket in a way forbidden)/i,
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
    code: 'inotify-limits',
    words: /too many open files|inotify_init1?: |could not find a log line that matches "Reached target/i,
    message: () => ({
      en: 'A node could not start: most often the limits for watching files (inotify) are too low for several nodes.',
      ko: '노드를 시작하지 못했습니다. 대개 파일 감시(inotify) 한도가 여러 노드를 실행하기에 너무 낮기 때문입니다.',
    }),
    fix: ({ engine }) => ({
      linux: {
        text: {
          en: `Raise the limits, then try again.${engine === 'podman' ? ' With rootless podman, also set log_driver="k8s-file" in containers.conf.' : ''}`,
          ko: `한도를 올린 다음 다시 시도하세요.${engine === 'podman' ? ' rootless podman이라면 containers.conf에 log_driver="k8s-file"도 설정하세요.' : ''}`,
        },
        commands: raiseInotify,
      },
      wsl: {
        text: {
          en: 'Raise the limits in WSL, then try again.',
          ko: 'WSL에서 한도를 올린 다음 다시 시도하세요.',
        },
        commands: raiseInotify,
      },
      other: {
        text: {
          en: 'Raise the limits in the virtual machine that runs the containers, then try again.',
          ko: '컨테이너를 실행하는 가상 머신에서 한도를 올린 다음 다시 시도하세요.',
        },
        commands: [
          `${engine === 'podman' ? 'podman' : 'docker'} run --privileged --rm busybox:1.36 sysctl -w fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512`,
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
      /could not find an available, non-overlapping IPv4 address pool|all predefined address pools have been fully subnetted/i,
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
          en: 'If you do not need it any more, delete it; it was not made by this copy of Switchyard, which therefore leaves it alone.',
          ko: '더 이상 필요 없다면 지우세요. 이 Switchyard가 만든 클러스터가 아니므로 건드리지 않습니다.',
        },
        commands: [tool === 'k3d' ? `k3d cluster delete ${name}` : `kind delete cluster --name ${name}`],
      },
    }),
  },
  {
    code: 'image-import-failed',
    words: /ctr: content digest (sha256:[0-9a-f]+): not found|failed to load image/i,
    message: () => ({
      en: 'An image could not be loaded into the nodes: its archive lacks a part.',
      ko: '이미지를 노드에 올리지 못했습니다. 이미지 보관 파일에 빠진 부분이 있습니다.',
    }),
    fix: ({ engine }) => ({
      other: {
        text: {
          en: `Fetch the images again. Docker 29 and later keep several platforms under one name, of which only one was complete: remove the image, then try again.`,
          ko: '이미지를 다시 받으세요. Docker 29부터는 한 이름 아래 여러 플랫폼을 보관하며 그중 하나만 온전할 수 있습니다. 이미지를 지우고 다시 시도하세요.',
        },
        commands: [`${engine} image ls`],
      },
    }),
  },
  {
    code: 'name-resolution',
    words:
      /lookup (\S+?)(?: on \S+)?: (?:.*i\/o timeout|no such host|.*server misbehaving|Temporary failure in name resolution)/i,
    message: (_context, host) => ({
      en: `The name ${host} could not be resolved: there is no network, or a proxy or VPN stands in the way.`,
      ko: `${host} 이름을 확인하지 못했습니다. 네트워크가 없거나 프록시나 VPN이 막고 있습니다.`,
    }),
    fix: () => ({ other: OFFLINE_ADVICE }),
  },
  {
    code: 'pull-rate-limited',
    words: /toomanyrequests|You have reached your (?:unauthenticated )?pull rate limit/i,
    message: () => ({
      en: 'The registry refuses more downloads from this network for now: everyone behind one address shares a limit.',
      ko: '레지스트리가 이 네트워크의 다운로드를 당분간 거부합니다. 같은 주소를 쓰는 모든 사람이 한도를 공유합니다.',
    }),
    fix: () => ({ other: OFFLINE_ADVICE }),
  },
  {
    code: 'image-unknown',
    words:
      /manifest (?:for \S+ |unknown)|manifest unknown|pull access denied for (\S+?),|repository does not exist|not found: manifest unknown|no matching manifest for \S+/i,
    message: () => ({
      en: 'The registry does not have an image that the cluster needs.',
      ko: '클러스터에 필요한 이미지가 레지스트리에 없습니다.',
    }),
    fix: () => ({
      other: {
        text: {
          en: 'If SWITCHYARD_NODE_IMAGE is set, see that it names an image that exists, for this processor. Otherwise load an offline pack: switchyard pack load FILE',
          ko: 'SWITCHYARD_NODE_IMAGE를 설정했다면 이 프로세서용으로 존재하는 이미지인지 확인하세요. 아니라면 오프라인 팩을 불러오세요: switchyard pack load FILE',
        },
      },
    }),
  },
  {
    code: 'image-pull-failed',
    words:
      /failed to pull image "?([^"\s]+)"?|Error response from daemon: Get "?(https?:\/\/[^"\s]+)|net\/http: (?:TLS handshake timeout|request canceled)|x509: certificate signed by unknown authority|proxyconnect tcp/i,
    message: (_context, image) => ({
      en: `${image === '' ? 'An image' : image} could not be fetched.`,
      ko: `${image === '' ? '이미지' : image}을(를) 받지 못했습니다.`,
    }),
    fix: () => ({ other: OFFLINE_ADVICE }),
  },
  {
    code: 'node-cgroups',
    words:
      /unable to start container process: error adding pid \d+ to cgroups|cannot enter cgroupv2|cgroups?: cgroup mountpoint does not exist/i,
    message: () => ({
      en: 'The engine could not put a node into its control group.',
      ko: '엔진이 노드를 제어 그룹(cgroup)에 넣지 못했습니다.',
    }),
    fix: () => ({
      wsl: { text: WSL_RESTART, commands: ['wsl.exe --shutdown'] },
      windows: { text: WSL_RESTART, commands: ['wsl --shutdown'] },
      other: {
        text: {
          en: 'Restart the container engine, then try again; if it stays so, restart this computer.',
          ko: '컨테이너 엔진을 다시 시작한 뒤 시도하세요. 계속되면 컴퓨터를 다시 시작하세요.',
        },
      },
    }),
  },
  {
    code: 'node-start-failed',
    words:
      /failed to init node with kubeadm|failed to join node with kubeadm|Failed to start server|couldn't initialize a Kubernetes cluster|the kubelet is not running|The HTTP call equal to 'curl -sSL http:\/\/localhost:10248\/healthz' failed/i,
    message: () => ({
      en: 'Kubernetes did not start in a node.',
      ko: '노드에서 Kubernetes가 시작되지 않았습니다.',
    }),
    fix: ({ engine }) => ({
      other: {
        text: {
          en: `Most often memory is short or the machine is busy: give ${engine} at least 4 GB, close other programs, and try again.`,
          ko: `대개 메모리가 부족하거나 컴퓨터가 바쁜 경우입니다. ${engine}에 4GB 이상을 주고 다른 프로그램을 닫은 뒤 다시 시도하세요.`,
        },
      },
    }),
  },
];

const OFFLINE_ADVICE = {
  text: {
    en: 'See that this machine is online and that its engine knows the proxy, then try again. Without a network, load an offline pack: switchyard pack load FILE',
    ko: '컴퓨터가 온라인이고 엔진에 프록시가 설정되어 있는지 확인한 뒤 다시 시도하세요. 네트워크가 없다면 오프라인 팩을 불러오세요: switchyard pack load FILE',
  },
};

const WSL_RESTART = {
  en: 'Restart WSL from Windows, start the engine again, then try again.',
  ko: 'Windows에서 WSL을 다시 시작하고 엔진을 다시 켠 뒤 시도하세요.',
};
