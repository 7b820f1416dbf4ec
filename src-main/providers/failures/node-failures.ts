import type { KnownFailure } from './known-failures.ts';

const raiseInotify = [
  'sudo sysctl fs.inotify.max_user_watches=524288',
  'sudo sysctl fs.inotify.max_user_instances=512',
];

const WSL_RESTART = {
  en: 'Restart WSL from Windows, start the engine again, then try again.',
  ko: 'Windows에서 WSL을 다시 시작하고 엔진을 다시 켠 뒤 시도하세요.',
};

/** Nodes that do not come up. What stands first says more than what stands after it. */
export const NODE_FAILURES: readonly KnownFailure[] = [
  {
    code: 'cgroup-v1',
    words:
      /kubelet is configured to not run on a host using cgroup v1|requires cgroup v2|The kubelet is not healthy after \S+/i,
    // kind does not show what the kubelet says; from Kubernetes 1.35 on there is hardly another reason on such a host.
    beside: (output, line) =>
      !line.includes('is not healthy') ||
      /^cgroup v1 is deprecated[^]*Ensuring node image \(\S*:v1\.(?:3[5-9]|[4-9]\d)/m.test(output),
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
    code: 'inotify-limits',
    // A node ends without a word about it, so does an image that is none of a node.
    words: /too many open files|inotify_init1?: |could not find a log line that matches "Reached target/i,
    message: () => ({
      en: 'A node could not start: most often the limits for watching files (inotify) are too low for several nodes.',
      ko: '노드를 시작하지 못했습니다. 대개 파일 감시(inotify) 한도가 여러 노드를 실행하기에 너무 낮기 때문입니다.',
    }),
    fix: ({ engine }) => ({
      linux: {
        text: {
          en: `Raise the limits, then try again. If SWITCHYARD_NODE_IMAGE is set, see that it names a node image of kind.${engine === 'podman' ? ' With rootless podman, also set log_driver="k8s-file" in containers.conf.' : ''}`,
          ko: `한도를 올린 다음 다시 시도하세요. SWITCHYARD_NODE_IMAGE를 설정했다면 kind의 노드 이미지인지 확인하세요.${engine === 'podman' ? ' rootless podman이라면 containers.conf에 log_driver="k8s-file"도 설정하세요.' : ''}`,
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
    code: 'rootless-delegate',
    words: /requires setting systemd property "Delegate=yes"/i,
    message: ({ engine }) => ({
      en: `${engine} runs without root here, and systemd does not let it limit memory and processes.`,
      ko: `${engine}이(가) root 권한 없이 실행 중이며, systemd가 메모리와 프로세스 제한을 위임하지 않았습니다.`,
    }),
    fix: () => ({
      other: {
        text: {
          en: 'Let systemd delegate that to your user, log out and in again, then try again.',
          ko: 'systemd가 사용자에게 위임하도록 설정하고, 로그아웃했다가 다시 로그인한 뒤 시도하세요.',
        },
        commands: [
          'sudo mkdir -p /etc/systemd/system/user@.service.d',
          `printf '[Service]\\nDelegate=yes\\n' | sudo tee /etc/systemd/system/user@.service.d/delegate.conf`,
          'sudo systemctl daemon-reload',
        ],
      },
    }),
  },
  {
    code: 'node-image-version',
    words:
      /your configuration file uses an old API spec: "?([^"\s]+)|no kind "\w+" is registered for version "(kubeadm\.k8s\.io\/\w+)"|this version of kubeadm only supports deploying clusters with the control plane version/i,
    message: ({ tool }) => ({
      en: `The node image and this version of ${tool} do not go together: the image is too old or too new.`,
      ko: `노드 이미지와 현재 ${tool} 버전이 맞지 않습니다. 이미지가 너무 오래되었거나 너무 새롭습니다.`,
    }),
    fix: ({ tool }) => ({
      other: {
        text: {
          en: `Unset SWITCHYARD_NODE_IMAGE, so that the image is used which Switchyard was made for, and use a recent ${tool}.`,
          ko: `SWITCHYARD_NODE_IMAGE 설정을 지워 Switchyard의 기본 이미지를 사용하고, ${tool}을(를) 최신 버전으로 업데이트하세요.`,
        },
        commands: [`${tool} version`],
      },
    }),
  },
  {
    code: 'node-start-failed',
    words:
      /failed to (?:init|join) node with kubeadm|Failed to start server|couldn't initialize a Kubernetes cluster|the kubelet is not (?:running|healthy)|The HTTP call equal to 'curl [^']*healthz'|failed to get ready: |Context deadline exceeded while waiting for log message/i,
    message: () => ({
      en: 'Kubernetes did not start in a node.',
      ko: '노드에서 Kubernetes가 시작되지 않았습니다.',
    }),
    fix: ({ engine }) => ({
      linux: {
        text: {
          en: `Most often memory is short, the machine is busy, or the limits for watching files (inotify) are too low: give ${engine} at least 4 GB, close other programs, raise the limits, and try again.`,
          ko: `대개 메모리가 부족하거나 컴퓨터가 바쁘거나 파일 감시(inotify) 한도가 낮은 경우입니다. ${engine}에 4GB 이상을 주고 다른 프로그램을 닫고 한도를 올린 뒤 다시 시도하세요.`,
        },
        commands: raiseInotify,
      },
      other: {
        text: {
          en: `Most often memory is short or the machine is busy: give ${engine} at least 4 GB, close other programs, and try again.`,
          ko: `대개 메모리가 부족하거나 컴퓨터가 바쁜 경우입니다. ${engine}에 4GB 이상을 주고 다른 프로그램을 닫은 뒤 다시 시도하세요.`,
        },
      },
    }),
  },
];
